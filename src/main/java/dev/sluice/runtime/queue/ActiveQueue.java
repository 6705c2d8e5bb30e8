package dev.sluice.runtime.queue;

import dev.sluice.queue.BacklogSnapshot;
import dev.sluice.queue.ConfirmDeadLettered;
import dev.sluice.queue.Push;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueImage;
import dev.sluice.queue.QueueState;
import dev.sluice.queue.Release;
import dev.sluice.runtime.Admission;
import dev.sluice.runtime.RuntimeResources;
import dev.sluice.runtime.StateMachine;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.runtime.bus.ReplyHandler;
import dev.sluice.runtime.deadletter.DeadLetterOutbox;
import dev.sluice.runtime.deadletter.DeadLetterReceiver;
import dev.sluice.runtime.deadletter.DeadLetterSender;
import dev.sluice.runtime.deadletter.DeadLetterSending;
import dev.sluice.runtime.deadletter.DeadLetterTransport;
import dev.sluice.runtime.delivery.WorkerDispatcher;
import dev.sluice.runtime.metrics.QueueCounter;
import dev.sluice.runtime.metrics.QueueCounters;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One queue in memory, from activation to passivation. Loads the queue, runs its requests one at a time, handles its
 * deadlines, sends its dead letters, and loads it again after a store failure. Independent of the event loop, so that
 * the simulator can run it.
 *
 * <pre>
 *   LOADING ──► ACTIVE ──► STOPPING ──► CLOSED
 *      ▲           │
 *      └─ FAILED ◄─┘   the store refused a batch, or was reopened
 * </pre>
 *
 * Confined to the queue's scheduler.
 */
public final class ActiveQueue {
    private static final Logger LOG = LoggerFactory.getLogger(ActiveQueue.class);
    private static final long RELOAD_MILLIS = 1_000;
    /** Interval of checks for pending responses. */
    private static final long UNSENT_CHECK_MILLIS = 1_000;
    /** A deadline in the past: the queue must stay in memory, or be activated again at once. */
    private static final long OVERDUE = 0;

    private enum Phase {
        LOADING,
        ACTIVE,
        FAILED,
        STOPPING,
        CLOSED
    }

    private record DeferredRequest(QueueRequest<?> request, ReplyHandler<Object> reply) {}

    private final RuntimeResources resources;
    private final QueueScheduler scheduler;
    private final Admission admission;
    private final DeadLetterTransport transport;
    private final QueueCounters counters;
    private final DeadlineTimer timer;
    private QueueDefinition definition;
    private final StateMachine<Phase> phase;
    /** Whether the queue was loaded once. Before that there are none of the four parts below. */
    private boolean loadedOnce;

    @SuppressWarnings("NullAway.Init")
    private QueueCommandExecutor executor;

    @SuppressWarnings("NullAway.Init")
    private DeadLetterSending deadLetterSending;

    @SuppressWarnings("NullAway.Init")
    private DeadLetterReceiver deadLetterReceiver;

    @SuppressWarnings("NullAway.Init")
    private WorkerDispatcher dispatcher;

    /** Requests that arrived while the queue is loaded again. Bounded by the limit of the queue's gate. */
    private final ArrayDeque<DeferredRequest> deferred = new ArrayDeque<>(1);

    private volatile long deadlineMillis = OVERDUE;
    /** As it was last read; null before that, and if the queue was closed without being loaded. */
    private volatile @Nullable BacklogSnapshot backlog;
    /** Completed when the queue is closed. */
    private final Promise<Void> stopped = Promise.promise();
    /** When the Worker's next batch was due before the stop. */
    private long nextBatchMillis = OVERDUE;
    /** Whether a stop waits no longer for batches in flight. */
    private boolean batchesOverdue;

    public ActiveQueue(
            QueueDefinition definition,
            RuntimeResources resources,
            QueueScheduler scheduler,
            Admission admission,
            DeadLetterTransport transport) {
        this.definition = definition;
        this.resources = resources;
        this.scheduler = scheduler;
        this.admission = admission;
        this.transport = transport;
        this.counters = resources.meters().queue(definition.number());
        this.timer = new DeadlineTimer(scheduler, this::onDeadline);
        this.phase = new StateMachine<>("queue " + definition.number(), Phase.LOADING);
    }

    /** The next deadline of the queue; used to activate it after passivation. Callable from any thread. */
    public long deadlineMillis() {
        return deadlineMillis;
    }

    /** Whether the queue has no deadline within that time. Callable from any thread. */
    public boolean isIdleFor(long millis) {
        return deadlineMillis == Long.MAX_VALUE || deadlineMillis - scheduler.nowMillis() > millis;
    }

    /** Loads the queue. Completes on the scheduler when the queue accepts requests. */
    public Future<Void> start() {
        return load().onSuccess(loaded -> resources.meters().activeQueues().increment());
    }

    /**
     * Stops the queue: starts nothing new, waits for pending commits, and frees the memory.
     *
     * @param batchesMillis how long to wait for batches in flight to a Worker
     */
    public Future<Void> stop(long batchesMillis) {
        if (phase.is(Phase.CLOSED)) {
            return stopped.future();
        }
        if (!loadedOnce) {
            phase.transition(Phase.CLOSED, Phase.LOADING);
            stopped.complete();
            return stopped.future();
        }
        if (phase.is(Phase.ACTIVE)) {
            // The dispatcher knows its next deadline only while it is open.
            nextBatchMillis = dispatcher.nextMillis();
            phase.transition(Phase.STOPPING, Phase.ACTIVE);
        } else {
            phase.transition(Phase.CLOSED, Phase.LOADING, Phase.FAILED);
        }
        handleDeferred();
        timer.close();
        deadLetterSending.close();
        dispatcher.close();
        if (phase.is(Phase.STOPPING) && !dispatcher.whenIdle().isComplete()) {
            long deadline = scheduler.schedule(batchesMillis, () -> {
                batchesOverdue = true;
                closeWhenIdle();
            });
            stopped.future().onComplete(closed -> scheduler.cancel(deadline));
        }
        closeWhenIdle();
        return stopped.future();
    }

    private void closeWhenIdle() {
        boolean awaitsBatches = phase.is(Phase.STOPPING) && !batchesOverdue;
        Future<Void> batches = awaitsBatches ? dispatcher.whenIdle() : Future.succeededFuture();
        // The end of a batch makes a commit.
        Future<Void> busy = batches.isComplete() ? executor.whenIdle() : batches;
        if (stopped.future().isComplete()) {
            return;
        }
        if (!busy.isComplete()) {
            busy.onComplete(idle -> scheduler.execute(this::closeWhenIdle));
            return;
        }
        backlog = phase.is(Phase.STOPPING) ? executor.state().snapshot(scheduler.nowMillis()) : null;
        if (phase.is(Phase.STOPPING)) {
            deadlineMillis = Math.min(nextBatchMillis, nextOwnMillis());
            phase.transition(Phase.CLOSED, Phase.STOPPING);
        }
        executor.close();
        deadLetterReceiver.close();
        resources.meters().activeQueues().decrement();
        stopped.complete();
    }

    /**
     * Returns the backlog of now; while the queue is being loaded or stopped, as it was before. Callable from any
     * thread; completes on the scheduler.
     */
    public Future<@Nullable BacklogSnapshot> backlog() {
        Promise<@Nullable BacklogSnapshot> read = Promise.promise();
        scheduler.execute(() -> {
            if (phase.is(Phase.ACTIVE) || phase.is(Phase.STOPPING)) {
                backlog = executor.state().snapshot(scheduler.nowMillis());
            }
            read.complete(backlog);
        });
        return read.future();
    }

    /** The backlog after {@link #stop}; null if the queue was not loaded then. Callable from any thread. */
    public @Nullable BacklogSnapshot lastBacklog() {
        return backlog;
    }

    private Future<Void> load() {
        // Taken before the read, so that it is never newer than what was read.
        long generation = resources.store().generation(definition.number());
        Promise<Void> loaded = Promise.promise();
        resources
                .store()
                .load(definition.number())
                .whenComplete((image, failure) -> scheduler.execute(() -> {
                    if (!phase.is(Phase.LOADING)) {
                        loaded.fail(new QueueException(QueueError.UNAVAILABLE));
                    } else if (failure != null) {
                        loaded.fail(failure);
                    } else {
                        open(image, generation);
                        loaded.complete();
                    }
                }));
        return loaded.future();
    }

    private void open(QueueImage image, long generation) {
        QueueState state = new QueueState(
                definition.settings(),
                definition.consumer(),
                resources.limits(),
                image,
                resources.budgets().windows(),
                resources.options().windowMessagesMax(),
                resources.clock());
        List<Release.Unsent> unsentLeases = loadedOnce ? executor.unsentLeases() : List.of();
        executor = new QueueCommandExecutor(
                definition.number(),
                generation,
                state,
                resources,
                scheduler,
                new MessageLog(() -> definition.name(), scheduler),
                this::fail,
                this::onChanged);
        deadLetterSending = newSending();
        deadLetterReceiver = new DeadLetterReceiver(
                definition.number(),
                executor,
                resources.store(),
                scheduler,
                resources.budgets().transfers());
        dispatcher = new WorkerDispatcher(definition, executor, scheduler, resources, this::onChanged);
        loadedOnce = true;
        phase.transition(Phase.ACTIVE, Phase.LOADING);
        List<Long> unconfirmed = state.unconfirmed();
        if (!unconfirmed.isEmpty()) {
            executor.execute(new ConfirmDeadLettered(unconfirmed), ReplyHandler.ignoring());
        }
        // Before any of these leases expires.
        executor.release(unsentLeases);
        executor.expire();
        onChanged();
        handleDeferred();
    }

    private DeadLetterSending newSending() {
        return resources.store().storesQueuesApart()
                ? new DeadLetterOutbox(
                        definition,
                        executor,
                        resources.store(),
                        scheduler,
                        transport,
                        resources.budgets().transfers())
                : new DeadLetterSender(definition, executor, scheduler, transport);
    }

    /** After changes: sends dead letters and batches, and sets the next deadline. */
    private void onChanged() {
        if (phase.is(Phase.ACTIVE)) {
            deadLetterSending.sendNext();
            dispatcher.dispatchDue();
        }
        if (phase.is(Phase.ACTIVE)) {
            // The leases of a pending response could not be released if the queue were passivated before it is reported
            // as unsent.
            boolean unsent = executor.hasUnsentResponses();
            long checkMillis = unsent ? scheduler.nowMillis() + UNSENT_CHECK_MILLIS : Long.MAX_VALUE;
            timer.arm(Math.min(checkMillis, executor.expiryMillis()));
            deadlineMillis = unsent ? OVERDUE : Math.min(nextOwnMillis(), dispatcher.nextMillis());
        }
    }

    /**
     * The deadline may have been an estimate, too early, that a read has corrected since. Then the timer is armed
     * again.
     */
    private void onDeadline() {
        if (executor.state().deadlineMillis() > scheduler.nowMillis()) {
            onChanged();
        } else {
            executor.expire();
        }
    }

    /** A passive queue sends no dead letters, so a queue that has any must stay active. */
    private long nextOwnMillis() {
        boolean moves = executor.state().move().isActive()
                || !executor.state().deadLettering(0, 1).isEmpty();
        return !moves ? executor.state().deadlineMillis() : OVERDUE;
    }

    private void fail(StoreException error) {
        if (resources.store().generation(definition.number()) == QueueStore.NOT_OWNED) {
            LOG.debug("queue {}: another node owns it: {}", definition.number(), error.getMessage());
        } else {
            LOG.error("queue {}: {}; loading again", definition.number(), error.getMessage());
        }
        boolean stopping = phase.is(Phase.STOPPING);
        phase.transition(stopping ? Phase.CLOSED : Phase.FAILED, Phase.ACTIVE, Phase.STOPPING);
        deadlineMillis = OVERDUE;
        timer.disarm();
        deadLetterSending.close();
        dispatcher.close();
        executor.close();
        deadLetterReceiver.close();
        if (stopping) {
            scheduler.execute(this::closeWhenIdle);
        } else if (isOutdated()) {
            scheduler.execute(this::reload);
        } else {
            scheduler.schedule(RELOAD_MILLIS, this::reload);
        }
    }

    /** Whether the store was reopened since the queue was loaded. Then memory may differ from the store. */
    private boolean isOutdated() {
        return executor.generation() != resources.store().generation(definition.number());
    }

    /**
     * Waits until the commits of the failed executor have ended. Otherwise they could change the records after the next
     * one has read them.
     */
    private void reload() {
        if (!phase.is(Phase.FAILED)) {
            return;
        }
        Future<Void> committed = executor.whenIdle();
        if (!committed.isComplete()) {
            committed.onComplete(idle -> scheduler.execute(this::reload));
            return;
        }
        if (resources.store().failure(definition.number()).isPresent()) {
            // Loading would only fail again, at the first write.
            handleDeferred();
            scheduler.schedule(RELOAD_MILLIS, this::reload);
            return;
        }
        phase.transition(Phase.LOADING, Phase.FAILED);
        load().onFailure(failure -> {
            if (phase.is(Phase.LOADING)) {
                LOG.error("queue {}: loading failed", definition.number(), failure);
                phase.transition(Phase.FAILED, Phase.LOADING);
                handleDeferred();
                scheduler.schedule(RELOAD_MILLIS, this::reload);
            }
        });
    }

    /** Handles a request. The reply may come in this task or a later one. */
    public void handle(QueueRequest<?> request, ReplyHandler<Object> reply) {
        boolean outdated = phase.is(Phase.ACTIVE) && isOutdated();
        boolean willLoad = phase.is(Phase.LOADING) || phase.is(Phase.FAILED) && !deferred.isEmpty();
        if (request instanceof QueueRequest.Configure || !outdated && !willLoad) {
            handleNow(request, reply);
            return;
        }
        deferred.add(new DeferredRequest(request, reply));
        if (outdated) {
            executor.failAll(new StoreException("the store was opened again"));
        }
    }

    /** Runs the deferred requests when loading has ended, successfully or not. */
    private void handleDeferred() {
        for (int left = deferred.size(); left > 0; left--) {
            DeferredRequest next = deferred.remove();
            handleNow(next.request(), next.reply());
        }
    }

    private void handleNow(QueueRequest<?> request, ReplyHandler<Object> reply) {
        if (request instanceof QueueRequest.Configure configure) {
            configure(configure.definition());
            reply.succeed(true);
        } else if (!phase.is(Phase.ACTIVE)) {
            reply.fail(new QueueException(QueueError.UNAVAILABLE));
        } else if (request instanceof QueueRequest.Execute<?> execute) {
            execute(execute, reply);
        } else if (request instanceof QueueRequest.Deliver deliver) {
            executor.deliver(deliver, reply);
        } else if (request instanceof QueueRequest.PeekContents peek) {
            executor.peek(peek, reply);
        } else if (request instanceof QueueRequest.CheckDeadlines) {
            checkDeadlines(reply);
        } else if (request instanceof QueueRequest.ReceiveDeadLetters transfer) {
            deadLetterReceiver.receive(transfer, reply);
        } else if (request instanceof QueueRequest.TakeDeadLetters move) {
            deadLetterReceiver.take(move, reply);
        } else {
            LOG.error("queue {}: no handler for a request of type {}", definition.number(), request.getClass());
            reply.fail(new QueueException(QueueError.INTERNAL));
        }
    }

    /** The armed timer may wait for a time that has passed since. */
    private void checkDeadlines(ReplyHandler<Object> reply) {
        timer.disarm();
        executor.expire();
        onChanged();
        executor.afterStored(() -> reply.succeed(true), reply::fail);
    }

    private void execute(QueueRequest.Execute<?> request, ReplyHandler<Object> reply) {
        QueueException refusal =
                request.command() instanceof Push ? admission.refusalOfPush(definition.number()) : null;
        if (refusal == null) {
            executor.execute(request.command(), reply);
        } else {
            countRefusal((Push) request.command(), refusal);
            reply.fail(refusal);
        }
    }

    private void countRefusal(Push push, QueueException refusal) {
        QueueCounter reason =
                switch (refusal.error()) {
                    case STORAGE_LIMIT -> QueueCounter.REJECTED_DISK_FULL;
                    case OVERLOADED -> QueueCounter.REJECTED_STORE_BEHIND;
                    default -> QueueCounter.REJECTED_UNAVAILABLE;
                };
        counters.add(reason, push.messages().size());
    }

    /** A queue that is not active applies the definition when it is loaded. */
    private void configure(QueueDefinition newDefinition) {
        definition = newDefinition;
        if (phase.is(Phase.ACTIVE)) {
            executor.state().configure(definition.settings(), definition.consumer());
            deadLetterSending.configure(definition);
            dispatcher.configure(definition);
            executor.expire();
            onChanged();
        }
    }
}
