package dev.sluice.store.kafka;

import dev.sluice.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Those that wait until a copy has everything that its log had when they came. Added from any thread; the rest belongs
 * to the thread of the shard.
 */
final class CatchUps {
    private static final long SECONDS_MAX = 10;

    private final Queue<CompletableFuture<Long>> waiting = new ConcurrentLinkedQueue<>();

    /** Adds one. Completes with the offset that the copy has reached. */
    CompletionStage<Long> add() {
        CompletableFuture<Long> caughtUp = new CompletableFuture<>();
        waiting.add(caughtUp);
        return caughtUp.orTimeout(SECONDS_MAX, TimeUnit.SECONDS);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /**
     * Completes those that wait.
     *
     * @param follow reads to an end of the log that it asks for, and returns the offset of the copy; those that come
     * from now on need a later end
     */
    void follow(LongSupplier follow) {
        List<CompletableFuture<Long>> taken = new ArrayList<>();
        CompletableFuture<Long> next;
        while ((next = waiting.poll()) != null) {
            taken.add(next);
        }
        if (taken.isEmpty()) {
            return;
        }
        try {
            long offset = follow.getAsLong();
            taken.forEach(each -> each.complete(offset));
        } catch (StoreException failure) {
            taken.forEach(each -> each.completeExceptionally(failure));
            throw failure;
        }
    }

    /** An owner has everything once an append that is sent from now on is acknowledged. */
    void confirm(Confirmations confirmations, LongSupplier offset) {
        CompletableFuture<Long> next;
        while ((next = waiting.poll()) != null) {
            CompletableFuture<Long> caughtUp = next;
            CompletableFuture<Void> unused = confirmations
                    .add(System.nanoTime())
                    .whenComplete((none, failure) -> {
                        if (failure == null) {
                            caughtUp.complete(offset.getAsLong());
                        } else {
                            caughtUp.completeExceptionally(failure);
                        }
                    });
        }
    }

    /** Fails those that wait, as long as the condition holds after one was taken. */
    void refuseWhile(BooleanSupplier condition, StoreException failure) {
        CompletableFuture<Long> next;
        while ((next = waiting.poll()) != null) {
            if (!condition.getAsBoolean()) {
                waiting.add(next);
                return;
            }
            next.completeExceptionally(failure);
        }
    }
}
