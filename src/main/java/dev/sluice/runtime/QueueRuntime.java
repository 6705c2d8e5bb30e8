package dev.sluice.runtime;

import dev.sluice.queue.QueueHead;
import dev.sluice.runtime.bus.BusCatalogClient;
import dev.sluice.runtime.bus.BusCatalogFollower;
import dev.sluice.runtime.bus.BusDeadLetterTransport;
import dev.sluice.runtime.bus.BusOwnerWork;
import dev.sluice.runtime.bus.BusQueueClient;
import dev.sluice.runtime.bus.ByReferenceCodec;
import dev.sluice.runtime.bus.CatalogClient;
import dev.sluice.runtime.bus.NodePeers;
import dev.sluice.runtime.bus.OwnerWork;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.bus.QueueGates;
import dev.sluice.runtime.catalog.Catalog;
import dev.sluice.runtime.catalog.CatalogFollower;
import dev.sluice.runtime.catalog.CatalogSnapshot;
import dev.sluice.runtime.catalog.CatalogVerticle;
import dev.sluice.runtime.catalog.CatalogView;
import dev.sluice.runtime.catalog.StoredTokens;
import dev.sluice.runtime.clock.ClockMonitor;
import dev.sluice.runtime.deadletter.DeadLetterTransport;
import dev.sluice.runtime.queue.EventLoopScheduler;
import dev.sluice.store.QueueStore;
import dev.sluice.store.ShardedStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
    /** Null on a single node. */
    private final @Nullable CatalogFollower follower;

    private final @Nullable OwnerWork ownerWork;
    private final Supplier<Future<Void>> closing;

    private QueueRuntime(
            CatalogView catalog,
            BusCatalogClient catalogClient,
            BusQueueClient queueClient,
            BacklogReader backlogs,
            RuntimeExtensions extensions,
            byte[] installationKey,
            @Nullable CatalogFollower follower,
            @Nullable OwnerWork ownerWork,
            Supplier<Future<Void>> closing) {
        this.catalog = catalog;
        this.catalogClient = catalogClient;
        this.queueClient = queueClient;
        this.backlogs = backlogs;
        this.extensions = extensions;
        this.installationKey = installationKey;
        this.follower = follower;
        this.ownerWork = ownerWork;
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
                        .compose(key -> deploy(vertx, resources, strictNames, catalog, snapshot, key, null)));
    }

    /**
     * The same for a node of a cluster. Waits until the catalog has the installation's key, which its first owner
     * makes. The shards are served as the store gains them.
     */
    public static Future<QueueRuntime> start(
            Vertx vertx, RuntimeResources resources, boolean strictNames, ClusterParts cluster) {
        registerCodec(vertx);
        Context context = vertx.getOrCreateContext();
        CatalogView catalog = new CatalogView();
        resources.clock().startNew(0);
        return InstallationKey.await(vertx, cluster.store())
                .compose(key -> CatalogSnapshot.read(cluster.store(), context, catalog)
                        .compose(snapshot -> deploy(vertx, resources, strictNames, catalog, snapshot, key, cluster)));
    }

    /**
     * What a node of a cluster has beside.
     *
     * @param store the same as in the resources
     */
    public record ClusterParts(ShardedStore store, ShardOwnership ownership, NodePeers peers) {}

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
            byte[] key,
            @Nullable ClusterParts cluster) {
        snapshot.replace(catalog);
        QueueGates gates = new QueueGates();
        Admission admission = new Admission(resources.store(), resources.options());
        BusCatalogClient catalogClient = new BusCatalogClient(vertx, resources.options());
        BacklogReader backlogs = new BacklogReader(vertx, catalog, resources);
        BusQueueClient queueClient = new BusQueueClient(
                vertx, gates, resources.options(), resources.budgets().responses(), backlogs::readPassive);
        NodePeers peers = cluster == null ? NodePeers.NONE : cluster.peers();
        DeadLetterTransport transport =
                new BusDeadLetterTransport(catalog, catalogClient, queueClient, resources.store(), peers);
        EventLoopScheduler scheduler = new EventLoopScheduler(vertx, vertx.getOrCreateContext(), resources.clock());
        QueueDeployer deployer = new QueueDeployer(catalog, gates, resources, admission, transport, backlogs);
        @Nullable CatalogFollower follower = follower(vertx, resources, catalog, cluster);
        if (cluster != null && follower != null) {
            deployer.inCluster(cluster.ownership(), follower);
            backlogs.inCluster(cluster.ownership()::serves);
        }
        @Nullable
        OwnerWork ownerWork = follower == null
                ? null
                : new BusOwnerWork(vertx, follower, catalogClient, transport, resources.options());
        return vertx.deployVerticle(new CatalogVerticle(catalog, gates, resources, strictNames, snapshot, peers))
                .compose(catalogId -> vertx.deployVerticle(deployer).compose(deployerId -> {
                    // Last, because a start that fails has nothing to stop.
                    DiskSpaceMonitor diskSpaceMonitor = DiskSpaceMonitor.start(vertx, admission);
                    ClockMonitor clockMonitor = ClockMonitor.start(scheduler, resources.clock(), resources.store());
                    RuntimeExtensions extensions = RuntimeExtensions.start(vertx, resources, catalog, queueClient);
                    QueueRuntime runtime = new QueueRuntime(
                            catalog, catalogClient, queueClient, backlogs, extensions, key, follower, ownerWork, () -> {
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

    private static @Nullable CatalogFollower follower(
            Vertx vertx, RuntimeResources resources, CatalogView catalog, @Nullable ClusterParts cluster) {
        return cluster == null ? null : new BusCatalogFollower(vertx, cluster.store(), catalog, resources.options());
    }

    /** The key that authenticates leases. Created once per installation. */
    private static Future<byte[]> installationKey(CatalogSnapshot snapshot, QueueStore store) {
        return snapshot.installationKey() != null
                ? Future.succeededFuture(snapshot.installationKey())
                : InstallationKey.create(store, snapshot.generation());
    }

    /** The queues, for reading. */
    public Catalog catalog() {
        return catalog;
    }

    /** The tokens that were created at run time. */
    public StoredTokens tokens() {
        return catalog.tokens();
    }

    /** Does what other nodes ask for, in a cluster. */
    public OwnerWork ownerWork() {
        return Objects.requireNonNull(ownerWork, "a single node has no other");
    }

    /** Keeps {@link #catalog} up to date, in a cluster. */
    public CatalogFollower catalogFollower() {
        return Objects.requireNonNull(follower, "a single node follows nothing");
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
