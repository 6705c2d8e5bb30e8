package dev.sluice.runtime.bus;

import dev.sluice.queue.Ack;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.Content;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.TraceContext;
import dev.sluice.runtime.delivery.PendingResponse;
import dev.sluice.store.StoredMessage;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The edge's interface to queues: commands over the event bus, results as futures on the caller's context. A failed
 * future always carries a {@link dev.sluice.queue.QueueException}.
 */
public interface QueueClient {
    /** Pushes messages, all or none. Completes when they are stored. */
    default Future<BacklogStats> push(QueueDefinition queue, List<NewMessage> messages) {
        return push(queue, messages, null);
    }

    /**
     * The same for a request that is traced.
     *
     * @param span the recorded span of the request; null if there is none
     */
    Future<BacklogStats> push(QueueDefinition queue, List<NewMessage> messages, @Nullable TraceContext span);

    /**
     * Leases messages to an http_pull consumer. 0 stands for the value in the consumer's settings. The caller reports
     * to {@link Delivered#pending} whether the response was sent.
     *
     * @param sizeOf size of a message in the response, in bytes; called on other threads
     */
    Future<Delivered> pull(
            QueueDefinition queue, int batchSize, int visibilityTimeoutMillis, ToIntFunction<Content> sizeOf);

    /** Acknowledges and retries messages. */
    Future<Ack.AckReply> ack(QueueDefinition queue, Ack command);

    /**
     * Returns the messages that a pull would lease. 0 stands for the size in the consumer's settings. The caller
     * reports to {@link Shown#pending} when the response was sent.
     *
     * @param sizeOf size of a message in the response, in bytes; called on other threads
     */
    Future<Shown> peek(QueueDefinition queue, int batchSize, ToIntFunction<Content> sizeOf);

    /** Deletes single messages. Returns one boolean per seq. */
    Future<List<Boolean>> purge(QueueDefinition queue, List<Long> seqs);

    /** Deletes all messages. Returns the time of the purge in milliseconds. */
    Future<Long> purge(QueueDefinition queue);

    /** Time of the last purge in milliseconds; 0 if there was none. */
    Future<Long> lastPurge(QueueDefinition queue);

    /** Statistics of the backlog. */
    Future<BacklogStats> metrics(QueueDefinition queue);

    /** A result with messages whose response must be reported as sent or unsent. */
    interface WithPendingResponse {
        /** Receives the report whether the response was sent. */
        PendingResponse pending();
    }

    /**
     * A leased batch with contents.
     *
     * @param bytes size of the messages in the response
     */
    record Delivered(List<Delivery> deliveries, BacklogStats metrics, int bytes, PendingResponse pending)
            implements WithPendingResponse {}

    /** One leased message and its delivery number. */
    record Delivery(StoredMessage message, int delivery) {}

    /**
     * Messages with contents, not leased.
     *
     * @param bytes size of the messages in the response
     */
    record Shown(List<Peeked> messages, int bytes, PendingResponse pending) implements WithPendingResponse {}

    /** One peeked message and the number of its deliveries so far. */
    record Peeked(StoredMessage message, int deliveries) {}
}
