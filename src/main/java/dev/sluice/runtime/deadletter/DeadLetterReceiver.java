package dev.sluice.runtime.deadletter;

import dev.sluice.queue.AcceptDeadLetters;
import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.runtime.bus.ReplyHandler;
import dev.sluice.runtime.queue.QueueCommandExecutor;
import dev.sluice.runtime.queue.QueueScheduler;
import dev.sluice.store.QueueReads;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoredMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Moves messages of other queues into this one, one request at a time. It reads the contents from the origin's records
 * after all earlier events of this queue are stored. So a repeated request finds the moved messages missing and moves
 * none twice; of a queue that is stored apart it takes each move once. Has the same lifetime as its executor. Confined to the queue's scheduler.
 */
public final class DeadLetterReceiver {
    /** A transfer or a move that waits for those before it. */
    private record PendingTransfer(long bytes, Runnable start, ReplyHandler<? super Integer> reply) {}

    private final long queueNumber;
    private final QueueCommandExecutor executor;
    private final QueueStore store;
    private final QueueScheduler scheduler;
    private final ByteBudget budget;
    private final ArrayDeque<PendingTransfer> pending = new ArrayDeque<>(1);
    /** The memory of the request in progress; null if there is none. */
    private ByteBudget.@Nullable Reservation inProgress;

    private boolean closed;

    public DeadLetterReceiver(
            long queueNumber,
            QueueCommandExecutor executor,
            QueueStore store,
            QueueScheduler scheduler,
            ByteBudget budget) {
        this.queueNumber = queueNumber;
        this.executor = executor;
        this.store = store;
        this.scheduler = scheduler;
        this.budget = budget;
    }

    /**
     * Moves those messages that the origin still has, and returns their number. Refuses a request from another
     * generation of the store: the origin's leases may not be on disk then, so the outdated queue must load again and
     * repeat the request. Fails with OVERLOADED while the transfer budget is full.
     */
    public void receive(QueueRequest.ReceiveDeadLetters request, ReplyHandler<? super Integer> reply) {
        if (request.generation() != executor.generation()) {
            reply.fail(new QueueException(QueueError.UNAVAILABLE));
            return;
        }
        long bytes =
                request.headers().stream().mapToLong(MessageHeader::bodyBytes).sum();
        pending.add(new PendingTransfer(bytes, () -> read(request, reply), reply));
        next();
    }

    /**
     * Takes a move of a queue that is stored apart, unless it was taken before. Fails with OVERLOADED while the transfer
     * budget is full.
     */
    public void take(QueueRequest.TakeDeadLetters move, ReplyHandler<? super Integer> reply) {
        long bytes = move.messages().stream()
                .mapToLong(message -> message.header().bodyBytes())
                .sum();
        pending.add(new PendingTransfer(bytes, () -> readReceived(move, reply), reply));
        next();
    }

    private void next() {
        while (!closed && inProgress == null && !pending.isEmpty()) {
            PendingTransfer transfer = pending.remove();
            if (budget.isFull()) {
                transfer.reply().fail(new QueueException(QueueError.OVERLOADED));
            } else {
                inProgress = new ByteBudget.Reservation(budget);
                inProgress.resize(transfer.bytes());
                transfer.start().run();
            }
        }
    }

    /** Reads which move of the origin was taken last, after all earlier events of this queue are stored. */
    private void readReceived(QueueRequest.TakeDeadLetters move, ReplyHandler<? super Integer> reply) {
        long sinceNanos = System.nanoTime();
        executor.afterStored(
                () -> store.read(
                                queueNumber,
                                snapshot -> QueueReads.received(snapshot, queueNumber, move.originNumber()))
                        .whenComplete((received, failure) -> scheduler.execute(() -> {
                            if (failure != null) {
                                refuse(reply, new QueueException(QueueError.UNAVAILABLE));
                            } else if (received >= move.moveNumber()) {
                                confirm(sinceNanos, reply);
                            } else {
                                accept(move, reply);
                            }
                        })),
                error -> refuse(reply, error));
    }

    /** That a move was taken is known only to the owner of the queue, which this node must still be. */
    private void confirm(long sinceNanos, ReplyHandler<? super Integer> reply) {
        store.confirm(queueNumber, sinceNanos)
                .whenComplete((confirmed, failure) -> scheduler.execute(() -> {
                    if (failure != null) {
                        refuse(reply, new QueueException(QueueError.UNAVAILABLE));
                    } else {
                        reply.succeed(0);
                        onEnded();
                    }
                }));
    }

    private void accept(QueueRequest.TakeDeadLetters move, ReplyHandler<? super Integer> reply) {
        List<AcceptDeadLetters.DeadLetter> letters = move.messages().stream()
                .map(message -> new AcceptDeadLetters.DeadLetter(
                        new QueueEvent.Origin(move.originNumber(), message.header(), true), message.content()))
                .toList();
        store(
                new AcceptDeadLetters(
                        letters, move.cyclic(), new QueueEvent.MoveReceived(move.originNumber(), move.moveNumber())),
                reply);
    }

    private void read(QueueRequest.ReceiveDeadLetters request, ReplyHandler<? super Integer> reply) {
        executor.afterStored(
                () -> store.readContents(request.originNumber(), request.headers())
                        .whenComplete((stored, failure) -> scheduler.execute(() -> {
                            if (failure == null) {
                                check(request, reply, stored);
                            } else {
                                refuse(reply, new QueueException(QueueError.UNAVAILABLE));
                            }
                        })),
                error -> refuse(reply, error));
    }

    /**
     * A message without content was moved before. If its lease still exists, the store is damaged, and that is logged.
     */
    private void check(
            QueueRequest.ReceiveDeadLetters request, ReplyHandler<? super Integer> reply, List<StoredMessage> stored) {
        Set<Long> present = new HashSet<>();
        stored.forEach(message -> present.add(message.header().seq()));
        long[] missing = request.headers().stream()
                .mapToLong(MessageHeader::seq)
                .filter(seq -> !present.contains(seq))
                .toArray();
        if (missing.length == 0) {
            accept(request, reply, stored);
            return;
        }
        store.find(request.originNumber(), missing)
                .whenComplete((found, failure) -> scheduler.execute(() -> {
                    if (failure != null) {
                        refuse(reply, new QueueException(QueueError.UNAVAILABLE));
                        return;
                    }
                    found.forEach(message -> executor.reportWithoutContent(
                            request.originNumber(),
                            message.header().seq(),
                            "it is not moved to the dead letter queue"));
                    accept(request, reply, stored);
                }));
    }

    private void accept(
            QueueRequest.ReceiveDeadLetters request, ReplyHandler<? super Integer> reply, List<StoredMessage> stored) {
        List<AcceptDeadLetters.DeadLetter> accepted = new ArrayList<>(stored.size());
        stored.forEach(message -> accepted.add(new AcceptDeadLetters.DeadLetter(
                new QueueEvent.Origin(request.originNumber(), message.header()),
                message.content().from(request.origins().get(message.header().seq())))));
        store(new AcceptDeadLetters(accepted, request.cyclic()), reply);
    }

    private void store(AcceptDeadLetters command, ReplyHandler<? super Integer> reply) {
        executor.execute(
                command,
                ReplyHandler.of(
                        count -> {
                            reply.succeed(count);
                            onEnded();
                        },
                        error -> refuse(reply, error)));
    }

    private void refuse(ReplyHandler<? super Integer> reply, QueueException error) {
        reply.fail(error);
        onEnded();
    }

    private void onEnded() {
        Objects.requireNonNull(inProgress, "no transfer is in progress").close();
        inProgress = null;
        next();
    }

    /** Refuses the waiting requests. The executor refuses the one in progress. */
    public void close() {
        closed = true;
        pending.forEach(transfer -> transfer.reply().fail(new QueueException(QueueError.UNAVAILABLE)));
        pending.clear();
    }
}
