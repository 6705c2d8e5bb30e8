package dev.sluice.cluster;

import dev.sluice.store.ShardRole;
import dev.sluice.store.ShardStatus;
import dev.sluice.store.ShardedStore;
import dev.sluice.store.kafka.ShardGroupListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/** Makes the store do what the plans of the group say. Called on the thread of the group; flags are for any thread. */
final class NodePlacement implements ShardGroupListener {
    private static final long GIVE_UP_SECONDS_MAX = 6;

    private final ShardedStore store;
    private final ShardRoutes routes;
    private final Runnable onPlanned;
    private volatile boolean hasPlan;
    private volatile Set<Integer> owned = Set.of();

    /** @param onPlanned called after each plan; must not block */
    NodePlacement(ShardedStore store, ShardRoutes routes, Runnable onPlanned) {
        this.store = store;
        this.routes = routes;
        this.onPlanned = onPlanned;
    }

    /** Whether the last plan gives a shard to this node. */
    boolean isPlanned(int shard) {
        return owned.contains(shard);
    }

    /** Whether there was a plan, and each of its shards that is to be owned here passes a test. */
    boolean isInForce(IntPredicate serves) {
        return hasPlan && owned.stream().allMatch(serves::test);
    }

    /** How many records each copy of this node is behind, by shard. */
    Map<Integer, Long> lags() {
        Map<Integer, Long> lags = new TreeMap<>();
        for (int shard = ShardedStore.CATALOG; shard < store.shards(); shard++) {
            ShardStatus status = store.status(shard);
            if (status.role() != ShardRole.NONE) {
                lags.put(shard, status.role() == ShardRole.OWNER ? 0 : status.lag());
            }
        }
        return lags;
    }

    @Override
    public void assigned(Set<Integer> planned, Set<Integer> standbys, Map<Integer, String> addresses) {
        owned = Set.copyOf(planned);
        routes.replace(addresses);
        for (int shard = ShardedStore.CATALOG; shard < store.shards(); shard++) {
            if (planned.contains(shard)) {
                store.own(shard);
            } else if (standbys.contains(shard)) {
                store.follow(shard);
            } else if (shard != ShardedStore.CATALOG && !store.owns(shard)) {
                store.unfollow(shard);
            }
        }
        hasPlan = true;
        onPlanned.run();
    }

    @Override
    public void revoked(Set<Integer> shards) {
        lost(shards);
        giveUp(shards);
    }

    @Override
    public void lost(Set<Integer> shards) {
        owned = owned.stream().filter(shard -> !shards.contains(shard)).collect(Collectors.toSet());
        shards.forEach(store::giveUp);
    }

    /** Gives up all shards. Blocks until they are, or for some seconds. */
    void giveUpAll() {
        Set<Integer> all = owned;
        owned = Set.of();
        giveUp(all);
    }

    private void giveUp(Set<Integer> shards) {
        List<CompletableFuture<Void>> ended = new ArrayList<>();
        shards.forEach(shard -> ended.add(store.giveUp(shard).toCompletableFuture()));
        CompletableFuture.allOf(ended.toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, GIVE_UP_SECONDS_MAX, TimeUnit.SECONDS)
                .exceptionally(failure -> null)
                .join();
    }
}
