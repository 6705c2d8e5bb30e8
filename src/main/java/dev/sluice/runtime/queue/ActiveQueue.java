package dev.sluice.runtime.queue;

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
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.runtime.bus.ReplyHandler;
import dev.sluice.runtime.deadletter.DeadLetterReceiver;
import dev.sluice.runtime.deadletter.DeadLetterSender;
import dev.sluice.runtime.deadletter.DeadLetterTransport;
import dev.sluice.runtime.delivery.WorkerDispatcher;
import dev.sluice.store.StoreException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One queue in memory, from its activation to its passivation: loads it, takes its requests one at a time, watches its deadlines,
 * sees its dead letters off, and loads it again when the store failed. Knows no event loop, so that the simulator can run it.
 *
 * <pre>
 *   LOADING ──► ACTIVE ──► STOPPING ──► CLOSED
 *      ▲           │
 *      └─ FAILED ◄─┘   the store refused a batch, or was opened again
 * </pre>
 *
 * Owned by the turns of the queue.
 */
public final class ActiveQueue {
    private static final Logger LOG = LoggerFactory.getLogger(ActiveQueue.class);
    private static final long RELOAD_MILLIS = 1_000;
    private static final long STOP_POLL_MILLIS = 2;
    /** How soon a queue looks whether answers are still pending. */
    private static final long UNSENT_LOOK_MILLIS = 1_000;
    /** A deadline that has passed: the queue must stay in memory, or come back at once. */
    private static final long OVERDUE = 0;

    private enum Phase {
        LOADING,
        ACTIVE,
        FAILED,
        STOPPING,
        CLOSED
    }

    private record HeldRequest(QueueRequest<?> request, ReplyHandler<Object> reply) {}

    private final RuntimeResources parts;
    private final QueueScheduler turns;
    private final Admission admission;
    private final DeadLetterTransport post;
    private final DeadlineTimer timer;
    private QueueDefinition definition;
    private Phase phase = Phase.LOADING;
    private QueueCommandExecutor shell;
    private DeadLetterSender mover;
    private DeadLetterReceiver inbox;
    private WorkerDispatcher dispatcher;
    /** Requests that came while the queue loads again; as many as its slot admits. */
    private final ArrayDeque<HeldRequest> held = new ArrayDeque<>(1);

    private volatile long deadlineMillis = OVERDUE;

    public ActiveQueue(
            QueueDefinition definition,
            RuntimeResources parts,
            QueueScheduler turns,
            Admission admission,
            DeadLetterTransport post) {
        this.definition = definition;
        this.parts = parts;
        this.turns = turns;
        this.admission = admission;
        this.post = post;
        this.timer = new DeadlineTimer(turns, this::onDeadline);
    }

    /** When the queue has something to do by itself; for waking it once it is down. Callable from any thread. */
    public long deadlineMillis() {
        return deadlineMillis;
    }

    /** Whether it has nothing to do by itself for that long. Callable from any thread. */
    public boolean isIdleFor(long millis) {
        return deadlineMillis == Long.MAX_VALUE || deadlineMillis - turns.nowMillis() > millis;
    }

    /** Loads the queue; completes, in a turn, when it takes requests. */
    public Future<Void> start() {
        return load().onSuccess(loaded -> parts.meters().activeQueues().increment());
    }

    /**
     * Begins nothing new, lets the store finish what it has, and gives the memory back.
     *
     * @param batchesMillis how long to wait for batches that a Worker has
     */
    public Future<Void> stop(long batchesMillis) {
        if (phase == Phase.CLOSED || shell == null) {
            phase = Phase.CLOSED;
            return Future.succeededFuture();
        }
        // The dispatcher knows what it would do next only while it is open.
        long nextBatchMillis = phase == Phase.ACTIVE ? dispatcher.nextMillis() : OVERDUE;
        phase = phase == Phase.ACTIVE ? Phase.STOPPING : Phase.CLOSED;
        handleHeld();
        timer.close();
        mover.close();
        dispatcher.close();
        Promise<Void> stopped = Promise.promise();
        closeWhenIdle(stopped, nextBatchMillis, turns.nowMillis() + batchesMillis);
        return stopped.future();
    }

    private void closeWhenIdle(Promise<Void> stopped, long nextBatchMillis, long batchesUntilMillis) {
        boolean batchesDone = dispatcher.isIdle() || turns.nowMillis() >= batchesUntilMillis;
        if (!shell.idle() || phase == Phase.STOPPING && !batchesDone) {
            turns.after(STOP_POLL_MILLIS, () -> closeWhenIdle(stopped, nextBatchMillis, batchesUntilMillis));
            return;
        }
        deadlineMillis = phase == Phase.STOPPING ? Math.min(nextBatchMillis, nextOwnMillis()) : OVERDUE;
        phase = Phase.CLOSED;
        shell.close();
        inbox.close();
        parts.meters().activeQueues().decrement();
        stopped.complete();
    }

    private Future<Void> load() {
        phase = Phase.LOADING;
        // Before the read, so that it is never later than what was read.
        long generation = parts.store().generation();
        Promise<Void> loaded = Promise.promise();
        parts.store()
                .load(definition.number())
                .whenComplete((image, failure) -> turns.next(() -> {
                    if (phase != Phase.LOADING) {
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
                parts.limits(),
                image,
                parts.budget(),
                parts.options().windowMessagesMax(),
                parts.clock());
        List<Release.Unsent> stranded = shell == null ? List.of() : shell.stranded();
        shell = new QueueCommandExecutor(
                definition.number(), generation, state, parts, turns, this::fail, this::onChanged);
        mover = new DeadLetterSender(definition, shell, turns, post);
        inbox = new DeadLetterReceiver(
                shell, parts.store(), turns, parts.transit().moves());
        dispatcher = new WorkerDispatcher(definition, shell, turns, parts, this::onChanged);
        phase = Phase.ACTIVE;
        List<Long> unconfirmed = state.unconfirmed();
        if (!unconfirmed.isEmpty()) {
            shell.execute(new ConfirmDeadLettered(unconfirmed), DeadLetterSender.unanswered());
        }
        // Before any of them ends.
        shell.release(stranded);
        shell.expire();
        onChanged();
        handleHeld();
    }

    /** After changes: messages that must leave, and the next deadline. */
    private void onChanged() {
        if (phase == Phase.ACTIVE) {
            mover.move();
            dispatcher.dispatchDue();
        }
        if (phase == Phase.ACTIVE) {
            // Nothing could give back the leases of an answer if the queue were taken down before it is reported as
            // unsent.
            boolean unsent = shell.hasUnsentAnswers();
            long lookMillis = unsent ? turns.nowMillis() + UNSENT_LOOK_MILLIS : Long.MAX_VALUE;
            timer.arm(Math.min(lookMillis, shell.expiryMillis()));
            deadlineMillis = unsent ? OVERDUE : Math.min(nextOwnMillis(), dispatcher.nextMillis());
        }
    }

    /** The deadline may have been a guess, too early, that a read has corrected since; then the timer needs the right one. */
    private void onDeadline() {
        if (shell.state().deadlineMillis() > turns.nowMillis()) {
            onChanged();
        } else {
            shell.expire();
        }
    }

    /** A passive queue moves no dead letters, so one that has any is not done. */
    private long nextOwnMillis() {
        return shell.state().deadLettering(0, 1).isEmpty() ? shell.state().deadlineMillis() : OVERDUE;
    }

    private void fail(StoreException why) {
        LOG.error("queue {}: {}; loading again", definition.number(), why.getMessage());
        boolean stopping = phase == Phase.STOPPING;
        phase = stopping ? Phase.CLOSED : Phase.FAILED;
        deadlineMillis = OVERDUE;
        timer.disarm();
        mover.close();
        dispatcher.close();
        shell.close();
        inbox.close();
        if (stopping) {
            return;
        }
        if (isOutdated()) {
            turns.next(this::reload);
        } else {
            turns.after(RELOAD_MILLIS, this::reload);
        }
    }

    /** Whether the store was opened again since the queue was loaded: what memory says may not be so. */
    private boolean isOutdated() {
        return shell.generation() != parts.store().generation();
    }

    /** What the store still has of the failed shell would change the records behind the back of the next one. */
    private void reload() {
        if (phase != Phase.FAILED) {
            return;
        }
        if (!shell.idle()) {
            turns.after(STOP_POLL_MILLIS, this::reload);
            return;
        }
        if (parts.store().failure().isPresent()) {
            // It would only fail once more, at the first thing it writes.
            handleHeld();
            turns.after(RELOAD_MILLIS, this::reload);
            return;
        }
        load().onFailure(failure -> {
            if (phase == Phase.LOADING) {
                LOG.error("queue {}: loading failed", definition.number(), failure);
                phase = Phase.FAILED;
                handleHeld();
                turns.after(RELOAD_MILLIS, this::reload);
            }
        });
    }

    /** Takes a request; answers it in this turn or a later one. */
    public void handle(QueueRequest<?> request, ReplyHandler<Object> reply) {
        boolean outdated = phase == Phase.ACTIVE && isOutdated();
        boolean willLoad = phase == Phase.LOADING || phase == Phase.FAILED && !held.isEmpty();
        if (request instanceof QueueRequest.Configure || !outdated && !willLoad) {
            handleNow(request, reply);
            return;
        }
        held.add(new HeldRequest(request, reply));
        if (outdated) {
            shell.failAll(new StoreException("the store was opened again"));
        }
    }

    /** Loading again is over, for better or worse. */
    private void handleHeld() {
        for (int left = held.size(); left > 0; left--) {
            HeldRequest next = held.remove();
            handleNow(next.request(), next.reply());
        }
    }

    private void handleNow(QueueRequest<?> request, ReplyHandler<Object> reply) {
        if (request instanceof QueueRequest.Configure configure) {
            configure(configure.definition());
            reply.succeed(true);
        } else if (phase != Phase.ACTIVE) {
            reply.fail(new QueueException(QueueError.UNAVAILABLE));
        } else if (request instanceof QueueRequest.Execute<?> execute) {
            execute(execute, reply);
        } else if (request instanceof QueueRequest.Deliver deliver) {
            shell.deliver(deliver, reply);
        } else if (request instanceof QueueRequest.Show show) {
            shell.show(show, reply);
        } else if (request instanceof QueueRequest.ReceiveDeadLetters letters) {
            inbox.take(letters, reply);
        } else {
            LOG.error("queue {}: no handler for a request of type {}", definition.number(), request.getClass());
            reply.fail(new QueueException(QueueError.INTERNAL));
        }
    }

    private void execute(QueueRequest.Execute<?> request, ReplyHandler<Object> reply) {
        QueueException refusal = request.command() instanceof Push ? admission.refusalOfPush() : null;
        if (refusal == null) {
            shell.execute(request.command(), reply);
        } else {
            reply.fail(refusal);
        }
    }

    /** A queue that is not active takes the definition into account when it is loaded. */
    private void configure(QueueDefinition newDefinition) {
        definition = newDefinition;
        if (phase == Phase.ACTIVE) {
            shell.state().configure(definition.settings(), definition.consumer());
            mover.configure(definition);
            dispatcher.configure(definition);
            shell.expire();
            onChanged();
        }
    }
}
