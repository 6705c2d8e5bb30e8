package dev.sluice.runtime.deadletter;

import dev.sluice.queue.ConfirmDeadLettered;
import dev.sluice.queue.Lease;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.runtime.bus.ReplyHandler;
import dev.sluice.runtime.queue.QueueCommandExecutor;
import dev.sluice.runtime.queue.QueueScheduler;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees departing messages off to the dead letter queue, some at a time, and confirms when they are there. Tries again for ever:
 * until the other queue has a message, this one keeps it. Owned by the turns of one queue.
 */
public final class DeadLetterSender {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterSender.class);
    private static final int LETTERS_MAX = 100;
    /** Of bodies in one move, unless its first message alone is larger. */
    private static final long LETTERS_BYTES_MAX = 1 << 20;

    private static final long RETRY_MILLIS = 1_000;
    /** Until then other moves have ended. */
    private static final long OVERLOADED_RETRY_MILLIS = 50;

    private final QueueCommandExecutor shell;
    private final QueueScheduler turns;
    private final DeadLetterTransport post;
    private QueueDefinition definition;
    private String deadLetterQueue;
    private boolean underWay;
    private boolean closed;

    public DeadLetterSender(
            QueueDefinition definition, QueueCommandExecutor shell, QueueScheduler turns, DeadLetterTransport post) {
        this.shell = shell;
        this.turns = turns;
        this.post = post;
        configure(definition);
    }

    /** Takes note of the consumer. Without one, messages already departing still go where they were sent. */
    public void configure(QueueDefinition definition) {
        this.definition = definition;
        if (definition.consumer() != null
                && !definition.consumer().deadLetterQueue().isEmpty()) {
            deadLetterQueue = definition.consumer().deadLetterQueue();
        }
    }

    /** Starts a move unless one is under way or nothing departs. */
    public void move() {
        if (closed || underWay || deadLetterQueue == null) {
            return;
        }
        List<MessageHeader> headers = next();
        if (headers.isEmpty()) {
            return;
        }
        underWay = true;
        // The leases must be on disk before the other queue deletes them.
        shell.afterStored(() -> send(headers), refusal -> underWay = false);
    }

    private List<MessageHeader> next() {
        List<MessageHeader> headers = new ArrayList<>();
        long bytes = 0;
        for (Lease lease : shell.state().deadLettering(0, LETTERS_MAX)) {
            bytes += lease.header().bodyBytes();
            if (bytes > LETTERS_BYTES_MAX && !headers.isEmpty()) {
                break;
            }
            headers.add(lease.header());
        }
        return headers;
    }

    private void send(List<MessageHeader> headers) {
        if (closed) {
            return;
        }
        QueueRequest.ReceiveDeadLetters letters =
                new QueueRequest.ReceiveDeadLetters(definition.number(), shell.generation(), headers, false);
        post.send(definition.accountId(), deadLetterQueue, letters)
                .onComplete(brought -> turns.next(() -> {
                    if (brought.succeeded()) {
                        confirm(headers);
                    } else {
                        tryAgain(headers, brought.cause());
                    }
                }));
    }

    /** A closed mover confirms nothing: the next one finds the markers when the queue is loaded. */
    private void confirm(List<MessageHeader> headers) {
        if (closed) {
            return;
        }
        underWay = false;
        shell.execute(
                new ConfirmDeadLettered(headers.stream().map(MessageHeader::seq).toList()), unanswered());
        move();
    }

    private void tryAgain(List<MessageHeader> headers, Throwable cause) {
        if (cause instanceof QueueException refusal && refusal.error() == QueueError.OVERLOADED) {
            turns.after(OVERLOADED_RETRY_MILLIS, this::again);
            return;
        }
        LOG.warn(
                "queue {}: dead letter queue '{}' did not take {} messages ({}), trying again",
                definition.number(),
                deadLetterQueue,
                headers.size(),
                cause.getMessage());
        turns.after(RETRY_MILLIS, this::again);
    }

    private void again() {
        underWay = false;
        move();
    }

    /** Moves nothing any more. What departs is found as a lease when the queue is loaded. */
    public void close() {
        closed = true;
    }

    /** A reply that nobody waits for. */
    public static <R> ReplyHandler<R> unanswered() {
        return new ReplyHandler<>() {
            @Override
            public void succeed(R answer) {}

            @Override
            public void fail(QueueException why) {}
        };
    }
}
