package dev.sluice.runtime.queue;

import dev.sluice.queue.Ack;
import dev.sluice.queue.Decision;
import dev.sluice.queue.Expire;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.Push;
import dev.sluice.queue.QueueCommand;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueState;
import dev.sluice.queue.ReadMetrics;
import dev.sluice.queue.ReadRequest;
import dev.sluice.queue.Release;
import dev.sluice.runtime.RuntimeResources;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.runtime.bus.ReplyHandler;
import dev.sluice.runtime.delivery.ContentLoader;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.runtime.metrics.QueueCounter;
import dev.sluice.runtime.metrics.QueueCounters;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoredMessage;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs commands against the state of one queue: reads what they need, decides, applies, appends, and replies when the
 * store has the events. Independent of bus and event loop. Has the lifetime of one loaded state; after a store failure
 * a new executor replaces it.
 *
 * <p>Confined to the queue's scheduler.
 */
public final class QueueCommandExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(QueueCommandExecutor.class);
    /** Small, because the command that finds expired messages pays for it. */
    private static final Expire EXPIRE = new Expire(128);

    /** How far beyond the messages in memory new contents are cached: about the number that one read returns. */
    private static final int CONTENTS_AHEAD_MAX = 512;

    private static final int CONTENTS_MAX = QueueState.WINDOW_MESSAGES_MAX + CONTENTS_AHEAD_MAX;
    /**
     * Reads of one command before it is treated as a fault. Larger than a window whose messages are read one by one
     * needs.
     */
    private static final int READS_MAX = 256;
    /** Interval of checks for expired leases whose response is pending. */
    private static final long EXTENSION_CHECK_MILLIS = 10;
    /** Pause after a failed read that only an expiry needed. */
    private static final long EXPIRY_RETRY_MILLIS = 1_000;

    private final long queueNumber;
    /** Whether another node may own the queue without this one knowing it. */
    private final boolean apart;

    private final QueueScheduler scheduler;
    private final QueueState state;
    private final CommitPipeline pipeline;
    private final ReadCoordinator reads;
    private final ContentCache contents;
    private final ContentLoader contentLoader;
    private final Meters meters;
    private final MessageLog messageLog;
    private final QueueCounters counters;
    private final Runnable afterChange;
    private boolean closed;
    private boolean afterChangesScheduled;
    /** Until then nothing expires except leases that are extended. */
    private long extensionCheckMillis;
    /** Whether the rest of an expiry follows, after a read or in a later task. */
    private boolean expiring;

    /**
     * @param generation of the store, taken before the state was read
     * @param messageLog gets every event
     * @param onFailure called once when the store refused a batch; the executor is unusable from then on
     * @param afterChange run once per task with changes, to update deadlines and send dead letters
     */
    QueueCommandExecutor(
            long queueNumber,
            long generation,
            QueueState state,
            RuntimeResources resources,
            QueueScheduler scheduler,
            MessageLog messageLog,
            Consumer<StoreException> onFailure,
            Runnable afterChange) {
        this.queueNumber = queueNumber;
        this.apart = resources.store().storesQueuesApart();
        this.scheduler = scheduler;
        this.state = state;
        this.meters = resources.meters();
        this.messageLog = messageLog;
        this.counters = meters.queue(queueNumber);
        this.afterChange = afterChange;
        this.contents = new ContentCache(resources.budgets().windows(), CONTENTS_MAX);
        this.pipeline = new CommitPipeline(
                resources.store(), queueNumber, generation, scheduler, state::head, onFailure, meters.parkedReplies());
        this.reads =
                new ReadCoordinator(resources.store(), queueNumber, scheduler, pipeline, state, this::cacheContent);
        this.contentLoader = new ContentLoader(
                queueNumber,
                this,
                resources.store(),
                scheduler,
                pipeline,
                contents,
                resources.limits().deliveryBytesMax());
    }

    public QueueState state() {
        return state;
    }

    /** The generation of the store that the state was read from. */
    public long generation() {
        return pipeline.generation();
    }

    /** Runs a domain command. The command's reply is the result. */
    public <R> void execute(QueueCommand<R> command, ReplyHandler<? super R> reply) {
        if (apart) {
            executeConfirmed(command, reply);
            return;
        }
        run(command, reply, 0, decision -> replyWhenStored(command, decision, reply));
    }

    private <R> void replyWhenStored(QueueCommand<R> command, Decision<R> decision, ReplyHandler<? super R> reply) {
        if (decision.reply() instanceof Ack.AckReply ack) {
            meters.countRetries(ack.retryCount());
            counters.add(QueueCounter.RETRIED, ack.retryCount());
        } else if (command instanceof Push push && push.span() != null) {
            pipeline.trace(push.span());
        }
        pipeline.afterStored(() -> reply.succeed(decision.reply()), reply::fail);
    }

    /** A reply without a change is given only by the owner of the queue. */
    private <R> void executeConfirmed(QueueCommand<R> command, ReplyHandler<? super R> reply) {
        long sinceNanos = System.nanoTime() - (command instanceof ReadMetrics ? CommitPipeline.READ_AGE_NANOS_MAX : 0);
        run(command, reply, 0, decision -> {
            if (decision.events().isEmpty()) {
                pipeline.afterConfirmed(sinceNanos, () -> reply.succeed(decision.reply()), reply::fail);
            } else {
                replyWhenStored(command, decision, reply);
            }
        });
    }

    /**
     * Logs and counts a message whose content is missing, which means that the store is damaged.
     *
     * @param queueNumber the queue of the message; for a dead letter its origin
     * @param consequence what does not happen to the message
     */
    public void reportWithoutContent(long queueNumber, long seq, String consequence) {
        LOG.error(
                "queue {}: the content of message {} is missing from the store; {} (sluice check shows the damage)",
                queueNumber,
                seq,
                consequence);
        meters.countWithoutContent();
    }

    /** Runs a pull, including contents. */
    public void deliver(QueueRequest.Deliver request, ReplyHandler<? super QueueClient.Delivered> reply) {
        contentLoader.deliver(request, reply);
    }

    /** Runs a peek, including contents. */
    void peek(QueueRequest.PeekContents request, ReplyHandler<? super QueueClient.Shown> reply) {
        contentLoader.peek(request, reply);
    }

    /**
     * Leases whose responses were not sent because the store failed. The next executor of the queue must release them.
     */
    List<Release.Unsent> unsentLeases() {
        return contentLoader.unsentLeases();
    }

    /** Releases leases whose responses were not sent, before anything expires. */
    void release(List<Release.Unsent> leases) {
        if (!leases.isEmpty()) {
            apply(
                    new Release(leases).decide(state, scheduler.nowMillis()).events(),
                    QueueCounter.DEAD_LETTERED_LEASE_EXPIRED);
        }
    }

    /**
     * Expires what is due according to memory, at most one budget per task. The rest follows in later tasks, after the
     * reads that it needs.
     */
    void expire() {
        expire(scheduler.nowMillis());
    }

    /** When {@link #expire} is due. */
    long expiryMillis() {
        return Math.max(state.deadlineMillis(), extensionCheckMillis);
    }

    /** Whether a response is pending whose leases may have to be released. */
    boolean hasUnsentResponses() {
        return contentLoader.hasUnsent();
    }

    private void expire(long nowMillis) {
        if (closed || state.deadlineMillis() > nowMillis) {
            return;
        }
        long unsentMillis = contentLoader.unsentLeasesEndMillis(nowMillis);
        extensionCheckMillis = unsentMillis > nowMillis ? 0 : nowMillis + EXTENSION_CHECK_MILLIS;
        Expire command = unsentMillis > nowMillis ? EXPIRE : new Expire(EXPIRE.budget(), unsentMillis);
        ReadRequest read = command.requiredRead(state, nowMillis);
        Decision<Boolean> decision = command.decide(state, nowMillis);
        if (!apply(decision.events(), QueueCounter.DEAD_LETTERED_LEASE_EXPIRED) || expiring) {
            return;
        }
        if (read != null) {
            expiring = true;
            expireAfter(read);
        } else if (decision.reply()) {
            expiring = true;
            // One such batch in the store at a time, so that client requests do not queue behind an expiry.
            pipeline.afterStored(() -> scheduler.execute(this::expireRest), failure -> {});
        } else {
            scheduleAfterChanges();
        }
    }

    private void expireRest() {
        expiring = false;
        expire();
        scheduleAfterChanges();
    }

    private void expireAfter(ReadRequest read) {
        reads.fetch(read, new ReadCoordinator.ReadWaiter() {
            @Override
            public void retry() {
                expireRest();
            }

            @Override
            public void refuse(QueueException error) {
                scheduler.schedule(EXPIRY_RETRY_MILLIS, QueueCommandExecutor.this::expireRest);
            }
        });
    }

    /** Runs a task when everything appended so far is stored. */
    public void afterStored(Runnable task, Consumer<QueueException> onRefusal) {
        pipeline.afterStored(task, onRefusal);
    }

    /** Completes when the store has no pending commit of this queue and no batch is open. */
    Future<Void> whenIdle() {
        return pipeline.whenIdle();
    }

    /** Refuses everything that waits, as after a failed commit. */
    void failAll(StoreException error) {
        pipeline.fail(error);
    }

    /** Refuses commands that wait for reads and frees memory. The pipeline refuses those that wait for the store. */
    void close() {
        if (!closed) {
            closed = true;
            reads.close(new QueueException(QueueError.UNAVAILABLE));
            contents.clear();
            state.close();
        }
    }

    /**
     * Runs a command after the reads that it needs. Then runs {@code then} in the same task, after its events are
     * applied and appended.
     */
    public <R> void run(QueueCommand<R> command, ReplyHandler<?> reply, Consumer<Decision<R>> then) {
        run(command, reply, 0, then);
    }

    private <R> void run(QueueCommand<R> command, ReplyHandler<?> reply, int fetched, Consumer<Decision<R>> then) {
        long nowMillis = scheduler.nowMillis();
        expire(nowMillis);
        if (closed) {
            reply.fail(new QueueException(QueueError.UNAVAILABLE));
            return;
        }
        Decision<R> decision;
        try {
            ReadRequest read = command.requiredRead(state, nowMillis);
            if (read != null) {
                fetch(read, command, reply, fetched, then);
                return;
            }
            decision = command.decide(state, nowMillis);
        } catch (QueueException refusal) {
            countRefusal(command, refusal);
            reply.fail(refusal);
            return;
        } catch (RuntimeException fault) {
            LOG.error("queue {}: {} failed", queueNumber, command.getClass().getSimpleName(), fault);
            reply.fail(new QueueException(QueueError.INTERNAL));
            return;
        }
        if (apply(decision.events(), QueueCounter.DEAD_LETTERED_RETRIED)) {
            then.accept(decision);
        } else {
            reply.fail(new QueueException(QueueError.UNAVAILABLE));
        }
    }

    private void countRefusal(QueueCommand<?> command, QueueException refusal) {
        if (command instanceof Push push) {
            QueueCounter reason =
                    switch (refusal.error()) {
                        case STORAGE_LIMIT -> QueueCounter.REJECTED_QUEUE_FULL;
                        case OVERLOADED -> QueueCounter.REJECTED_RATE;
                        default -> QueueCounter.REJECTED_UNAVAILABLE;
                    };
            counters.add(reason, push.messages().size());
        }
    }

    private <R> void fetch(
            ReadRequest read, QueueCommand<R> command, ReplyHandler<?> reply, int fetched, Consumer<Decision<R>> then) {
        if (fetched >= READS_MAX) {
            String name = command.getClass().getSimpleName();
            LOG.error("queue {}: {} exceeded the limit of reads, last {}", queueNumber, name, read);
            reply.fail(new QueueException(QueueError.UNAVAILABLE));
            return;
        }
        reads.fetch(read, new ReadCoordinator.ReadWaiter() {
            @Override
            public void retry() {
                run(command, reply, fetched + 1, then);
            }

            @Override
            public void refuse(QueueException error) {
                reply.fail(error);
            }
        });
    }

    /**
     * Applies and appends events. After an exception here memory may be inconsistent, so the queue must load again.
     *
     * @param failedAttempt what a dead letter among them is counted as
     */
    private boolean apply(List<QueueEvent> events, QueueCounter failedAttempt) {
        try {
            for (QueueEvent event : events) {
                applyOne(event, failedAttempt);
            }
        } catch (RuntimeException fault) {
            LOG.error("queue {}: memory may be inconsistent, loading again", queueNumber, fault);
            pipeline.fail(new StoreException("an event could not be applied", fault));
            return false;
        }
        if (!events.isEmpty()) {
            scheduleAfterChanges();
        }
        return true;
    }

    private void applyOne(QueueEvent event, QueueCounter failedAttempt) {
        state.apply(event);
        pipeline.append(event);
        meters.count(event);
        messageLog.log(event);
        counters.count(event, failedAttempt);
        if (event instanceof QueueEvent.Enqueued enqueued && isCacheable(enqueued.header())) {
            contents.offer(enqueued.header().seq(), enqueued.content());
        } else if (event instanceof QueueEvent.Removed removed) {
            contents.remove(removed.header().seq());
        } else if (event instanceof QueueEvent.Purged) {
            contents.clear();
        }
    }

    /**
     * Whether a new message is among those in memory or will come with the next read. A content far behind would take
     * the room of earlier ones, and is read with its row later.
     */
    private boolean isCacheable(MessageHeader header) {
        return !header.delayed() && header.seq() - state.arrivalsKnownBelowSeq() < CONTENTS_AHEAD_MAX;
    }

    private void scheduleAfterChanges() {
        if (!afterChangesScheduled) {
            afterChangesScheduled = true;
            scheduler.execute(this::afterChanges);
        }
    }

    /** Runs once per task with changes, for work that is not needed per command. */
    private void afterChanges() {
        afterChangesScheduled = false;
        pipeline.flush();
        if (closed) {
            return;
        }
        if (contents.isFull()) {
            contents.evictBelow(state.head().arrivalsFromSeq());
        }
        ReadRequest readAhead = state.readAhead();
        if (readAhead != null) {
            reads.prefetch(readAhead);
        }
        afterChange.run();
    }

    private void cacheContent(StoredMessage stored) {
        contents.offer(stored.header().seq(), stored.content());
    }
}
