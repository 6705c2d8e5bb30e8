package dev.sluice.runtime.bus;

import dev.sluice.queue.Ack;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Content;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.Purge;
import dev.sluice.queue.PurgeRefs;
import dev.sluice.queue.Push;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.ReadMetrics;
import dev.sluice.queue.ReadPurge;
import dev.sluice.runtime.DeliveryBudget;
import dev.sluice.runtime.QueueDeployer;
import dev.sluice.runtime.RuntimeOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.ToIntFunction;

/** Sends commands to the verticles of queues, waking those that sleep. Usable from any event loop. */
public final class BusQueueClient implements QueueClient {
    private static final int WAKE_MAX = 5;
    private static final QueueRequest.Execute<BacklogStats> METRICS = new QueueRequest.Execute<>(new ReadMetrics());
    private static final QueueRequest.Execute<Long> PURGE = new QueueRequest.Execute<>(new Purge());
    private static final QueueRequest.Execute<Long> LAST_PURGE = new QueueRequest.Execute<>(new ReadPurge());

    private final QueueGates slots;
    private final QueueCaller caller;
    private final BusSender sender;
    private final int inFlightMax;
    private final DeliveryBudget answers;

    public BusQueueClient(Vertx vertx, QueueGates slots, RuntimeOptions options, DeliveryBudget answers) {
        this.answers = answers;
        this.slots = slots;
        this.caller = new QueueCaller(vertx, options.sendTimeoutMillis());
        this.sender = new BusSender(vertx, options.sendTimeoutMillis());
        this.inFlightMax = options.commandsInFlightMax();
    }

    @Override
    public Future<BacklogStats> push(QueueDefinition queue, List<NewMessage> messages) {
        return send(queue.number(), new QueueRequest.Execute<>(new Push(messages)));
    }

    @Override
    public Future<Delivered> pull(
            QueueDefinition queue, int batchSize, int visibilityTimeoutMillis, ToIntFunction<Content> sizeOf) {
        DeliveryBudget.Reservation hold = new DeliveryBudget.Reservation(answers);
        return send(
                        queue.number(),
                        new QueueRequest.Deliver(
                                batchSize, visibilityTimeoutMillis, ConsumerType.HTTP_PULL, sizeOf, hold))
                .onFailure(refused -> hold.release());
    }

    @Override
    public Future<Ack.AckReply> ack(QueueDefinition queue, Ack command) {
        return send(queue.number(), new QueueRequest.Execute<>(command));
    }

    @Override
    public Future<Shown> peek(QueueDefinition queue, int batchSize, ToIntFunction<Content> sizeOf) {
        DeliveryBudget.Reservation hold = new DeliveryBudget.Reservation(answers);
        return send(queue.number(), new QueueRequest.Show(batchSize, sizeOf, hold))
                .onFailure(refused -> hold.release());
    }

    @Override
    public Future<List<Boolean>> purge(QueueDefinition queue, List<Long> seqs) {
        return send(queue.number(), new QueueRequest.Execute<>(new PurgeRefs(seqs)));
    }

    @Override
    public Future<Long> purge(QueueDefinition queue) {
        return send(queue.number(), PURGE);
    }

    @Override
    public Future<Long> lastPurge(QueueDefinition queue) {
        return send(queue.number(), LAST_PURGE);
    }

    @Override
    public Future<BacklogStats> metrics(QueueDefinition queue) {
        return send(queue.number(), METRICS);
    }

    /** Sends to the queue of that number, waking it if need be. */
    <R> Future<R> send(long queueNumber, QueueRequest<R> request) {
        return send(slots.slot(queueNumber), request, 0);
    }

    private <R> Future<R> send(QueueGate slot, QueueRequest<R> request, int wakes) {
        return switch (slot.enter(inFlightMax)) {
            case ENTERED -> caller.call(slot, request);
            case FULL -> Future.failedFuture(new QueueException(QueueError.OVERLOADED));
            case GONE -> Future.failedFuture(new QueueException(QueueError.QUEUE_UNKNOWN_TO_MESSAGES));
            case CLOSED ->
                wakes >= WAKE_MAX
                        ? Future.failedFuture(new QueueException(QueueError.UNAVAILABLE))
                        : wake(slot, request, wakes);
        };
    }

    private <R> Future<R> wake(QueueGate slot, QueueRequest<R> request, int wakes) {
        if (!slot.tryWait(inFlightMax)) {
            return Future.failedFuture(new QueueException(QueueError.OVERLOADED));
        }
        return sender.<Boolean>request(QueueDeployer.ADDRESS, new QueueDeployer.Activate(slot.number()))
                .andThen(answered -> slot.stopWaiting())
                .compose(awake -> send(slot, request, wakes + 1));
    }
}
