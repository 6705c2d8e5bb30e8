package dev.sluice.runtime.delivery;

import dev.sluice.queue.Ack;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.LeaseId;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.Pull;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueState;
import dev.sluice.runtime.DeliveryBudget;
import dev.sluice.runtime.RuntimeResources;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.runtime.bus.ReplyHandler;
import dev.sluice.runtime.queue.DeadlineTimer;
import dev.sluice.runtime.queue.QueueCommandExecutor;
import dev.sluice.runtime.queue.QueueScheduler;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * Pushes batches to the Worker of a queue: as soon as {@code batch_size} messages are ready or the first of them has waited
 * {@code max_wait_time_ms}, up to {@code max_concurrency} batches at once. A batch is a pull with a lease that outlasts the
 * delivery, followed by an acknowledgement; so attempts, dead letters and a crash in between are what they are for pulls.
 *
 * <p>Owned by the turns of one queue.
 */
public final class WorkerDispatcher {
    /** Batches at once for a consumer that names no number: a platform would scale further, one machine should not. */
    static final int CONCURRENCY_IF_UNSET = 16;

    /** How much longer than its delivery a lease lasts, so that an answer at the last moment still finds it. */
    private static final int LEASE_MARGIN_MILLIS = 10_000;
    /** Pause after a pull that got nothing although something was ready, as when the bound on leases or on memory is reached. */
    private static final long EMPTY_PAUSE_MILLIS = 100;
    /** Bodies of the batches of this queue that are under way; one batch may always be. */
    private static final long BYTES_UNDER_WAY_MAX = 16L << 20;

    private final QueueCommandExecutor shell;
    private final QueueScheduler turns;
    private final WorkerTarget.Directory directory;
    private final DeliveryBudget deliveries;
    private final int concurrencyMax;
    private final int batchBytesMax;
    private final Runnable afterChange;
    private final DeadlineTimer timer;
    private QueueDefinition definition;
    private WorkerTarget target;
    private WorkerHealth health;
    /** The batch whose pull waits for a read and has leased nothing yet; what is ready is not known until it has. */
    private InFlightBatch undecided;

    private int underWay;
    private long bytesUnderWay;
    private long emptyUntilMillis;
    private boolean closed;

    /** A batch from its pull to its acknowledgement. */
    private static final class InFlightBatch {
        private final WorkerTarget receiver;
        private final WorkerHealth health;
        private final DeliveryBudget.Reservation hold;
        private long bytes;

        InFlightBatch(WorkerTarget receiver, WorkerHealth health, DeliveryBudget.Reservation hold, long bytes) {
            this.receiver = receiver;
            this.health = health;
            this.hold = hold;
            this.bytes = bytes;
        }
    }

    /** Runs {@code afterChange} when a batch has ended; it is to call {@link #dispatchDue}, among other things. */
    public WorkerDispatcher(
            QueueDefinition definition,
            QueueCommandExecutor shell,
            QueueScheduler turns,
            RuntimeResources parts,
            Runnable afterChange) {
        this.shell = shell;
        this.turns = turns;
        this.directory = parts.workers();
        this.deliveries = parts.transit().deliveries();
        this.concurrencyMax = parts.limits().concurrencyMax();
        this.batchBytesMax = parts.limits().deliveryBytesMax();
        this.afterChange = afterChange;
        this.timer = new DeadlineTimer(turns, this::dispatchDue);
        configure(definition);
    }

    /** Takes note of consumer and settings; batches under way end as they began. */
    public void configure(QueueDefinition definition) {
        WorkerTarget before = target;
        this.definition = definition;
        target = directory.of(definition);
        if (target != null && target != before) {
            health = new WorkerHealth(definition.consumer().scriptName());
        }
    }

    /** When the dispatcher has something to do, {@link Long#MAX_VALUE} if nothing is in sight. In the past while it is busy. */
    public long nextMillis() {
        if (underWay > 0) {
            return 0;
        }
        return isEnabled() ? dueMillis() : Long.MAX_VALUE;
    }

    /** Whether no batch is under way. */
    public boolean isIdle() {
        return underWay == 0;
    }

    /** Sends what is due; to be called after every change. */
    public void dispatchDue() {
        while (isEnabled() && mayStart()) {
            long dueMillis = dueMillis();
            if (dueMillis > turns.nowMillis()) {
                timer.arm(dueMillis);
                return;
            }
            start();
        }
    }

    private boolean isEnabled() {
        return !closed && target != null && !definition.settings().deliveryPaused();
    }

    private boolean mayStart() {
        return underWay == 0
                || undecided == null
                        && underWay < concurrency()
                        && bytesUnderWay + expectedBytes() <= BYTES_UNDER_WAY_MAX;
    }

    private int concurrency() {
        if (health.isSuspect()) {
            return 1;
        }
        int wished = definition.consumer().settings().maxConcurrency();
        return Math.min(wished == ConsumerSettings.CONCURRENCY_UNSET ? CONCURRENCY_IF_UNSET : wished, concurrencyMax);
    }

    private long expectedBytes() {
        BacklogStats metrics = shell.state().metrics();
        if (metrics.backlogCount() == 0) {
            return 0;
        }
        long messageBytes = metrics.backlogBytes() / metrics.backlogCount();
        return Math.max(
                messageBytes,
                Math.min(
                        batchBytesMax,
                        messageBytes * definition.consumer().settings().batchSize()));
    }

    /** When the next batch is full, or its first message has waited long enough; not while there is a reason to pause. */
    private long dueMillis() {
        ConsumerSettings settings = definition.consumer().settings();
        QueueState state = shell.state();
        long readySince = state.nextReadyMillis();
        if (readySince == Long.MAX_VALUE) {
            return readySince;
        }
        long dueMillis = Math.min(state.readyMillis(settings.batchSize()), readySince + settings.maxWaitTimeMillis());
        return Math.max(dueMillis, Math.max(emptyUntilMillis, health.pausedUntilMillis()));
    }

    private void start() {
        InFlightBatch flight =
                new InFlightBatch(target, health, new DeliveryBudget.Reservation(deliveries), expectedBytes());
        underWay++;
        bytesUnderWay += flight.bytes;
        undecided = flight;
        int leasesBefore = shell.state().leaseCount();
        int leaseMillis = (int) Math.min(Integer.MAX_VALUE, target.timeoutMillis() + LEASE_MARGIN_MILLIS);
        QueueRequest.Deliver pull = new QueueRequest.Deliver(
                Pull.FROM_CONSUMER, leaseMillis, ConsumerType.WORKER, target::bytesOf, flight.hold);
        shell.deliver(pull, new ReplyHandler<>() {
            @Override
            public void succeed(QueueClient.Delivered batch) {
                if (undecided == flight) {
                    scheduleDispatch();
                }
                decided(flight);
                if (batch.deliveries().isEmpty()) {
                    onEmptyPull(flight);
                } else {
                    deliverBatch(flight, batch);
                }
            }

            @Override
            public void fail(QueueException why) {
                decided(flight);
                onEmptyPull(flight);
            }
        });
        if (shell.state().leaseCount() > leasesBefore) {
            decided(flight);
        }
    }

    private void decided(InFlightBatch flight) {
        if (undecided == flight) {
            undecided = null;
        }
    }

    private void scheduleDispatch() {
        turns.next(() -> {
            if (!closed) {
                afterChange.run();
            }
        });
    }

    private void onEmptyPull(InFlightBatch flight) {
        emptyUntilMillis = turns.nowMillis() + EMPTY_PAUSE_MILLIS;
        ended(flight);
    }

    private void deliverBatch(InFlightBatch flight, QueueClient.Delivered batch) {
        long bytes = 0;
        for (QueueClient.Delivery delivery : batch.deliveries()) {
            bytes += delivery.message().header().bodyBytes();
        }
        bytesUnderWay += bytes - flight.bytes;
        flight.bytes = bytes;
        deliver(flight, new WorkerTarget.Batch(definition, batch.deliveries(), batch.metrics(), batch.bytes()))
                .onComplete(verdict -> turns.next(() -> {
                    if (verdict.succeeded()) {
                        flight.health.succeeded(definition.name(), turns.nowMillis());
                    } else {
                        flight.health.failed(definition.name(), verdict.cause(), turns.nowMillis());
                    }
                    if (verdict.cause() instanceof WorkerTarget.NotSent) {
                        batch.pending().unsent();
                        ended(flight);
                    } else {
                        batch.pending().sent();
                        acknowledge(flight, batch, verdict.result());
                    }
                }));
    }

    private static Future<WorkerTarget.BatchResult> deliver(InFlightBatch flight, WorkerTarget.Batch batch) {
        try {
            return flight.receiver.deliver(batch);
        } catch (RuntimeException fault) {
            return Future.failedFuture(new WorkerTarget.NotSent(fault.toString()));
        }
    }

    /** Acknowledges and retries as the verdict says; without one, all of it is delivered again. */
    private void acknowledge(InFlightBatch flight, QueueClient.Delivered batch, WorkerTarget.BatchResult verdict) {
        List<LeaseId> acks = new ArrayList<>();
        List<Ack.Retry> retries = new ArrayList<>();
        for (QueueClient.Delivery delivery : batch.deliveries()) {
            long seq = delivery.message().header().seq();
            LeaseId lease = new LeaseId(seq, delivery.delivery());
            Integer delaySeconds = verdict == null
                    ? Integer.valueOf(NewMessage.DELAY_UNSET)
                    : verdict.retries().get(seq);
            if (delaySeconds == null) {
                acks.add(lease);
            } else {
                retries.add(new Ack.Retry(lease, delaySeconds));
            }
        }
        shell.execute(new Ack(acks, retries), new ReplyHandler<>() {
            @Override
            public void succeed(Ack.AckReply answer) {
                ended(flight);
            }

            @Override
            public void fail(QueueException why) {
                ended(flight);
            }
        });
    }

    private void ended(InFlightBatch flight) {
        underWay--;
        flight.hold.release();
        bytesUnderWay -= flight.bytes;
        scheduleDispatch();
    }

    /** No further batches; those under way end as they began. */
    public void close() {
        closed = true;
        timer.close();
    }
}
