package dev.sluice.runtime.delivery;

import dev.sluice.queue.Content;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A Worker that answers when the test says so, and remembers what it was given. */
public final class ScriptedWorker implements WorkerTarget {
    private final ArrayDeque<Offer> offers = new ArrayDeque<>();
    public final List<Batch> batches = new ArrayList<>();

    private record Offer(Batch batch, Promise<BatchResult> verdict) {}

    @Override
    public Future<BatchResult> deliver(Batch batch) {
        Offer offer = new Offer(batch, Promise.promise());
        batches.add(batch);
        offers.add(offer);
        return offer.verdict().future();
    }

    /** A message takes as much as its body. */
    @Override
    public int bytesOf(Content content) {
        return content.body().length;
    }

    @Override
    public long timeoutMillis() {
        return 30_000;
    }

    int underWay() {
        return offers.size();
    }

    /** Takes the oldest batch under way. */
    public void take() {
        offers.remove().verdict().complete(BatchResult.ALL_DONE);
    }

    /** Takes the oldest batch but for its first message. */
    void takeAllButTheFirst(int delaySeconds) {
        Offer offer = offers.remove();
        long first = offer.batch().deliveries().get(0).message().header().seq();
        offer.verdict().complete(new BatchResult(Map.of(first, delaySeconds)));
    }

    /** Refuses the oldest batch. */
    public void refuse() {
        offers.remove().verdict().fail("it answered 500");
    }

    /** The oldest batch comes to no connection. */
    public void doNotSend() {
        offers.remove().verdict().fail(new NotSent("connection refused"));
    }

    /** Sizes of all batches so far. */
    List<Integer> sizes() {
        return batches.stream().map(batch -> batch.deliveries().size()).toList();
    }

    /** Body and attempts of the messages of a batch, as {@code m1#1}. */
    public List<String> shown(int batch) {
        return batches.get(batch).deliveries().stream()
                .map(delivery -> new String(delivery.message().content().body(), StandardCharsets.UTF_8) + "#"
                        + delivery.delivery())
                .toList();
    }
}
