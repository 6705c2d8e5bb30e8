package dev.sluice.runtime;

import dev.sluice.queue.QueueHead;
import dev.sluice.runtime.bus.BusCatalogClient;
import dev.sluice.runtime.bus.BusDeadLetterTransport;
import dev.sluice.runtime.bus.BusQueueClient;
import dev.sluice.runtime.bus.ByReferenceCodec;
import dev.sluice.runtime.bus.CatalogClient;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.bus.QueueGates;
import dev.sluice.runtime.catalog.Catalog;
import dev.sluice.runtime.catalog.CatalogRecords;
import dev.sluice.runtime.catalog.CatalogSnapshot;
import dev.sluice.runtime.catalog.CatalogVerticle;
import dev.sluice.runtime.catalog.CatalogView;
import dev.sluice.runtime.clock.ClockMonitor;
import dev.sluice.runtime.deadletter.DeadLetterTransport;
import dev.sluice.runtime.queue.EventLoopScheduler;
import dev.sluice.store.CatalogRecord;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreBatch;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.function.Supplier;

/**
 * Everything between the edge and the store, brought up and taken down as one: catalog, deployer, queue verticles, and the
 * clients that the edge uses.
 */
public final class QueueRuntime {
    private static final long MILLIS_PER_SECOND = 1_000;

    private final CatalogView catalog;
    private final BusCatalogClient catalogClient;
    private final BusQueueClient queueClient;
    private final byte[] installationKey;
    private final Supplier<Future<Void>> closing;

    private QueueRuntime(
            CatalogView catalog,
            BusCatalogClient catalogClient,
            BusQueueClient queueClient,
            byte[] installationKey,
            Supplier<Future<Void>> closing) {
        this.catalog = catalog;
        this.catalogClient = catalogClient;
        this.queueClient = queueClient;
        this.installationKey = installationKey;
        this.closing = closing;
    }

    /**
     * Reads the catalog and deploys what answers requests. The store stays the caller's to close, after {@link #close}.
     *
     * @param strictNames whether queue names must be lower-case (docs/api.md 3.7)
     */
    public static Future<QueueRuntime> start(Vertx vertx, RuntimeResources parts, boolean strictNames) {
        registerCodec(vertx);
        Context context = vertx.getOrCreateContext();
        CatalogView catalog = new CatalogView();
        return CatalogSnapshot.read(parts.store(), context, catalog).compose(read -> resumeClock(read, parts, context)
                .compose(resumed -> keyOf(read, parts.store()))
                .compose(key -> deploy(vertx, parts, strictNames, catalog, read, key)));
    }

    /** A store that takes no state at the moment is no reason not to start. */
    private static Future<Void> resumeClock(CatalogSnapshot read, RuntimeResources parts, Context context) {
        Future<Void> resumed = Future.fromCompletionStage(parts.store().heads(), context)
                .map(heads -> storedMillisMax(heads.values()))
                .onSuccess(storedMillisMax -> {
                    if (read.clock() == null) {
                        parts.clock().begin(storedMillisMax);
                    } else {
                        long retentionMillisMax = parts.limits().retentionSecondsMax() * MILLIS_PER_SECOND;
                        parts.clock().resume(read.clock(), retentionMillisMax, storedMillisMax);
                    }
                })
                .mapEmpty();
        return resumed.compose(
                running -> ClockMonitor.commit(parts.clock(), parts.store()).otherwiseEmpty());
    }

    static long storedMillisMax(Collection<QueueHead> heads) {
        return heads.stream().mapToLong(QueueHead::storedAtMillis).max().orElse(0);
    }

    private static void registerCodec(Vertx vertx) {
        vertx.eventBus().registerCodec(new ByReferenceCodec());
        vertx.eventBus().codecSelector(body -> ByReferenceCodec.NAME);
    }

    private static Future<QueueRuntime> deploy(
            Vertx vertx,
            RuntimeResources parts,
            boolean strictNames,
            CatalogView catalog,
            CatalogSnapshot read,
            byte[] key) {
        read.replace(catalog);
        QueueGates slots = new QueueGates();
        Admission admission = new Admission(parts.store(), parts.options());
        BusCatalogClient catalogClient = new BusCatalogClient(vertx, parts.options());
        BusQueueClient queueClient = new BusQueueClient(
                vertx, slots, parts.options(), parts.transit().answers());
        DeadLetterTransport post = new BusDeadLetterTransport(catalog, catalogClient, queueClient);
        DiskSpaceMonitor spaceWatch = DiskSpaceMonitor.start(vertx, admission);
        ClockMonitor clockWatch = ClockMonitor.start(
                new EventLoopScheduler(vertx, vertx.getOrCreateContext(), parts.clock()), parts.clock(), parts.store());
        return vertx.deployVerticle(new CatalogVerticle(catalog, slots, parts, strictNames, read))
                .compose(catalogId -> vertx.deployVerticle(new QueueDeployer(catalog, slots, parts, admission, post))
                        .map(deployerId -> new QueueRuntime(catalog, catalogClient, queueClient, key, () -> {
                            spaceWatch.stop();
                            // The deployer takes its queues along.
                            return vertx.undeploy(deployerId)
                                    .eventually(() -> vertx.undeploy(catalogId))
                                    .eventually(clockWatch::stop);
                        })));
    }

    /** The key that authenticates leases, made once per installation. */
    private static Future<byte[]> keyOf(CatalogSnapshot read, QueueStore store) {
        if (read.installationKey() != null) {
            return Future.succeededFuture(read.installationKey());
        }
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        CatalogRecord record = CatalogRecords.installationKey(key);
        StoreBatch batch = store.newBatch(read.generation());
        batch.putCatalog(record.key(), record.value());
        Promise<byte[]> stored = Promise.promise();
        store.commit(batch, failure -> {
            if (failure == null) {
                stored.complete(key);
            } else {
                stored.fail(failure);
            }
        });
        return stored.future();
    }

    /** The queues, for reading. */
    public Catalog catalog() {
        return catalog;
    }

    /** For changing the catalog. */
    public CatalogClient catalogClient() {
        return catalogClient;
    }

    /** For speaking to queues. */
    public QueueClient queueClient() {
        return queueClient;
    }

    /** The 32 bytes that authenticate leases of this installation. */
    public byte[] installationKey() {
        return installationKey.clone();
    }

    /** Takes all verticles down; what was answered is stored then. The edge must be closed before. */
    public Future<Void> close() {
        return closing.get();
    }
}
