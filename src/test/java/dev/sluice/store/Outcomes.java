package dev.sluice.store;

import dev.sluice.TestTimeout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Waiting for what a store answers. */
public final class Outcomes {
    private Outcomes() {}

    /** Completes when the listener is told. */
    public static CompletableFuture<Void> commitLater(QueueStore store, StoreBatch batch) {
        CompletableFuture<Void> outcome = new CompletableFuture<>();
        store.commit(batch, failure -> {
            if (failure == null) {
                outcome.complete(null);
            } else {
                outcome.completeExceptionally(failure);
            }
        });
        return outcome;
    }

    /** All arrivals of a queue, however many reads that takes. */
    public static List<StoredMessage> allArrivals(QueueStore store, long queueNumber) {
        List<StoredMessage> all = new ArrayList<>();
        Arrivals read;
        do {
            long fromSeq = all.isEmpty() ? 0 : all.get(all.size() - 1).header().seq() + 1;
            read = get(store.readArrivals(queueNumber, fromSeq, Integer.MAX_VALUE));
            all.addAll(read.rows());
        } while (!read.last());
        return all;
    }

    /** Waits for a stage, but not for ever. */
    public static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(TestTimeout.SECONDS, TimeUnit.SECONDS)
                .join();
    }

    /** The whole catalog of a store. */
    public static List<CatalogRecord> catalogOf(QueueStore store) {
        List<CatalogRecord> records = new ArrayList<>();
        get(store.readCatalog(records::add));
        return records;
    }
}
