package dev.sluice.runtime.bus;

import dev.sluice.queue.Ack;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.Content;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.delivery.PendingResponse;
import dev.sluice.store.StoredMessage;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * What the edge says to queues: commands over the event bus, answers as futures on the caller's context. A failed future
 * carries a {@link dev.sluice.queue.QueueException}, whatever went wrong behind it.
 */
public interface QueueClient {
    /** Pushes messages, all or none; completes when they are stored. */
    Future<BacklogStats> push(QueueDefinition queue, List<NewMessage> messages);

    /**
     * Leases messages to an http_pull consumer; 0 leaves a parameter to the consumer's settings. Who takes the answer reports to
     * {@link Delivered#pending} whether it was sent.
     *
     * @param sizeOf what a message takes in the answer, in bytes; called on other threads
     */
    Future<Delivered> pull(
            QueueDefinition queue, int batchSize, int visibilityTimeoutMillis, ToIntFunction<Content> sizeOf);

    /** Acknowledges and retries. */
    Future<Ack.AckReply> ack(QueueDefinition queue, Ack command);

    /**
     * Shows what a pull would get; 0 leaves the size to the consumer's settings. Who takes the answer reports to {@link Shown#pending} when
     * it was sent.
     *
     * @param sizeOf what a message takes in the answer, in bytes; called on other threads
     */
    Future<Shown> peek(QueueDefinition queue, int batchSize, ToIntFunction<Content> sizeOf);

    /** Deletes single messages; one boolean per seq. */
    Future<List<Boolean>> purge(QueueDefinition queue, List<Long> seqs);

    /** Deletes everything; answers the time in milliseconds. */
    Future<Long> purge(QueueDefinition queue);

    /** Time of the last purge in milliseconds, 0 if never. */
    Future<Long> lastPurge(QueueDefinition queue);

    /** The backlog. */
    Future<BacklogStats> metrics(QueueDefinition queue);

    /** An answer with messages. */
    interface WithPendingResponse {
        /** Takes the report whether the answer was sent. */
        PendingResponse pending();
    }

    /**
     * A leased batch with contents.
     *
     * @param bytes that the messages take in the answer
     */
    record Delivered(List<Delivery> deliveries, BacklogStats metrics, int bytes, PendingResponse pending)
            implements WithPendingResponse {}

    /** One leased message. */
    record Delivery(StoredMessage message, int delivery) {}

    /**
     * Messages with contents, not leased.
     *
     * @param bytes that the messages take in the answer
     */
    record Shown(List<Peeked> messages, int bytes, PendingResponse pending) implements WithPendingResponse {}

    /** One peeked message; {@code deliveries} so far. */
    record Peeked(StoredMessage message, int deliveries) {}
}
