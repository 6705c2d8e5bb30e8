package dev.sluice.cluster;

import dev.sluice.api.ClusterRouting;
import dev.sluice.api.ForwardedRequests;
import dev.sluice.runtime.QueueRuntime;
import dev.sluice.runtime.ShardOwnership;
import dev.sluice.store.ShardedStore;
import dev.sluice.store.StoreException;
import dev.sluice.store.kafka.KafkaOptions;
import dev.sluice.store.kafka.ShardGroup;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This server as a node of a cluster: its internal port, its membership in the group of nodes, and the clients of the
 * other nodes. Opened in three steps: {@link #listen}, {@link #join}, {@link #serve}.
 *
 * <p>Usable from any thread.
 */
public final class ClusterNode {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);

    /** A request may wait for a queue on its owner, and for nothing on its way. */
    private static final long TIMEOUT_MILLIS = 35_000;

    /** How long a start waits for the shards of this node. */
    private static final long IN_SERVICE_SECONDS_MAX = 30;

    /** Listeners with the same negative port share one; that of the API has -1. */
    private static final int SHARED_FREE_PORT = -2;

    /**
     * How the node is reached, and what it may use.
     *
     * @param port of the listener; 0 for a free one
     * @param address that other nodes use; empty for host and port of the listener
     * @param key {@code cluster.key}; may be empty on loopback
     * @param zone where the machine is; may be empty
     * @param replyBytesMax the largest response of another node
     * @param bodyMillis how long the body of a request may take
     */
    public record NodeSettings(
            String host,
            int port,
            Optional<String> address,
            String key,
            String zone,
            int eventLoops,
            int replyBytesMax,
            long bodyMillis) {}

    private final Vertx vertx;
    private final ShardedStore store;
    private final NodeSettings settings;
    private final ShardRoutes routes = new ShardRoutes();
    private final NodePlacement placement;
    private final ShardOwnership ownership;
    private final NodeClient client;
    private final Promise<Void> inService = Promise.promise();
    private final List<NodePort> ports = Collections.synchronizedList(new ArrayList<>());
    private String self = "";
    private volatile @Nullable OwnerRequests owners;
    private volatile @Nullable ShardGroup group;

    private ClusterNode(Vertx vertx, ShardedStore store, NodeSettings settings, LongSupplier wallMillis) {
        this.vertx = vertx;
        this.store = store;
        this.settings = settings;
        this.placement = new NodePlacement(store, routes, this::completeIfInService);
        this.ownership = new ShardOwnership(store, this::onLost, shard -> completeIfInService());
        this.client =
                new NodeClient(vertx, settings.eventLoops(), wallMillis, TIMEOUT_MILLIS, settings.replyBytesMax());
    }

    /** Opens the internal port, which refuses every request at first. */
    public static Future<ClusterNode> listen(
            Vertx vertx, ShardedStore store, NodeSettings settings, LongSupplier wallMillis) {
        ClusterNode node = new ClusterNode(vertx, store, settings, wallMillis);
        Supplier<NodePort> perEventLoop = () -> {
            NodePort port = new NodePort(
                    settings.host(),
                    settings.port() == 0 ? SHARED_FREE_PORT : settings.port(),
                    store,
                    node.routes,
                    wallMillis,
                    settings.bodyMillis());
            node.ports.add(port);
            return port;
        };
        return vertx.deployVerticle(perEventLoop, new DeploymentOptions().setInstances(settings.eventLoops()))
                .map(deployed -> {
                    int port = node.ports.get(0).actualPort();
                    node.self = settings.address().orElse(settings.host() + ":" + port);
                    node.owners = new OwnerRequests(node.client, node.routes, node.self);
                    return node;
                });
    }

    /** Joins the group of nodes, in the background. Its plans say what this node is to own. */
    public void join(KafkaOptions options) {
        ShardGroup member = ShardGroup.join(
                options,
                store.shards(),
                new ShardGroup.NodeAddress(options.node(), settings.zone(), self),
                new ShardPlacement(),
                placement::lags,
                placement);
        group = member;
        member.joined().exceptionally(failure -> {
            inService.tryFail(failure);
            return null;
        });
    }

    /**
     * Completes when this node serves the shards of its first plan. After half a minute in any case, because other nodes
     * and queues can be served meanwhile. Fails with a {@link StoreException} if this node cannot be a member.
     */
    public Future<Void> inService() {
        long timer = vertx.setTimer(TimeUnit.SECONDS.toMillis(IN_SERVICE_SECONDS_MAX), late -> {
            if (inService.tryComplete()) {
                LOG.warn(
                        "This node does not serve all of its shards yet{}",
                        failure().map(reason -> ": " + reason).orElse(""));
            }
        });
        return inService.future().eventually(() -> {
            vertx.cancelTimer(timer);
            return Future.succeededFuture();
        });
    }

    private void completeIfInService() {
        if (placement.isInForce(ownership::servesShard)) {
            inService.tryComplete();
        }
    }

    /** What the runtime of a node needs. */
    public QueueRuntime.ClusterParts parts() {
        return new QueueRuntime.ClusterParts(store, ownership, new OwnerPeers(store, owners()));
    }

    /**
     * Begins to serve requests of other nodes.
     *
     * @param requests makes what serves the requests of one event loop
     */
    public void serve(QueueRuntime runtime, Function<ClusterRouting, ForwardedRequests> requests) {
        InternalKey key = new InternalKey(runtime.installationKey(), settings.key());
        client.sign(key);
        ClusterRouting routing = routing(runtime);
        for (NodePort port : List.copyOf(ports)) {
            port.serve(() -> new NodePort.Served(
                    key,
                    requests.apply(routing),
                    routing,
                    runtime.catalog(),
                    runtime.catalogFollower(),
                    runtime.ownerWork()));
        }
    }

    /** Where requests of clients are served. */
    public ClusterRouting routing(QueueRuntime runtime) {
        return new NodeRouting(vertx, store, ownership, owners(), runtime.catalogFollower());
    }

    private OwnerRequests owners() {
        return Objects.requireNonNull(owners, "not listening");
    }

    /** The internal address of this node. */
    public String address() {
        return self;
    }

    /** Why this node is not a member of the group at the moment; empty while it is one. */
    public Optional<String> failure() {
        ShardGroup member = group;
        return member == null ? Optional.of("this node has not joined the group of nodes") : member.failure();
    }

    /** Shards that this node began to serve, over its life. */
    public long takeovers() {
        return ownership.takeovers();
    }

    private void onLost(int shard) {
        ShardGroup member = group;
        if (member != null && placement.isPlanned(shard)) {
            member.requestPlan();
        }
    }

    /** Gives up all shards and leaves the group, so that other nodes take over at once. Blocks for seconds at most. */
    public void leave() {
        ShardGroup member = group;
        if (member != null) {
            placement.giveUpAll();
            member.close();
        }
    }
}
