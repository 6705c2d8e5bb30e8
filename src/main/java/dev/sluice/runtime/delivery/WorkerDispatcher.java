package dev.sluice.runtime.delivery;

import dev.sluice.queue.Ack;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.LeaseId;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.Pull;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueState;
import dev.sluice.runtime.RuntimeResources;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.runtime.bus.ReplyHandler;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.runtime.metrics.WorkerBatchResult;
import dev.sluice.runtime.queue.DeadlineTimer;
import dev.sluice.runtime.queue.QueueCommandExecutor;
import dev.sluice.runtime.queue.QueueScheduler;
import dev.sluice.runtime.tracing.OperationSpan;
import dev.sluice.runtime.tracing.Tracing;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pushes batches to the Worker of a queue as soon as {@code batch_size} messages are ready or the first of them has
 * waited {@code max_wait_time_ms}, up to {@code max_concurrency} batches at once. A batch is a pull with a lease longer
 * than the delivery, followed by an acknowledgement. So attempts, dead-lettering and crashes are handled as for pulls.
 *
 * <p>Confined to the queue's scheduler.
 */
public final class WorkerDispatcher {
    /**
     * Concurrent batches for a consumer without its own limit. A platform would scale further; one machine should not.
     */
    static final int CONCURRENCY_DEFAULT = 16;

    /** How much longer a lease is than its delivery, so that a response at the last moment still finds the lease. */
    private static final int LEASE_MARGIN_MILLIS = 10_000;
    /** Pause after an empty pull although a message was ready, for example at the limit of leases or memory. */
    private static final long EMPTY_PAUSE_MILLIS = 100;
    /** Limit for the bodies of this queue's batches in flight. One batch is always allowed. */
    private static final long IN_FLIGHT_BYTES_MAX = 16L << 20;

    private final QueueCommandExecutor executor;
    private final QueueScheduler scheduler;
    private final WorkerTarget.Directory directory;
    private final Meters meters;
    private final Tracing tracing;
    private final ByteBudget deliveries;
    private final int concurrencyMax;
    private final int batchBytesMax;
    private final Runnable afterChange;
    private final DeadlineTimer timer;
    private QueueDefinition definition;
    /** Null if the consumer of the queue has no target. */
    private @Nullable Destination destination;

    /**
     * The batch whose pull waits for a read and has no lease yet. Until it has, the number of ready messages is
     * unknown.
     */
    private @Nullable InFlightBatch undecided;

    private int inFlightCount;
    private long inFlightBytes;
    private long pausedUntilMillis;
    private boolean closed;
    private final Promise<Void> idle = Promise.promise();

    /** Where batches go, with the health of the Worker and the settings of the consumer. */
    private record Destination(WorkerTarget target, WorkerHealth health, ConsumerSettings settings) {}

    /** A batch from its pull to its acknowledgement. */
    private static final class InFlightBatch {
        private final Destination destination;
        private final ByteBudget.Reservation reservation;
        private long bytes;

        InFlightBatch(Destination destination, ByteBudget.Reservation reservation, long bytes) {
            this.destination = destination;
            this.reservation = reservation;
            this.bytes = bytes;
        }
    }

    /** @param afterChange run when a batch has ended; must call {@link #dispatchDue}, among other things */
    public WorkerDispatcher(
            QueueDefinition definition,
            QueueCommandExecutor executor,
            QueueScheduler scheduler,
            RuntimeResources resources,
            Runnable afterChange) {
        this.executor = executor;
        this.scheduler = scheduler;
        this.directory = resources.workers();
        this.meters = resources.meters();
        this.tracing = resources.tracing();
        this.deliveries = resources.budgets().deliveries();
        this.concurrencyMax = resources.limits().concurrencyMax();
        this.batchBytesMax = resources.limits().deliveryBytesMax();
        this.afterChange = afterChange;
        this.timer = new DeadlineTimer(scheduler, this::dispatchDue);
        configure(definition);
    }

    /** Applies a new definition. Batches in flight end with the previous one. */
    public void configure(QueueDefinition definition) {
        Destination before = destination;
        this.definition = definition;
        Consumer consumer = definition.consumer();
        WorkerTarget target = directory.of(definition);
        if (consumer == null || target == null) {
            destination = null;
            return;
        }
        WorkerHealth health =
                before != null && before.target() == target ? before.health() : new WorkerHealth(consumer.scriptName());
        destination = new Destination(target, health, consumer.settings());
    }

    /**
     * When the dispatcher has something to do; {@link Long#MAX_VALUE} if nothing is scheduled. In the past while it is
     * busy.
     */
    public long nextMillis() {
        if (inFlightCount > 0) {
            return 0;
        }
        Destination enabled = enabledDestination();
        return enabled == null ? Long.MAX_VALUE : dueMillis(enabled);
    }

    /** Completes when no batch is in flight. Call when closed. */
    public Future<Void> whenIdle() {
        if (inFlightCount == 0) {
            idle.tryComplete();
        }
        return idle.future();
    }

    /** Sends what is due. Call after every change. */
    public void dispatchDue() {
        Destination enabled = enabledDestination();
        while (enabled != null && mayStart(enabled)) {
            long dueMillis = dueMillis(enabled);
            if (dueMillis > scheduler.nowMillis()) {
                timer.arm(dueMillis);
                return;
            }
            start(enabled);
            enabled = enabledDestination();
        }
    }

    private @Nullable Destination enabledDestination() {
        return closed || definition.settings().deliveryPaused() ? null : destination;
    }

    private boolean mayStart(Destination to) {
        return inFlightCount == 0
                || undecided == null
                        && inFlightCount < concurrency(to)
                        && inFlightBytes + expectedBytes(to) <= IN_FLIGHT_BYTES_MAX;
    }

    private int concurrency(Destination to) {
        if (to.health().isSuspect()) {
            return 1;
        }
        int configured = to.settings().maxConcurrency();
        return Math.min(
                configured == ConsumerSettings.CONCURRENCY_UNSET ? CONCURRENCY_DEFAULT : configured, concurrencyMax);
    }

    private long expectedBytes(Destination to) {
        BacklogStats metrics = executor.state().metrics();
        if (metrics.backlogCount() == 0) {
            return 0;
        }
        long messageBytes = metrics.backlogBytes() / metrics.backlogCount();
        return Math.max(
                messageBytes,
                Math.min(batchBytesMax, messageBytes * to.settings().batchSize()));
    }

    /** When the next batch is full or its first message has waited long enough, but not during a pause. */
    private long dueMillis(Destination to) {
        ConsumerSettings settings = to.settings();
        QueueState state = executor.state();
        long readySince = state.nextReadyMillis();
        if (readySince == Long.MAX_VALUE) {
            return readySince;
        }
        long dueMillis = Math.min(state.readyMillis(settings.batchSize()), readySince + settings.maxWaitTimeMillis());
        return Math.max(dueMillis, Math.max(pausedUntilMillis, to.health().pausedUntilMillis()));
    }

    private void start(Destination to) {
        WorkerTarget target = to.target();
        InFlightBatch inFlight = new InFlightBatch(to, new ByteBudget.Reservation(deliveries), expectedBytes(to));
        inFlightCount++;
        inFlightBytes += inFlight.bytes;
        undecided = inFlight;
        int leasesBefore = executor.state().leaseCount();
        int leaseMillis = (int) Math.min(Integer.MAX_VALUE, target.timeoutMillis() + LEASE_MARGIN_MILLIS);
        QueueRequest.Deliver pull = new QueueRequest.Deliver(
                Pull.FROM_CONSUMER, leaseMillis, ConsumerType.WORKER, target::bytesOf, inFlight.reservation);
        executor.deliver(
                pull,
                ReplyHandler.of(
                        batch -> {
                            if (undecided == inFlight) {
                                scheduleDispatch();
                            }
                            onPullDecided(inFlight);
                            if (batch.deliveries().isEmpty()) {
                                onEmptyPull(inFlight);
                            } else {
                                deliverBatch(inFlight, batch);
                            }
                        },
                        refusal -> {
                            onPullDecided(inFlight);
                            onEmptyPull(inFlight);
                        }));
        if (executor.state().leaseCount() > leasesBefore) {
            onPullDecided(inFlight);
        }
    }

    private void onPullDecided(InFlightBatch inFlight) {
        if (undecided == inFlight) {
            undecided = null;
        }
    }

    private void scheduleDispatch() {
        scheduler.execute(() -> {
            if (!closed) {
                afterChange.run();
            }
        });
    }

    private void onEmptyPull(InFlightBatch inFlight) {
        pausedUntilMillis = scheduler.nowMillis() + EMPTY_PAUSE_MILLIS;
        onBatchEnded(inFlight);
    }

    private void deliverBatch(InFlightBatch inFlight, QueueClient.Delivered batch) {
        long bytes = 0;
        for (QueueClient.Delivery delivery : batch.deliveries()) {
            bytes += delivery.message().header().bodyBytes();
        }
        inFlightBytes += bytes - inFlight.bytes;
        inFlight.bytes = bytes;
        long startedMillis = scheduler.nowMillis();
        OperationSpan span = tracing.beginDelivery(definition, batch.deliveries());
        deliver(
                        inFlight,
                        new WorkerTarget.Batch(
                                definition, batch.deliveries(), batch.metrics(), batch.bytes(), span.context()))
                .onComplete(result -> scheduler.execute(() -> {
                    span.delivered(result.cause());
                    meters.countWorkerBatch(resultOf(result.cause()), scheduler.nowMillis() - startedMillis);
                    if (result.succeeded()) {
                        inFlight.destination.health().succeeded(definition.name(), scheduler.nowMillis());
                    } else {
                        inFlight.destination.health().failed(definition.name(), result.cause(), scheduler.nowMillis());
                    }
                    if (result.cause() instanceof WorkerTarget.NotSent) {
                        batch.pending().unsent();
                        onBatchEnded(inFlight);
                    } else {
                        batch.pending().sent();
                        acknowledge(inFlight, batch, result.result());
                    }
                }));
    }

    private static WorkerBatchResult resultOf(@Nullable Throwable failure) {
        if (failure == null) {
            return WorkerBatchResult.ACCEPTED;
        }
        return failure instanceof WorkerTarget.NotSent ? WorkerBatchResult.NOT_SENT : WorkerBatchResult.FAILED;
    }

    private static Future<WorkerTarget.BatchResult> deliver(InFlightBatch inFlight, WorkerTarget.Batch batch) {
        try {
            return inFlight.destination.target().deliver(batch);
        } catch (RuntimeException fault) {
            return Future.failedFuture(new WorkerTarget.NotSent(fault.toString()));
        }
    }

    /**
     * Acknowledges and retries messages according to the result. Without a result, the whole batch is delivered again.
     */
    private void acknowledge(
            InFlightBatch inFlight, QueueClient.Delivered batch, WorkerTarget.@Nullable BatchResult result) {
        List<LeaseId> acks = new ArrayList<>();
        List<Ack.Retry> retries = new ArrayList<>();
        for (QueueClient.Delivery delivery : batch.deliveries()) {
            long seq = delivery.message().header().seq();
            LeaseId lease = new LeaseId(seq, delivery.delivery());
            @Nullable
            Integer delaySeconds = result == null
                    ? Integer.valueOf(NewMessage.DELAY_UNSET)
                    : result.retries().get(seq);
            if (delaySeconds == null) {
                acks.add(lease);
            } else {
                retries.add(new Ack.Retry(lease, delaySeconds));
            }
        }
        executor.execute(
                new Ack(acks, retries),
                ReplyHandler.of(acknowledged -> onBatchEnded(inFlight), refusal -> onBatchEnded(inFlight)));
    }

    private void onBatchEnded(InFlightBatch inFlight) {
        inFlightCount--;
        inFlight.reservation.close();
        inFlightBytes -= inFlight.bytes;
        if (closed && inFlightCount == 0) {
            idle.tryComplete();
        }
        scheduleDispatch();
    }

    /** Starts no further batch. Batches in flight end normally. */
    public void close() {
        closed = true;
        timer.close();
    }
}
