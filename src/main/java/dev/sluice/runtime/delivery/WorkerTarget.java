package dev.sluice.runtime.delivery;

import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Content;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.bus.QueueClient;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/** Where the batches of one Worker go. Usable from any event loop; never blocks. */
public interface WorkerTarget {
    /**
     * Hands a batch over. The future completes within {@link #timeoutMillis}; it fails, with a text fit for the log, if the batch
     * did not arrive or was refused, and all of it is to be delivered again. With {@link NotSent} the batch was not handed to a
     * connection, and the delivery does not count.
     */
    Future<BatchResult> deliver(Batch batch);

    /** What a message takes in the request, in bytes; not too little. */
    int bytesOf(Content content);

    /** The longest a delivery may take, in milliseconds; leases are made to outlast it. */
    long timeoutMillis();

    /**
     * Messages that go together.
     *
     * @param bytes that the messages take in the request
     */
    record Batch(QueueDefinition queue, List<QueueClient.Delivery> deliveries, BacklogStats metrics, int bytes) {}

    /** The batch was never handed to a connection. */
    final class NotSent extends RuntimeException {
        private static final long serialVersionUID = 1;

        /** With a text fit for the log. */
        public NotSent(String why) {
            super(why, null, false, false);
        }
    }

    /**
     * What the target made of a batch it took: everything is acknowledged except what it wants again.
     *
     * @param retries seq of a message → delay in seconds, or {@link dev.sluice.queue.NewMessage#DELAY_UNSET}
     */
    record BatchResult(Map<Long, Integer> retries) {
        /** All of it is done. */
        public static final BatchResult ALL_DONE = new BatchResult(Map.of());
    }

    /** The targets by script name. */
    interface Directory {
        /** Nobody is mapped. */
        Directory EMPTY = scriptName -> null;

        /** The target of that script, or null if it is not mapped: then the consumer is metadata only (docs/api.md 11.12). */
        WorkerTarget find(String scriptName);

        /** The target of a queue's consumer, or null if it has none. */
        default WorkerTarget of(QueueDefinition queue) {
            Consumer consumer = queue.consumer();
            return consumer != null && consumer.type() == ConsumerType.WORKER ? find(consumer.scriptName()) : null;
        }
    }
}
