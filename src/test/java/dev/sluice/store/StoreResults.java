package dev.sluice.store;

import dev.sluice.TestTimeout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Waits for the results of store calls. */
public final class StoreResults {
    private StoreResults() {}

    /** Commits a batch. The future completes when the listener is called. */
    public static CompletableFuture<Void> commitAsync(QueueStore store, StoreBatch batch) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        store.commit(batch, failure -> {
            if (failure == null) {
                result.complete(null);
            } else {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    /** Returns all arrivals of a queue, with as many reads as that takes. */
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

    /** Waits for a stage, with the time limit of the tests. */
    public static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(TestTimeout.SECONDS, TimeUnit.SECONDS)
                .join();
    }

    /** Returns the whole catalog of a store. */
    public static List<CatalogRecord> catalogOf(QueueStore store) {
        List<CatalogRecord> records = new ArrayList<>();
        get(store.readCatalog(records::add));
        return records;
    }
}
