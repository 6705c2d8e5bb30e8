package dev.sluice.runtime.queue;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueHead;
import dev.sluice.queue.TraceContext;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits a queue's events to the store and keeps replies until their events are stored.
 *
 * <p>The events of one task are collected in one batch, which is committed at the end of the task. Parked actions run
 * in order once everything appended before them is stored. After a failure the pipeline stays failed: all parked
 * actions are refused, and the queue must load again with a new pipeline.
 *
 * <pre>
 *   append, append, park ──► open batch ──(end of task)──► in flight ──(stored)──► run parked actions
 * </pre>
 *
 * Confined to the queue's scheduler.
 */
public final class CommitPipeline {
    private static final Logger LOG = LoggerFactory.getLogger(CommitPipeline.class);
    /** How old an empty pull, a peek or metrics may be while another node takes the queue over. */
    public static final long READ_AGE_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

    private final QueueStore store;
    private final long queueNumber;
    /** The generation of the store that the queue was loaded from. */
    private final long generation;

    private final QueueScheduler scheduler;
    private final Supplier<QueueHead> head;
    private final Consumer<StoreException> onFailed;
    private final LongAdder parkedMeter;
    /** The parked actions of each commit in the store, in order. */
    private final ArrayDeque<List<Parked>> inFlight = new ArrayDeque<>(1);
    /**
     * The batch of the current task; null between tasks, as is {@link #parked}. On a server with many queues most of
     * them are waiting at any moment, and objects kept for their next task would be work for the garbage collector.
     */
    private @Nullable StoreBatch batch;

    private @Nullable List<Parked> parked;
    private int batchRoomBytes = StoreBatch.CAPACITY_BYTES_MIN;
    /** Commits whose outcome the store has not reported yet, including those of a failed pipeline. */
    private int inStore;

    private boolean failed;
    /** Completed when the pipeline is idle; null if nothing waits for that. */
    private @Nullable Promise<Void> idle;

    private record Parked(Runnable onStored, Consumer<QueueException> onFailure) {}

    CommitPipeline(
            QueueStore store,
            long queueNumber,
            long generation,
            QueueScheduler scheduler,
            Supplier<QueueHead> head,
            Consumer<StoreException> onFailed,
            LongAdder parkedMeter) {
        this.store = store;
        this.queueNumber = queueNumber;
        this.generation = generation;
        this.scheduler = scheduler;
        this.head = head;
        this.onFailed = onFailed;
        this.parkedMeter = parkedMeter;
    }

    /** Adds an event that was already applied to memory. The next {@link #flush} commits it. */
    void append(QueueEvent event) {
        StoreBatch open = batch;
        if (open == null) {
            open = store.newBatch(generation, batchRoomBytes);
            batch = open;
            parked = new ArrayList<>();
        }
        open.add(queueNumber, event);
    }

    /** Adds the span of the request whose events were just appended. */
    void trace(TraceContext span) {
        if (batch != null) {
            batch.trace(span);
        }
    }

    /**
     * Runs {@code onStored} when everything appended so far is stored, at once if it already is, or {@code onFailure}
     * if it will not be stored. Every reply, every read and every transfer of messages uses this method. So this is
     * where a reopened store is detected.
     */
    public void afterStored(Runnable onStored, Consumer<QueueException> onFailure) {
        if (!failed && generation != store.generation(queueNumber)) {
            fail(new StoreException("the store was opened again"));
        }
        if (failed) {
            onFailure.accept(new QueueException(QueueError.UNAVAILABLE));
        } else if (parked != null) {
            parkedMeter.increment();
            parked.add(new Parked(onStored, onFailure));
        } else if (!inFlight.isEmpty()) {
            parkedMeter.increment();
            inFlight.peekLast().add(new Parked(onStored, onFailure));
        } else {
            onStored.run();
        }
    }

    /**
     * Like {@link #afterStored}, and also waits until this node was certainly the owner of the queue after that time, on
     * the clock of {@link System#nanoTime}. For replies without a change: a node that was replaced and does not know it
     * must not give them from what it has.
     */
    public void afterConfirmed(long sinceNanos, Runnable onConfirmed, Consumer<QueueException> onFailure) {
        afterStored(() -> confirm(sinceNanos, onConfirmed, onFailure), onFailure);
    }

    private void confirm(long sinceNanos, Runnable onConfirmed, Consumer<QueueException> onFailure) {
        if (store.isConfirmed(queueNumber, sinceNanos)) {
            onConfirmed.run();
            return;
        }
        parkedMeter.increment();
        store.confirm(queueNumber, sinceNanos)
                .whenComplete((confirmed, failure) -> scheduler.execute(() -> {
                    parkedMeter.decrement();
                    if (failure == null && !failed) {
                        onConfirmed.run();
                    } else {
                        onFailure.accept(new QueueException(QueueError.UNAVAILABLE));
                    }
                }));
    }

    long generation() {
        return generation;
    }

    /** Whether the store has no pending commit of this queue and no batch is open. */
    boolean isIdle() {
        return batch == null && inStore == 0;
    }

    /** Completes when the pipeline is idle. By the time its listeners run, it may be busy again. */
    Future<Void> whenIdle() {
        if (isIdle()) {
            return Future.succeededFuture();
        }
        if (idle == null) {
            idle = Promise.promise();
        }
        return idle.future();
    }

    private void reportIfIdle() {
        if (idle != null && isIdle()) {
            Promise<Void> reported = idle;
            idle = null;
            reported.complete();
        }
    }

    /** Commits the open batch, if there is one. Call once at the end of every task that called {@link #append}. */
    void flush() {
        StoreBatch closed = batch;
        List<Parked> waiters = parked;
        if (closed == null || waiters == null) {
            return;
        }
        batch = null;
        parked = null;
        if (failed) {
            reportIfIdle();
            return;
        }
        closed.head(queueNumber, head.get());
        batchRoomBytes = closed.nextCapacityBytes();
        inFlight.add(waiters);
        inStore++;
        store.commit(closed, failure -> {
            if (scheduler.isCurrentThread()) {
                onCommitted(failure);
            } else {
                scheduler.execute(() -> onCommitted(failure));
            }
        });
    }

    private void onCommitted(@Nullable StoreException failure) {
        inStore--;
        if (!failed && failure != null) {
            fail(failure);
        } else if (!failed) {
            for (Parked waiter : inFlight.remove()) {
                parkedMeter.decrement();
                run(waiter);
            }
        }
        reportIfIdle();
    }

    /** One action that throws must not keep the others of its commit from running. */
    private void run(Parked waiter) {
        try {
            waiter.onStored().run();
        } catch (RuntimeException fault) {
            LOG.error("queue {}: what waited for the store failed", queueNumber, fault);
            waiter.onFailure().accept(new QueueException(QueueError.INTERNAL));
        }
    }

    /** Fails the pipeline: refuses all parked actions and all later ones. */
    void fail(StoreException failure) {
        if (failed) {
            return;
        }
        failed = true;
        List<Parked> waiters = new ArrayList<>();
        inFlight.forEach(waiters::addAll);
        if (parked != null) {
            waiters.addAll(parked);
        }
        inFlight.clear();
        batch = null;
        parked = null;
        QueueException error = new QueueException(QueueError.UNAVAILABLE);
        parkedMeter.add(-waiters.size());
        onFailed.accept(failure);
        waiters.forEach(waiter -> waiter.onFailure().accept(error));
        reportIfIdle();
    }
}
