package dev.sluice.runtime;

import dev.sluice.queue.Ack;
import dev.sluice.queue.Content;
import dev.sluice.queue.Metrics;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.store.StoredContent;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * What the edge says to queues: commands over the event bus, answers as futures on the caller's context. A failed future
 * carries a {@link dev.sluice.queue.QueueException}, whatever went wrong behind it.
 */
public interface QueueClient {
    /** Pushes messages, all or none; completes when they are stored. */
    Future<Metrics> push(QueueDefinition queue, List<NewMessage> messages);

    /**
     * Leases messages to an http_pull consumer; 0 leaves a parameter to the consumer's settings. Who takes the answer reports to
     * {@link Delivered#pending} whether it was sent.
     *
     * @param sizeOf what a message takes in the answer, in bytes; called on other threads
     */
    Future<Delivered> pull(
            QueueDefinition queue, int batchSize, int visibilityTimeoutMillis, ToIntFunction<Content> sizeOf);

    /** Acknowledges and retries. */
    Future<Ack.Reply> ack(QueueDefinition queue, Ack command);

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
    Future<Metrics> metrics(QueueDefinition queue);

    /** An answer with messages. */
    interface Pending {
        /** Takes the report whether the answer was sent. */
        PendingAnswer pending();
    }

    /**
     * A leased batch with contents.
     *
     * @param bytes that the messages take in the answer
     */
    record Delivered(List<Delivery> deliveries, Metrics metrics, int bytes, PendingAnswer pending) implements Pending {}

    /** One leased message. */
    record Delivery(StoredContent message, int delivery) {}

    /**
     * Messages with contents, not leased.
     *
     * @param bytes that the messages take in the answer
     */
    record Shown(List<Peeked> messages, int bytes, PendingAnswer pending) implements Pending {}

    /** One peeked message; {@code deliveries} so far. */
    record Peeked(StoredContent message, int deliveries) {}
}
