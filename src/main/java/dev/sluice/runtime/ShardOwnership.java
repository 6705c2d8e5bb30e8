package dev.sluice.runtime;

import dev.sluice.queue.QueueHead;
import dev.sluice.runtime.catalog.CatalogFollower;
import dev.sluice.store.ShardListener;
import dev.sluice.store.ShardedStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which queues this node serves. A shard that the store has gained is served once the catalog here has everything that
 * was confirmed before, and the heads of its queues are read. A shard that is lost is not served from that moment on; its
 * queues then leave memory.
 *
 * <p>Flags are readable from any thread. The rest runs on one event loop, that of the deployer.
 */
public final class ShardOwnership implements ShardListener {
    private static final Logger LOG = LoggerFactory.getLogger(ShardOwnership.class);
    private static final long RETRY_MILLIS = 500;

    /** Does what a change of ownership needs, on the event loop of the deployer. */
    interface Actions {
        /** Makes the queues of a shard known. */
        Future<Void> gained(int shard, Map<Long, QueueHead> heads);

        /** Removes the queues of a shard from memory. */
        Future<Void> lost(int shard);
    }

    private final ShardedStore store;
    private final IntConsumer onLost;
    private final IntConsumer onServed;
    /** For each shard with messages, whether it is served. */
    private final AtomicReferenceArray<Boolean> served;

    private final AtomicLong takeovers = new AtomicLong();
    /** Shards whose queues are known to the deployer. */
    private final Set<Integer> known = new HashSet<>();
    /** The last step of each shard. */
    private final Map<Integer, Future<Void>> steps = new HashMap<>();

    /** Null until the deployer runs; what happens before is found out then. */
    private volatile @Nullable Deployer deployer;

    /** What runs on the event loop of the deployer. */
    private record Deployer(Context context, Actions actions, CatalogFollower catalog) {}

    /**
     * Creates it and listens to the store.
     *
     * @param onLost also called when a shard is lost, on a thread of the store; must not block
     * @param onServed called when a shard is served, or the catalog was gained; must not block
     */
    public ShardOwnership(ShardedStore store, IntConsumer onLost, IntConsumer onServed) {
        this.store = store;
        this.onLost = onLost;
        this.onServed = onServed;
        this.served = new AtomicReferenceArray<>(store.shards());
        for (int shard = 0; shard < store.shards(); shard++) {
            served.set(shard, false);
        }
        store.listen(this);
    }

    /** Begins to serve. Called once, on the event loop of the deployer. */
    void begin(Context eventLoop, Actions toDo, CatalogFollower follower) {
        Deployer started = new Deployer(eventLoop, toDo, follower);
        deployer = started;
        follower.refresh();
        for (int shard = 0; shard < store.shards(); shard++) {
            if (store.owns(shard)) {
                serve(shard, started);
            }
        }
    }

    /** Whether this node serves that queue now. */
    public boolean serves(long queueNumber) {
        return served.get(store.shardOf(queueNumber));
    }

    /** Whether this node serves a shard now; the catalog, if it owns it. */
    public boolean servesShard(int shard) {
        return shard == ShardedStore.CATALOG ? store.owns(shard) : served.get(shard);
    }

    int shardOf(long queueNumber) {
        return store.shardOf(queueNumber);
    }

    /** Shards that began to be served. */
    public long takeovers() {
        return takeovers.get();
    }

    @Override
    public void gained(int shard, long epoch) {
        LOG.info("Owns {}, in epoch {}", name(shard), epoch);
        run(running -> {
            if (shard == ShardedStore.CATALOG) {
                running.catalog().refresh();
            } else {
                serve(shard, running);
            }
        });
        if (shard == ShardedStore.CATALOG) {
            onServed.accept(shard);
        }
    }

    @Override
    public void lost(int shard, String reason) {
        LOG.info("Does not own {} any more: {}", name(shard), reason);
        if (shard != ShardedStore.CATALOG) {
            served.set(shard, false);
            run(running -> release(shard, running));
        }
        onLost.accept(shard);
    }

    @Override
    public void catalogAdvanced(long offset) {
        run(running -> running.catalog().refresh());
    }

    private void run(Consumer<Deployer> task) {
        Deployer running = deployer;
        if (running != null) {
            running.context().runOnContext(ignored -> task.accept(running));
        }
    }

    private void serve(int shard, Deployer running) {
        inOrder(shard, () -> begin(shard, running));
    }

    private void release(int shard, Deployer running) {
        inOrder(shard, () -> end(shard, running));
    }

    /** What was gained is not served before what was lost before has left memory. */
    private void inOrder(int shard, Supplier<Future<Void>> step) {
        steps.put(shard, steps.getOrDefault(shard, Future.succeededFuture()).transform(before -> step.get()));
    }

    private Future<Void> begin(int shard, Deployer running) {
        if (!store.owns(shard) || served.get(shard)) {
            return Future.succeededFuture();
        }
        return running.catalog()
                .catchUp()
                .compose(current -> Future.fromCompletionStage(store.heads(shard), running.context()))
                .compose(heads -> {
                    known.add(shard);
                    return running.actions().gained(shard, heads);
                })
                .onSuccess(ready -> {
                    served.set(shard, true);
                    takeovers.incrementAndGet();
                    if (!store.owns(shard)) {
                        // Lost in between: the loss was reported before the flag was set.
                        served.set(shard, false);
                        release(shard, running);
                    }
                    onServed.accept(shard);
                })
                .onFailure(failure -> {
                    // If it was lost meanwhile, it is served when it is gained again.
                    if (store.owns(shard)) {
                        LOG.warn("{} cannot be served yet: {}", name(shard), failure.getMessage());
                        running.context().owner().setTimer(RETRY_MILLIS, later -> serve(shard, running));
                    }
                });
    }

    private Future<Void> end(int shard, Deployer running) {
        if (served.get(shard) || !known.remove(shard)) {
            return Future.succeededFuture();
        }
        return running.actions()
                .lost(shard)
                .onFailure(failure -> LOG.error("The queues of {} did not leave memory", name(shard), failure));
    }

    private static String name(int shard) {
        return shard == ShardedStore.CATALOG ? "the catalog" : "shard " + shard;
    }
}
