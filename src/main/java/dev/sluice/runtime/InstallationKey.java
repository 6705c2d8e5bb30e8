package dev.sluice.runtime;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.catalog.CatalogRecords;
import dev.sluice.runtime.catalog.CatalogRecords.CatalogEntry;
import dev.sluice.store.CatalogRecord;
import dev.sluice.store.QueueStore;
import dev.sluice.store.ShardedStore;
import dev.sluice.store.StoreBatch;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The key of an installation: 32 random bytes in the catalog, which authenticate leases and requests between nodes. */
final class InstallationKey {
    private static final int BYTES = 32;
    private static final long PAUSE_MILLIS = 100;
    private static final int ATTEMPTS_MAX = 1_200;

    private InstallationKey() {}

    /** Draws a key and stores it. */
    static Future<byte[]> create(QueueStore store, long catalogGeneration) {
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        CatalogRecord record = CatalogRecords.installationKey(key);
        StoreBatch batch = store.newBatch(catalogGeneration);
        batch.putCatalog(record.key(), record.value());
        return Future.fromCompletionStage(store.commit(batch)).map(key);
    }

    /**
     * Waits until the catalog of a cluster has a key, and makes one if this node owns the catalog. Fails with
     * UNAVAILABLE after two minutes.
     */
    static Future<byte[]> await(Vertx vertx, ShardedStore store) {
        return await(vertx, vertx.getOrCreateContext(), store, ATTEMPTS_MAX);
    }

    private static Future<byte[]> await(Vertx vertx, Context context, ShardedStore store, int attempts) {
        long generation = store.catalogGeneration();
        AtomicReference<byte @Nullable []> found = new AtomicReference<>();
        return Future.fromCompletionStage(
                        store.readCatalog(record -> {
                            if (CatalogRecords.read(record) instanceof CatalogEntry.KeyEntry entry) {
                                found.set(entry.installationKey());
                            }
                        }),
                        context)
                .compose(read -> {
                    byte[] key = found.get();
                    if (key != null) {
                        return Future.succeededFuture(key);
                    }
                    return generation == QueueStore.NOT_OWNED
                            ? Future.failedFuture("no owner of the catalog has made the key of the installation yet")
                            : create(store, generation);
                })
                .recover(failure -> attempts == 1
                        ? Future.failedFuture(new QueueException(
                                QueueError.UNAVAILABLE, "no node owns the catalog: " + failure.getMessage()))
                        : vertx.timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                                .compose(later -> await(vertx, context, store, attempts - 1)));
    }
}
