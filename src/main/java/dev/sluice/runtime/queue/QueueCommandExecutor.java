package dev.sluice.runtime.queue;

import dev.sluice.queue.Ack;
import dev.sluice.queue.Decision;
import dev.sluice.queue.Expire;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueCommand;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueState;
import dev.sluice.queue.ReadRequest;
import dev.sluice.queue.Release;
import dev.sluice.runtime.RuntimeResources;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.runtime.bus.ReplyHandler;
import dev.sluice.runtime.delivery.ContentLoader;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoredMessage;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs commands against the state of one queue: reads what they need, decides, applies, appends, and answers when the store
 * has it. Knows neither bus nor event loop. Lives as long as one loaded state; when the store fails it is thrown away.
 *
 * <p>Owned by the turns of one queue.
 */
public final class QueueCommandExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(QueueCommandExecutor.class);
    /** Small, because a command that finds something due pays for it. */
    private static final Expire EXPIRE = new Expire(128);

    /** Contents of so many messages beyond those that memory knows are worth keeping: about as many as a read brings. */
    private static final int CONTENTS_AHEAD = 512;

    private static final int CONTENTS_MAX = QueueState.WINDOW_MESSAGES_MAX + CONTENTS_AHEAD;
    /** Reads that one command may ask for before something must be wrong: more than a window needs whose messages come one by one. */
    private static final int READS_MAX = 256;
    /** How soon leases are looked at again that have ended while their answer was pending. */
    private static final long HELD_LOOK_MILLIS = 10;
    /** Pause after a read that failed while nobody but the clock asked for it. */
    private static final long EXPIRY_RETRY_MILLIS = 1_000;

    private final long queueNumber;
    private final QueueScheduler turns;
    private final QueueState state;
    private final CommitPipeline pipeline;
    private final ReadCoordinator reads;
    private final ContentCache contents;
    private final ContentLoader deliveries;
    private final Meters meters;
    private final Runnable afterChange;
    private boolean closed;
    private boolean afterChangesScheduled;
    /** Not before then is there more to expire than what is held. */
    private long heldUntilMillis;
    /** Whether the rest of an expiry follows, after a read or in a later turn. */
    private boolean expiring;

    /**
     * @param generation of the store, as it was before the state was read
     * @param onBreak told once when the store refused a batch; the shell is useless from then on
     * @param afterChange run once per turn in which something changed: time to look at deadlines and departing messages
     */
    QueueCommandExecutor(
            long queueNumber,
            long generation,
            QueueState state,
            RuntimeResources parts,
            QueueScheduler turns,
            Consumer<StoreException> onBreak,
            Runnable afterChange) {
        this.queueNumber = queueNumber;
        this.turns = turns;
        this.state = state;
        this.meters = parts.meters();
        this.afterChange = afterChange;
        this.contents = new ContentCache(parts.budget(), CONTENTS_MAX);
        this.pipeline = new CommitPipeline(
                parts.store(), queueNumber, generation, turns, state::head, onBreak, meters.parkedReplies());
        this.reads = new ReadCoordinator(parts.store(), queueNumber, turns, pipeline, state, this::cacheContent);
        this.deliveries = new ContentLoader(
                queueNumber,
                this,
                parts.store(),
                turns,
                pipeline,
                contents,
                parts.limits().deliveryBytesMax());
    }

    public QueueState state() {
        return state;
    }

    /** The generation of the store that the state was read from. */
    public long generation() {
        return pipeline.generation();
    }

    /** Runs a command of the domain; its reply is the answer. */
    public <R> void execute(QueueCommand<R> command, ReplyHandler<? super R> reply) {
        run(command, reply, 0, decision -> {
            if (decision.reply() instanceof Ack.AckReply settled) {
                meters.messagesRetried().add(settled.retryCount());
            }
            pipeline.afterStored(() -> reply.succeed(decision.reply()), reply::fail);
        });
    }

    /** Runs a pull, contents included. */
    public void deliver(QueueRequest.Deliver request, ReplyHandler<? super QueueClient.Delivered> reply) {
        deliveries.deliver(request, reply);
    }

    /** Runs a peek, contents included. */
    void show(QueueRequest.Show request, ReplyHandler<? super QueueClient.Shown> reply) {
        deliveries.show(request, reply);
    }

    /** Leases whose answers were never sent because the store failed: the next shell of the queue is to give them back. */
    List<Release.Unsent> stranded() {
        return deliveries.stranded();
    }

    /** Gives leases back whose answers were never sent, before anything that is due ends. */
    void release(List<Release.Unsent> leases) {
        if (!leases.isEmpty()) {
            apply(new Release(leases).decide(state, turns.nowMillis()).events());
        }
    }

    /**
     * Ends what is due as far as memory knows it, a budget at a time; the rest follows in later turns, after the reads that it
     * takes.
     */
    void expire() {
        expire(turns.nowMillis());
    }

    /** When {@link #expire} is due. */
    long expiryMillis() {
        return Math.max(state.deadlineMillis(), heldUntilMillis);
    }

    /** Whether an answer is pending whose leases may have to be given back. */
    boolean hasUnsentAnswers() {
        return deliveries.hasUnsent();
    }

    private void expire(long nowMillis) {
        if (closed || state.deadlineMillis() > nowMillis) {
            return;
        }
        long unsentMillis = deliveries.unsentLeasesEndMillis(nowMillis);
        heldUntilMillis = unsentMillis > nowMillis ? 0 : nowMillis + HELD_LOOK_MILLIS;
        Expire command = unsentMillis > nowMillis ? EXPIRE : new Expire(EXPIRE.budget(), unsentMillis);
        ReadRequest need = command.requiredRead(state, nowMillis);
        Decision<Boolean> decision = command.decide(state, nowMillis);
        if (!apply(decision.events()) || expiring) {
            return;
        }
        if (need != null) {
            expiring = true;
            expireAfter(need);
        } else if (decision.reply()) {
            expiring = true;
            // One such batch at a time in the store: what clients wait for must not queue up behind an expiry.
            pipeline.afterStored(() -> turns.next(this::expireRest), refused -> {});
        } else {
            scheduleAfterChanges();
        }
    }

    private void expireRest() {
        expiring = false;
        expire();
        scheduleAfterChanges();
    }

    private void expireAfter(ReadRequest need) {
        reads.fetch(need, new ReadCoordinator.ReadWaiter() {
            @Override
            public void retry() {
                expireRest();
            }

            @Override
            public void refuse(QueueException why) {
                turns.after(EXPIRY_RETRY_MILLIS, QueueCommandExecutor.this::expireRest);
            }
        });
    }

    /** Runs a task when everything appended so far is stored. */
    public void afterStored(Runnable task, Consumer<QueueException> onRefusal) {
        pipeline.afterStored(task, onRefusal);
    }

    /** Whether nothing is on its way to the store, nor in its hands. */
    boolean idle() {
        return pipeline.idle();
    }

    /** Refuses everything that waits, as if the store had refused a batch. */
    void failAll(StoreException why) {
        pipeline.fail(why);
    }

    /** Refuses what waits for reads and gives memory back. What waits for the store is the pipeline's business. */
    void close() {
        if (!closed) {
            closed = true;
            reads.close(new QueueException(QueueError.UNAVAILABLE));
            contents.clear();
            state.close();
        }
    }

    /** Runs a command with the reads that it needs; then runs {@code then} in the turn of the decision, its events applied and appended. */
    public <R> void run(QueueCommand<R> command, ReplyHandler<?> reply, Consumer<Decision<R>> then) {
        run(command, reply, 0, then);
    }

    private <R> void run(QueueCommand<R> command, ReplyHandler<?> reply, int fetched, Consumer<Decision<R>> then) {
        long nowMillis = turns.nowMillis();
        expire(nowMillis);
        if (closed) {
            reply.fail(new QueueException(QueueError.UNAVAILABLE));
            return;
        }
        Decision<R> decision;
        try {
            ReadRequest need = command.requiredRead(state, nowMillis);
            if (need != null) {
                fetch(need, command, reply, fetched, then);
                return;
            }
            decision = command.decide(state, nowMillis);
        } catch (QueueException refusal) {
            reply.fail(refusal);
            return;
        } catch (RuntimeException fault) {
            LOG.error("queue {}: {} failed", queueNumber, command.getClass().getSimpleName(), fault);
            reply.fail(new QueueException(QueueError.INTERNAL));
            return;
        }
        if (apply(decision.events())) {
            then.accept(decision);
        } else {
            reply.fail(new QueueException(QueueError.UNAVAILABLE));
        }
    }

    private <R> void fetch(
            ReadRequest need, QueueCommand<R> command, ReplyHandler<?> reply, int fetched, Consumer<Decision<R>> then) {
        if (fetched >= READS_MAX) {
            String name = command.getClass().getSimpleName();
            LOG.error("queue {}: {} asks for one read after the other, last {}", queueNumber, name, need);
            reply.fail(new QueueException(QueueError.UNAVAILABLE));
            return;
        }
        reads.fetch(need, new ReadCoordinator.ReadWaiter() {
            @Override
            public void retry() {
                run(command, reply, fetched + 1, then);
            }

            @Override
            public void refuse(QueueException why) {
                reply.fail(why);
            }
        });
    }

    /** Applies and appends. A fault in here leaves memory in doubt: the queue must load again. */
    private boolean apply(List<QueueEvent> events) {
        try {
            for (QueueEvent event : events) {
                applyOne(event);
            }
        } catch (RuntimeException fault) {
            LOG.error("queue {}: memory is in doubt, loading again", queueNumber, fault);
            pipeline.fail(new StoreException("an event could not be applied", fault));
            return false;
        }
        if (!events.isEmpty()) {
            scheduleAfterChanges();
        }
        return true;
    }

    private void applyOne(QueueEvent event) {
        state.apply(event);
        pipeline.append(event);
        meters.count(event);
        if (event instanceof QueueEvent.Enqueued enqueued && isNear(enqueued.header())) {
            contents.offer(enqueued.header().seq(), enqueued.content());
        } else if (event instanceof QueueEvent.Removed removed) {
            contents.take(removed.header().seq());
        } else if (event instanceof QueueEvent.Purged) {
            contents.clear();
        }
    }

    /**
     * Whether a new message is one of those that memory knows, or the next read may bring it. The content of one that is far from its
     * turn would take the room of those before it, and comes along with its row later.
     */
    private boolean isNear(MessageHeader header) {
        return !header.delayed() && header.seq() - state.arrivalsKnownBelowSeq() < CONTENTS_AHEAD;
    }

    private void scheduleAfterChanges() {
        if (!afterChangesScheduled) {
            afterChangesScheduled = true;
            turns.next(this::afterChanges);
        }
    }

    /** Once per turn with changes: what is worth doing once and not per command. */
    private void afterChanges() {
        afterChangesScheduled = false;
        pipeline.flush();
        if (closed) {
            return;
        }
        if (contents.isFull()) {
            contents.forgetBelow(state.head().arrivalsFromSeq());
        }
        ReadRequest wish = state.readAhead();
        if (wish != null) {
            reads.prefetch(wish);
        }
        afterChange.run();
    }

    private void cacheContent(StoredMessage stored) {
        contents.offer(stored.header().seq(), stored.content());
    }
}
