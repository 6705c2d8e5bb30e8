package dev.sluice.runtime.delivery;

import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Content;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.TraceContext;
import dev.sluice.runtime.bus.QueueClient;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Destination for the batches of one Worker. Usable from any event loop; never blocks. */
public interface WorkerTarget {
    /**
     * Sends a batch. The future completes within {@link #timeoutMillis}. It fails, with a message for the log, if the
     * batch did not arrive or was refused; then the whole batch is delivered again. {@link NotSent} means that the
     * batch was not handed to a connection, so the delivery does not count.
     */
    Future<BatchResult> deliver(Batch batch);

    /** Upper bound for the size of a message in the request, in bytes. */
    int bytesOf(Content content);

    /** The longest duration of a delivery, in milliseconds. Leases are longer. */
    long timeoutMillis();

    /**
     * Messages of one delivery.
     *
     * @param bytes size of the messages in the request
     * @param trace the context of the request; null if there is none
     */
    record Batch(
            QueueDefinition queue,
            List<QueueClient.Delivery> deliveries,
            BacklogStats metrics,
            int bytes,
            @Nullable TraceContext trace) {
        /** A batch that is part of no trace. */
        public Batch(QueueDefinition queue, List<QueueClient.Delivery> deliveries, BacklogStats metrics, int bytes) {
            this(queue, deliveries, metrics, bytes, null);
        }
    }

    /** The batch was never handed to a connection. */
    final class NotSent extends RuntimeException {
        private static final long serialVersionUID = 1;

        /**
         * The batch was not sent.
         *
         * @param error a text for the log
         */
        public NotSent(String error) {
            super(error, null, false, false);
        }
    }

    /**
     * Result of a batch that the target accepted: all messages are acknowledged except those to retry.
     *
     * @param retries seq of a message → delay in seconds, or {@link dev.sluice.queue.NewMessage#DELAY_UNSET}
     */
    record BatchResult(Map<Long, Integer> retries) {
        /** All messages are acknowledged. */
        public static final BatchResult ALL_DONE = new BatchResult(Map.of());
    }

    /** Finds targets by script name. */
    interface Directory {
        /** A directory without targets. */
        Directory EMPTY = scriptName -> null;

        /**
         * The target of that script, or null if it is not mapped: then the consumer is metadata only (docs/api.md
         * 11.12).
         */
        @Nullable
        WorkerTarget find(String scriptName);

        /** The target of a queue's consumer, or null if it has none. */
        default @Nullable WorkerTarget of(QueueDefinition queue) {
            Consumer consumer = queue.consumer();
            return consumer != null && consumer.type() == ConsumerType.WORKER ? find(consumer.scriptName()) : null;
        }
    }
}
