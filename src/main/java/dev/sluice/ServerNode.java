package dev.sluice;

import dev.sluice.api.ClusterRouting;
import dev.sluice.api.Contract;
import dev.sluice.api.ForwardedCall;
import dev.sluice.api.ForwardedRequests;
import dev.sluice.api.Gateway;
import dev.sluice.api.OperationBinding;
import dev.sluice.api.RequestMemory;
import dev.sluice.cluster.ClusterNode;
import dev.sluice.config.ClusterConfig;
import dev.sluice.config.Secret;
import dev.sluice.config.ServerConfig;
import dev.sluice.runtime.QueueRuntime;
import dev.sluice.runtime.RuntimeResources;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.runtime.tracing.Tracing;
import dev.sluice.store.ShardedStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The part of the composition that only a node of a cluster has. */
final class ServerNode {
    private static final Logger LOG = LoggerFactory.getLogger(ServerNode.class);

    /** A response has ids, metadata and escapes beside the bodies that limits.delivery_bytes_max counts. */
    private static final int RESPONSES_PER_DELIVERY = 3;

    private final Vertx vertx;
    private final ServerConfig config;
    private final ShardedStore store;
    private final ClusterNode node;

    private ServerNode(Vertx vertx, ServerConfig config, ShardedStore store, ClusterNode node) {
        this.vertx = vertx;
        this.config = config;
        this.store = store;
        this.node = node;
    }

    /**
     * A runtime that has started.
     *
     * @param node null unless several nodes share the store
     * @param makesDeclaredQueues of several nodes, only the owner of the catalog makes them
     */
    record Started(QueueRuntime runtime, @Nullable ServerNode node, boolean makesDeclaredQueues) {}

    /** Starts the runtime; as a node of a cluster, if the store is a shared one. */
    static Future<Started> start(Vertx vertx, ServerConfig config, RuntimeResources resources) {
        boolean strictNames = config.messages().strictQueueNames();
        if (!(resources.store() instanceof ShardedStore sharded)) {
            return QueueRuntime.start(vertx, resources, strictNames).map(runtime -> new Started(runtime, null, true));
        }
        return open(vertx, config, sharded, resources.clock()).compose(node -> {
            node.node.join(StoreEngines.kafkaOptions(config));
            return QueueRuntime.start(vertx, resources, strictNames, node.node.parts())
                    .compose(runtime -> node.node
                            .inService()
                            .recover(failure ->
                                    Future.failedFuture(new StartException(String.valueOf(failure.getMessage()))))
                            .map(runtime))
                    .map(runtime -> new Started(runtime, node, node.makesDeclaredQueues()))
                    .onFailure(failure -> node.leave());
        });
    }

    private boolean makesDeclaredQueues() {
        boolean makes = store.owns(ShardedStore.CATALOG);
        if (!makes && !config.queues().isEmpty()) {
            LOG.info("The declared queues are made by the node that owns the catalog, if it declares them too");
        }
        return makes;
    }

    /** Opens the internal port. Fails with a {@link StartException} if it cannot be bound. */
    private static Future<ServerNode> open(
            Vertx vertx, ServerConfig config, ShardedStore store, ContinuousClock clock) {
        ClusterConfig.InternalPort internal = config.cluster().internal();
        return ClusterNode.listen(vertx, store, settings(config), () -> clock.wallMillis(clock.nowMillis()))
                .recover(failure -> Future.failedFuture(
                        StartException.listening("cluster.port", internal.host(), internal.port(), failure)))
                .map(listening -> new ServerNode(vertx, config, store, listening));
    }

    private static ClusterNode.NodeSettings settings(ServerConfig config) {
        ClusterConfig.InternalPort internal = config.cluster().internal();
        return new ClusterNode.NodeSettings(
                internal.host(),
                internal.port(),
                internal.address(),
                internal.key().map(Secret::value).orElse(""),
                internal.zone().orElse(""),
                config.http().eventLoops(),
                RESPONSES_PER_DELIVERY * config.limits().deliveryBytesMax(),
                config.http().bodyTimeoutMillis());
    }

    /** Where requests of clients are served. */
    ClusterRouting routing(QueueRuntime runtime) {
        return node.routing(runtime);
    }

    /**
     * Begins to serve requests of other nodes.
     *
     * @param operations creates the operations of one event loop
     */
    void serve(
            QueueRuntime runtime,
            RequestMemory memory,
            Meters meters,
            Tracing tracing,
            Contract contract,
            Supplier<List<OperationBinding>> operations) {
        node.serve(runtime, routing -> {
            Gateway gateway = Gateway.ofForwardedRequests(
                    runtime.catalog(),
                    config.limits().requestBytesMax() + ForwardedCall.OVERHEAD_BYTES_MAX,
                    memory,
                    meters,
                    tracing);
            return new ForwardedRequests(gateway, routing, contract, operations.get(), meters);
        });
    }

    /** Why this node is not a member of the group at the moment; empty while it is one. */
    Optional<String> failure() {
        return node.failure();
    }

    /** Shards that this node began to serve. */
    long takeovers() {
        return node.takeovers();
    }

    /** Gives up all shards, so that others take over while this node still forwards requests to them. */
    Future<Void> leave() {
        return vertx.executeBlocking(() -> {
            node.leave();
            return null;
        });
    }
}
