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
 * none twice. Has the same lifetime as its executor. Confined to the queue's scheduler.
 */
public final class DeadLetterReceiver {
    private record PendingTransfer(QueueRequest.ReceiveDeadLetters request, ReplyHandler<? super Integer> reply) {}

    private final QueueCommandExecutor executor;
    private final QueueStore store;
    private final QueueScheduler scheduler;
    private final ByteBudget budget;
    private final ArrayDeque<PendingTransfer> pending = new ArrayDeque<>(1);
    /** The memory of the request in progress; null if there is none. */
    private ByteBudget.@Nullable Reservation inProgress;

    private boolean closed;

    public DeadLetterReceiver(
            QueueCommandExecutor executor, QueueStore store, QueueScheduler scheduler, ByteBudget budget) {
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
        pending.add(new PendingTransfer(request, reply));
        next();
    }

    private void next() {
        while (!closed && inProgress == null && !pending.isEmpty()) {
            PendingTransfer transfer = pending.remove();
            if (budget.isFull()) {
                transfer.reply().fail(new QueueException(QueueError.OVERLOADED));
            } else {
                read(transfer);
            }
        }
    }

    private void read(PendingTransfer transfer) {
        QueueRequest.ReceiveDeadLetters request = transfer.request();
        inProgress = new ByteBudget.Reservation(budget);
        inProgress.resize(
                request.headers().stream().mapToLong(MessageHeader::bodyBytes).sum());
        executor.afterStored(
                () -> store.readContents(request.originNumber(), request.headers())
                        .whenComplete((stored, failure) -> scheduler.execute(() -> {
                            if (failure == null) {
                                check(transfer, stored);
                            } else {
                                refuse(transfer, new QueueException(QueueError.UNAVAILABLE));
                            }
                        })),
                error -> refuse(transfer, error));
    }

    /**
     * A message without content was moved before. If its lease still exists, the store is damaged, and that is logged.
     */
    private void check(PendingTransfer transfer, List<StoredMessage> stored) {
        QueueRequest.ReceiveDeadLetters request = transfer.request();
        Set<Long> present = new HashSet<>();
        stored.forEach(message -> present.add(message.header().seq()));
        long[] missing = request.headers().stream()
                .mapToLong(MessageHeader::seq)
                .filter(seq -> !present.contains(seq))
                .toArray();
        if (missing.length == 0) {
            accept(transfer, stored);
            return;
        }
        store.find(request.originNumber(), missing)
                .whenComplete((found, failure) -> scheduler.execute(() -> {
                    if (failure != null) {
                        refuse(transfer, new QueueException(QueueError.UNAVAILABLE));
                        return;
                    }
                    found.forEach(message -> executor.reportWithoutContent(
                            request.originNumber(),
                            message.header().seq(),
                            "it is not moved to the dead letter queue"));
                    accept(transfer, stored);
                }));
    }

    private void accept(PendingTransfer transfer, List<StoredMessage> stored) {
        List<AcceptDeadLetters.DeadLetter> accepted = new ArrayList<>(stored.size());
        stored.forEach(message -> accepted.add(new AcceptDeadLetters.DeadLetter(
                new QueueEvent.Origin(transfer.request().originNumber(), message.header()),
                message.content()
                        .from(transfer.request().origins().get(message.header().seq())))));
        executor.execute(
                new AcceptDeadLetters(accepted, transfer.request().cyclic()),
                ReplyHandler.of(
                        count -> {
                            transfer.reply().succeed(count);
                            onEnded();
                        },
                        error -> refuse(transfer, error)));
    }

    private void refuse(PendingTransfer transfer, QueueException error) {
        transfer.reply().fail(error);
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
