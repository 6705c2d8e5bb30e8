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
import dev.sluice.runtime.catalog.StoredTokens;
import dev.sluice.runtime.clock.ClockMonitor;
import dev.sluice.runtime.deadletter.DeadLetterTransport;
import dev.sluice.runtime.queue.EventLoopScheduler;
import dev.sluice.store.CatalogRecord;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreBatch;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.function.Supplier;

/**
 * Starts and stops everything between the edge and the store: catalog, deployer, queue verticles, and the clients for
 * the edge.
 */
public final class QueueRuntime {
    private static final long MILLIS_PER_SECOND = 1_000;

    private final CatalogView catalog;
    private final BusCatalogClient catalogClient;
    private final BusQueueClient queueClient;
    private final BacklogReader backlogs;
    private final RuntimeExtensions extensions;
    private final byte[] installationKey;
    private final Supplier<Future<Void>> closing;

    private QueueRuntime(
            CatalogView catalog,
            BusCatalogClient catalogClient,
            BusQueueClient queueClient,
            BacklogReader backlogs,
            RuntimeExtensions extensions,
            byte[] installationKey,
            Supplier<Future<Void>> closing) {
        this.catalog = catalog;
        this.catalogClient = catalogClient;
        this.queueClient = queueClient;
        this.backlogs = backlogs;
        this.extensions = extensions;
        this.installationKey = installationKey;
        this.closing = closing;
    }

    /**
     * Reads the catalog and deploys the verticles. The caller keeps ownership of the store and closes it after {@link
     * #close}.
     *
     * @param strictNames whether queue names must be lower-case (docs/api.md 3.7)
     */
    public static Future<QueueRuntime> start(Vertx vertx, RuntimeResources resources, boolean strictNames) {
        registerCodec(vertx);
        Context context = vertx.getOrCreateContext();
        CatalogView catalog = new CatalogView();
        return CatalogSnapshot.read(resources.store(), context, catalog)
                .compose(snapshot -> resumeClock(snapshot, resources, context)
                        .compose(resumed -> installationKey(snapshot, resources.store()))
                        .compose(key -> deploy(vertx, resources, strictNames, catalog, snapshot, key)));
    }

    /** A store that accepts no commit at the moment does not prevent the start. */
    private static Future<Void> resumeClock(CatalogSnapshot snapshot, RuntimeResources resources, Context context) {
        Future<Void> resumed = Future.fromCompletionStage(resources.store().heads(), context)
                .map(heads -> storedMillisMax(heads.values()))
                .onSuccess(storedMillisMax -> {
                    if (snapshot.clock() == null) {
                        resources.clock().startNew(storedMillisMax);
                    } else {
                        long retentionMillisMax = resources.limits().retentionSecondsMax() * MILLIS_PER_SECOND;
                        resources.clock().resume(snapshot.clock(), retentionMillisMax, storedMillisMax);
                    }
                })
                .mapEmpty();
        return resumed.compose(running ->
                ClockMonitor.commit(resources.clock(), resources.store()).otherwiseEmpty());
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
            RuntimeResources resources,
            boolean strictNames,
            CatalogView catalog,
            CatalogSnapshot snapshot,
            byte[] key) {
        snapshot.replace(catalog);
        QueueGates gates = new QueueGates();
        Admission admission = new Admission(resources.store(), resources.options());
        BusCatalogClient catalogClient = new BusCatalogClient(vertx, resources.options());
        BacklogReader backlogs = new BacklogReader(vertx, catalog, resources);
        BusQueueClient queueClient = new BusQueueClient(
                vertx, gates, resources.options(), resources.budgets().responses(), backlogs::readPassive);
        DeadLetterTransport transport = new BusDeadLetterTransport(catalog, catalogClient, queueClient);
        EventLoopScheduler clockScheduler =
                new EventLoopScheduler(vertx, vertx.getOrCreateContext(), resources.clock());
        return vertx.deployVerticle(new CatalogVerticle(catalog, gates, resources, strictNames, snapshot))
                .compose(catalogId -> vertx.deployVerticle(
                                new QueueDeployer(catalog, gates, resources, admission, transport, backlogs))
                        .compose(deployerId -> {
                            // Last, because a start that fails has nothing to stop.
                            DiskSpaceMonitor diskSpaceMonitor = DiskSpaceMonitor.start(vertx, admission);
                            ClockMonitor clockMonitor =
                                    ClockMonitor.start(clockScheduler, resources.clock(), resources.store());
                            RuntimeExtensions extensions =
                                    RuntimeExtensions.start(vertx, resources, catalog, queueClient);
                            QueueRuntime runtime = new QueueRuntime(
                                    catalog, catalogClient, queueClient, backlogs, extensions, key, () -> {
                                        extensions.stop(vertx);
                                        diskSpaceMonitor.stop();
                                        // Undeploying the deployer also undeploys its queues.
                                        return vertx.undeploy(deployerId)
                                                .eventually(() -> vertx.undeploy(catalogId))
                                                .eventually(clockMonitor::stop);
                                    });
                            return extensions.redrives().resume().map(runtime);
                        }));
    }

    /** The key that authenticates leases. Created once per installation. */
    private static Future<byte[]> installationKey(CatalogSnapshot snapshot, QueueStore store) {
        if (snapshot.installationKey() != null) {
            return Future.succeededFuture(snapshot.installationKey());
        }
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        CatalogRecord record = CatalogRecords.installationKey(key);
        StoreBatch batch = store.newBatch(snapshot.generation());
        batch.putCatalog(record.key(), record.value());
        return Future.fromCompletionStage(store.commit(batch)).map(key);
    }

    /** The queues, for reading. */
    public Catalog catalog() {
        return catalog;
    }

    /** The tokens that were created at run time. */
    public StoredTokens tokens() {
        return catalog.tokens();
    }

    /** The client for changes of the catalog. */
    public CatalogClient catalogClient() {
        return catalogClient;
    }

    /** The client for requests to queues. */
    public QueueClient queueClient() {
        return queueClient;
    }

    /** The reader of all backlogs. */
    public BacklogReader backlogs() {
        return backlogs;
    }

    /** What it offers beyond the Queues API. */
    public RuntimeExtensions extensions() {
        return extensions;
    }

    /** Makes every active queue handle what is due now. Passive queues follow within seconds. */
    public Future<Void> checkDeadlines() {
        return queueClient.checkDeadlines();
    }

    /** The 32 bytes that authenticate leases of this installation. */
    public byte[] installationKey() {
        return installationKey.clone();
    }

    /** Undeploys all verticles. Everything acknowledged is stored then. The edge must be closed before. */
    public Future<Void> close() {
        return closing.get();
    }
}
