package dev.sluice.runtime.deadletter;

import dev.sluice.queue.AcceptDeadLetters;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.DeliveryBudget;
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
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes messages over from other queues, one request at a time: contents are read from the origin's records after everything of
 * ours is stored, so a repeated request finds them gone and takes nothing twice. Lives as long as its shell. Owned by the turns of
 * one queue.
 */
public final class DeadLetterReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterReceiver.class);

    private record PendingTransfer(QueueRequest.ReceiveDeadLetters request, ReplyHandler<? super Integer> reply) {}

    private final QueueCommandExecutor shell;
    private final QueueStore store;
    private final QueueScheduler turns;
    private final DeliveryBudget moves;
    private final ArrayDeque<PendingTransfer> waiting = new ArrayDeque<>(1);
    private boolean underWay;
    /** Held for the request under way. */
    private long heldBytes;

    private boolean closed;

    public DeadLetterReceiver(
            QueueCommandExecutor shell, QueueStore store, QueueScheduler turns, DeliveryBudget moves) {
        this.shell = shell;
        this.store = store;
        this.turns = turns;
        this.moves = moves;
    }

    /**
     * Takes over what the origin still holds of these; answers how many. What was decided on another generation of the store is
     * refused: the origin's leases may not be on disk any more, and whoever is behind loads again and asks again. While too much
     * is moved between queues the answer is OVERLOADED.
     */
    public void take(QueueRequest.ReceiveDeadLetters request, ReplyHandler<? super Integer> reply) {
        if (request.generation() != shell.generation()) {
            reply.fail(new QueueException(QueueError.UNAVAILABLE));
            return;
        }
        waiting.add(new PendingTransfer(request, reply));
        next();
    }

    private void next() {
        while (!closed && !underWay && !waiting.isEmpty()) {
            PendingTransfer letters = waiting.remove();
            if (moves.isFull()) {
                letters.reply().fail(new QueueException(QueueError.OVERLOADED));
            } else {
                underWay = true;
                read(letters);
            }
        }
    }

    private void read(PendingTransfer letters) {
        QueueRequest.ReceiveDeadLetters request = letters.request();
        heldBytes =
                request.headers().stream().mapToLong(MessageHeader::bodyBytes).sum();
        moves.charge(heldBytes);
        shell.afterStored(
                () -> store.readContents(request.originNumber(), request.headers())
                        .whenComplete((stored, failure) -> turns.next(() -> {
                            if (failure == null) {
                                check(letters, stored);
                            } else {
                                refuse(letters, new QueueException(QueueError.UNAVAILABLE));
                            }
                        })),
                why -> refuse(letters, why));
    }

    /** What has no content was moved before; unless its lease is there, which is damage that somebody should know of. */
    private void check(PendingTransfer letters, List<StoredMessage> stored) {
        QueueRequest.ReceiveDeadLetters request = letters.request();
        Set<Long> there = new HashSet<>();
        stored.forEach(message -> there.add(message.header().seq()));
        long[] missing = request.headers().stream()
                .mapToLong(MessageHeader::seq)
                .filter(seq -> !there.contains(seq))
                .toArray();
        if (missing.length == 0) {
            accept(letters, stored);
            return;
        }
        store.find(request.originNumber(), missing)
                .whenComplete((found, failure) -> turns.next(() -> {
                    if (failure != null) {
                        refuse(letters, new QueueException(QueueError.UNAVAILABLE));
                        return;
                    }
                    found.forEach(message -> LOG.error(
                            "queue {}: the content of message {} is missing from the store; it cannot be moved to a dead letter queue",
                            request.originNumber(),
                            message.header().seq()));
                    accept(letters, stored);
                }));
    }

    private void accept(PendingTransfer letters, List<StoredMessage> stored) {
        List<AcceptDeadLetters.DeadLetter> accepted = new ArrayList<>(stored.size());
        stored.forEach(message -> accepted.add(new AcceptDeadLetters.DeadLetter(
                new QueueEvent.Origin(letters.request().originNumber(), message.header()), message.content())));
        shell.execute(new AcceptDeadLetters(accepted, letters.request().circle()), new ReplyHandler<>() {
            @Override
            public void succeed(Integer taken) {
                letters.reply().succeed(taken);
                ended();
            }

            @Override
            public void fail(QueueException why) {
                refuse(letters, why);
            }
        });
    }

    private void refuse(PendingTransfer letters, QueueException why) {
        letters.reply().fail(why);
        ended();
    }

    private void ended() {
        moves.release(heldBytes);
        heldBytes = 0;
        underWay = false;
        next();
    }

    /** Refuses who waits; the one under way is refused by the shell. */
    public void close() {
        closed = true;
        waiting.forEach(letters -> letters.reply().fail(new QueueException(QueueError.UNAVAILABLE)));
        waiting.clear();
    }
}
