package dev.sluice.store.kafka;

import dev.sluice.store.StoreException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Those that wait for a proof that this node owns a shard: an append that was sent after a given time and is
 * acknowledged. Added from any thread; the rest belongs to the thread of
 * the shard, except where it says so.
 */
final class Confirmations {
    private record PendingConfirmation(long sinceNanos, CompletableFuture<Void> confirmed) {}

    private final Queue<PendingConfirmation> added = new ConcurrentLinkedQueue<>();
    private final Queue<PendingConfirmation> waiting = new ArrayDeque<>();

    /** Adds one that needs a proof from after that time. Times are those of {@link System#nanoTime}. */
    CompletableFuture<Void> add(long sinceNanos) {
        CompletableFuture<Void> confirmed = new CompletableFuture<>();
        added.add(new PendingConfirmation(sinceNanos, confirmed));
        return confirmed;
    }

    boolean isEmpty() {
        return added.isEmpty() && waiting.isEmpty();
    }

    boolean hasAdded() {
        return !added.isEmpty();
    }

    /** Whether one waits for which the append that was sent last is too old. */
    boolean needAppend(long sentNanos) {
        PendingConfirmation next;
        while ((next = added.poll()) != null) {
            waiting.add(next);
        }
        return waiting.stream().anyMatch(each -> each.sinceNanos() - sentNanos >= 0);
    }

    /** Completes those for which an acknowledged append that was sent then is proof. */
    void confirm(long confirmedNanos) {
        waiting.removeIf(each -> {
            boolean proven = confirmedNanos - each.sinceNanos() > 0;
            if (proven) {
                each.confirmed().complete(null);
            }
            return proven;
        });
    }

    /** Fails all. */
    void refuseAll(StoreException failure) {
        refuseAdded(failure);
        waiting.forEach(each -> each.confirmed().completeExceptionally(failure));
        waiting.clear();
    }

    /** Fails those that the thread of the shard has not seen. Safe on any thread. */
    void refuseAdded(StoreException failure) {
        PendingConfirmation next;
        while ((next = added.poll()) != null) {
            next.confirmed().completeExceptionally(failure);
        }
    }
}
