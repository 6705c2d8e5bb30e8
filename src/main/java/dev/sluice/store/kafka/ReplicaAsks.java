package dev.sluice.store.kafka;

import dev.sluice.store.ShardRole;
import dev.sluice.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a node was asked to do with a shard, and those that wait for it. Safe for use from several threads. */
final class ReplicaAsks {
    /**
     * The last ask.
     *
     * @param role OWNER, STANDBY or NONE
     * @param number how often it was asked
     */
    record Ask(ShardRole role, long number) {}

    /** The replaced value is never changed, so it can be read without the lock. */
    private volatile Ask current = new Ask(ShardRole.NONE, 0);

    private volatile long ownAskedNanos = System.nanoTime();
    /** Guarded by this. */
    private final List<CompletableFuture<Void>> givenUp = new ArrayList<>();
    /** Completed when the shard was gained, or failed at the first failure after it was asked for. Guarded by this. */
    private CompletableFuture<Void> owned = new CompletableFuture<>();

    Ask current() {
        return current;
    }

    /** When the node was asked to own the shard, on the clock of {@link System#nanoTime}. */
    long ownAskedNanos() {
        return ownAskedNanos;
    }

    synchronized void ask(ShardRole role) {
        current = new Ask(role, current.number() + 1);
    }

    /** Asks to own the shard. Completes when it is gained; fails at the first failure. */
    synchronized CompletableFuture<Void> own() {
        if (current.role() != ShardRole.OWNER) {
            ownAskedNanos = System.nanoTime();
            owned = new CompletableFuture<>();
        }
        ask(ShardRole.OWNER);
        return owned;
    }

    /** Asks to give the shard up. Completes when that has happened. */
    synchronized CompletableFuture<Void> giveUp() {
        CompletableFuture<Void> left = new CompletableFuture<>();
        givenUp.add(left);
        ask(ShardRole.STANDBY);
        return left;
    }

    /** Takes an ask back, unless there is a later one. */
    synchronized void withdraw(Ask before, ShardRole role) {
        if (current.number() == before.number()) {
            ask(role);
        }
    }

    synchronized void gained() {
        owned.complete(null);
    }

    synchronized void failed(StoreException failure) {
        owned.completeExceptionally(failure);
    }

    /** The node does not own the shard any more. */
    void left() {
        List<CompletableFuture<Void>> left;
        synchronized (this) {
            left = List.copyOf(givenUp);
            givenUp.clear();
        }
        left.forEach(each -> each.complete(null));
    }
}
