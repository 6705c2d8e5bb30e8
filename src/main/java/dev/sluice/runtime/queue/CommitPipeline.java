package dev.sluice.runtime.queue;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueHead;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The way of a queue's events into the store, and the place where answers wait for them.
 *
 * <p>Events of one turn gather in one batch, which is handed to the store at the end of the turn. What is parked is released,
 * in order, once everything appended before it is stored. After a failure the pipeline is broken for good: all that waits is
 * refused, and the queue must load again with a new one.
 *
 * <pre>
 *   append, append, park ──► open batch ──(end of turn)──► flights ──(stored)──► release
 * </pre>
 *
 * Owned by the turns of one queue.
 */
public final class CommitPipeline {
    private final QueueStore store;
    private final long queueNumber;
    /** What the queue was loaded from. */
    private final long generation;

    private final QueueScheduler turns;
    private final Supplier<QueueHead> head;
    private final Consumer<StoreException> onBreak;
    private final LongAdder parkedMeter;
    private final ArrayDeque<InFlightCommit> flights = new ArrayDeque<>(1);
    /**
     * What gathers in this turn; null between turns, as is {@link #parked}. Most queues of a server with many wait at any moment, and what
     * they kept for their next turn the collector would have to keep too.
     */
    private StoreBatch batch;

    private List<Parked> parked;
    private int batchRoomBytes = StoreBatch.CAPACITY_BYTES_MIN;
    /** Batches of which the store has not told the outcome, also those of a broken pipeline. */
    private int inStore;

    private boolean broken;

    private record Parked(Runnable release, Consumer<QueueException> refuse) {}

    private record InFlightCommit(List<Parked> parked) {}

    CommitPipeline(
            QueueStore store,
            long queueNumber,
            long generation,
            QueueScheduler turns,
            Supplier<QueueHead> head,
            Consumer<StoreException> onBreak,
            LongAdder parkedMeter) {
        this.store = store;
        this.queueNumber = queueNumber;
        this.generation = generation;
        this.turns = turns;
        this.head = head;
        this.onBreak = onBreak;
        this.parkedMeter = parkedMeter;
    }

    /** Adds an event, already applied to memory, to what the next {@link #flush} hands to the store. */
    void append(QueueEvent event) {
        if (batch == null) {
            batch = store.newBatch(generation, batchRoomBytes);
            parked = new ArrayList<>();
        }
        batch.add(queueNumber, event);
    }

    /**
     * Runs one of the two: the first when everything appended so far is stored, at once if it is; the other if it will not be.
     * Every answer, every read and every move of messages passes here, so here it shows that memory is of a store that has been
     * opened again since.
     */
    public void afterStored(Runnable release, Consumer<QueueException> refuse) {
        if (!broken && generation != store.generation()) {
            fail(new StoreException("the store was opened again"));
        }
        if (broken) {
            refuse.accept(new QueueException(QueueError.UNAVAILABLE));
        } else if (batch != null) {
            parkedMeter.increment();
            parked.add(new Parked(release, refuse));
        } else if (!flights.isEmpty()) {
            parkedMeter.increment();
            flights.peekLast().parked().add(new Parked(release, refuse));
        } else {
            release.run();
        }
    }

    /** The generation of the store that the queue was loaded from. */
    long generation() {
        return generation;
    }

    /** Whether nothing is on its way to the store, nor in its hands. */
    boolean idle() {
        return batch == null && inStore == 0;
    }

    /** Hands what was appended to the store, if there is anything; to be called once in every turn with an {@link #append}, at its end. */
    void flush() {
        if (batch == null) {
            return;
        }
        StoreBatch leaving = batch;
        batch = null;
        if (broken) {
            return;
        }
        leaving.head(queueNumber, head.get());
        batchRoomBytes = leaving.nextCapacityBytes();
        flights.add(new InFlightCommit(parked));
        parked = null;
        inStore++;
        store.commit(leaving, failure -> {
            if (turns.inTurn()) {
                onCommitted(failure);
            } else {
                turns.next(() -> onCommitted(failure));
            }
        });
    }

    private void onCommitted(StoreException failure) {
        inStore--;
        if (broken) {
            return;
        }
        if (failure != null) {
            fail(failure);
            return;
        }
        for (Parked waiter : flights.remove().parked()) {
            parkedMeter.decrement();
            waiter.release().run();
        }
    }

    /** Refuses everything that waits and everything that comes. */
    void fail(StoreException failure) {
        if (broken) {
            return;
        }
        broken = true;
        List<Parked> stranded = new ArrayList<>();
        flights.forEach(flight -> stranded.addAll(flight.parked()));
        if (parked != null) {
            stranded.addAll(parked);
        }
        flights.clear();
        batch = null;
        parked = null;
        QueueException why = new QueueException(QueueError.UNAVAILABLE);
        parkedMeter.add(-stranded.size());
        onBreak.accept(failure);
        stranded.forEach(waiter -> waiter.refuse().accept(why));
    }
}
