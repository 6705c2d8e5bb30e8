package dev.sluice.runtime.delivery;

import dev.sluice.queue.Content;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A Worker that responds when the test says so, and records its batches. */
public final class ScriptedWorker implements WorkerTarget {
    private final ArrayDeque<Offer> offers = new ArrayDeque<>();
    public final List<Batch> batches = new ArrayList<>();

    private record Offer(Batch batch, Promise<BatchResult> result) {}

    @Override
    public Future<BatchResult> deliver(Batch batch) {
        Offer offer = new Offer(batch, Promise.promise());
        batches.add(batch);
        offers.add(offer);
        return offer.result().future();
    }

    /** The size of a message is the size of its body. */
    @Override
    public int bytesOf(Content content) {
        return content.body().length;
    }

    @Override
    public long timeoutMillis() {
        return 30_000;
    }

    int inFlight() {
        return offers.size();
    }

    /** Acknowledges the oldest batch in flight. */
    public void take() {
        offers.remove().result().complete(BatchResult.ALL_DONE);
    }

    /** Acknowledges the oldest batch except for its first message. */
    void takeAllButTheFirst(int delaySeconds) {
        Offer offer = offers.remove();
        long first = offer.batch().deliveries().get(0).message().header().seq();
        offer.result().complete(new BatchResult(Map.of(first, delaySeconds)));
    }

    /** Refuses the oldest batch. */
    public void refuse() {
        offers.remove().result().fail("it responded with 500");
    }

    /** Reports that the oldest batch was not sent. */
    public void doNotSend() {
        offers.remove().result().fail(new NotSent("connection refused"));
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
