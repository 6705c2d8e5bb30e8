package dev.sluice.runtime.bus;

import dev.sluice.queue.Ack;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.ByteBudget;
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
import dev.sluice.queue.TraceContext;
import dev.sluice.runtime.QueueDeployer;
import dev.sluice.runtime.RuntimeOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Sends commands to the queue verticles and activates passive queues. Usable from any event loop. */
public final class BusQueueClient implements QueueClient {
    private static final int ACTIVATIONS_MAX = 5;
    private static final QueueRequest.Execute<BacklogStats> METRICS = new QueueRequest.Execute<>(new ReadMetrics());
    private static final QueueRequest.Execute<Long> PURGE = new QueueRequest.Execute<>(new Purge());
    private static final QueueRequest.Execute<Long> LAST_PURGE = new QueueRequest.Execute<>(new ReadPurge());

    private final QueueGates gates;
    private final QueueCaller caller;
    private final BusSender sender;
    private final int inFlightMax;
    private final ByteBudget responseBudget;
    private final Function<QueueDefinition, Future<Optional<BacklogStats>>> passiveBacklog;

    /**
     * @param passiveBacklog reads the backlog of a queue that accepts no requests, empty if the queue has to be asked;
     *     completes on the caller's context
     */
    public BusQueueClient(
            Vertx vertx,
            QueueGates gates,
            RuntimeOptions options,
            ByteBudget responseBudget,
            Function<QueueDefinition, Future<Optional<BacklogStats>>> passiveBacklog) {
        this.passiveBacklog = passiveBacklog;
        this.responseBudget = responseBudget;
        this.gates = gates;
        this.caller = new QueueCaller(vertx, options.sendTimeoutMillis());
        this.sender = new BusSender(vertx, options.sendTimeoutMillis());
        this.inFlightMax = options.commandsInFlightMax();
    }

    @Override
    public Future<BacklogStats> push(QueueDefinition queue, List<NewMessage> messages, @Nullable TraceContext span) {
        return send(queue.number(), new QueueRequest.Execute<>(new Push(messages, span)));
    }

    @Override
    public Future<Delivered> pull(
            QueueDefinition queue, int batchSize, int visibilityTimeoutMillis, ToIntFunction<Content> sizeOf) {
        ByteBudget.Reservation reservation = new ByteBudget.Reservation(responseBudget);
        return send(
                        queue.number(),
                        new QueueRequest.Deliver(
                                batchSize, visibilityTimeoutMillis, ConsumerType.HTTP_PULL, sizeOf, reservation))
                .onFailure(failure -> reservation.close());
    }

    @Override
    public Future<Ack.AckReply> ack(QueueDefinition queue, Ack command) {
        return send(queue.number(), new QueueRequest.Execute<>(command));
    }

    @Override
    public Future<Shown> peek(QueueDefinition queue, int batchSize, ToIntFunction<Content> sizeOf) {
        ByteBudget.Reservation reservation = new ByteBudget.Reservation(responseBudget);
        return send(queue.number(), new QueueRequest.PeekContents(batchSize, sizeOf, reservation))
                .onFailure(failure -> reservation.close());
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
        // A passive queue executes nothing before its gate is open, so what was read before is still true.
        if (gates.gate(queue.number()).isClosed()) {
            return passiveBacklog.apply(queue).otherwise(Optional.empty()).compose(backlog -> backlog.map(
                            Future::succeededFuture)
                    .orElseGet(() -> send(queue.number(), METRICS)));
        }
        return send(queue.number(), METRICS);
    }

    /** Makes every active queue handle what is due now. */
    public Future<Void> checkDeadlines() {
        List<Future<Boolean>> checks = new ArrayList<>();
        for (QueueGate gate : gates.all()) {
            if (gate.enter(Integer.MAX_VALUE) == QueueGate.EntryResult.ENTERED) {
                checks.add(caller.call(gate, new QueueRequest.CheckDeadlines()));
            }
        }
        return Future.join(checks).mapEmpty();
    }

    /** Sends a request to a queue and activates the queue first if it is passive. */
    <R> Future<R> send(long queueNumber, QueueRequest<R> request) {
        return send(gates.gate(queueNumber), request, 0);
    }

    private <R> Future<R> send(QueueGate gate, QueueRequest<R> request, int activations) {
        return switch (gate.enter(inFlightMax)) {
            case ENTERED -> caller.call(gate, request);
            case FULL -> Future.failedFuture(new QueueException(QueueError.OVERLOADED));
            case DELETED -> Future.failedFuture(new QueueException(QueueError.QUEUE_UNKNOWN_TO_MESSAGES));
            case CLOSED ->
                activations >= ACTIVATIONS_MAX
                        ? Future.failedFuture(new QueueException(QueueError.UNAVAILABLE))
                        : activate(gate, request, activations);
        };
    }

    private <R> Future<R> activate(QueueGate gate, QueueRequest<R> request, int activations) {
        if (!gate.tryWait(inFlightMax)) {
            return Future.failedFuture(new QueueException(QueueError.OVERLOADED));
        }
        return sender.deployer(QueueDeployer.Action.ACTIVATE, gate.number())
                .andThen(ended -> gate.stopWaiting())
                .compose(activated -> send(gate, request, activations + 1));
    }
}
