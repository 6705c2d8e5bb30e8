package dev.sluice.runtime.tracing;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.TraceContext;
import dev.sluice.runtime.bus.QueueClient;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Records spans of requests, deliveries and commits. Safe for use from several threads; never blocks and never fails.
 */
public interface Tracing {
    /** Records nothing. Messages keep the contexts that they are published with, and Workers get them. */
    Tracing OFF = new Tracing() {
        @Override
        public boolean readsContexts() {
            return true;
        }

        @Override
        public OperationSpan begin(
                TracedOperation operation, QueueDefinition queue, @Nullable TraceContext requestContext) {
            return OperationSpan.passing(requestContext);
        }

        @Override
        public OperationSpan beginDelivery(QueueDefinition queue, List<QueueClient.Delivery> deliveries) {
            return OperationSpan.passing(sharedContext(deliveries));
        }

        @Override
        public void committed(List<TraceContext> pushes, int batches, long nanos, boolean stored) {
            // Nothing is recorded.
        }
    };

    /** Whether the trace headers of requests are read. */
    boolean readsContexts();

    /**
     * Begins the span of a request, which ends with {@link OperationSpan#responded}.
     *
     * @param requestContext of the headers of the request; null if there is none
     */
    OperationSpan begin(TracedOperation operation, QueueDefinition queue, @Nullable TraceContext requestContext);

    /** Begins the span of a batch to a Worker, which ends with {@link OperationSpan#delivered}. */
    OperationSpan beginDelivery(QueueDefinition queue, List<QueueClient.Delivery> deliveries);

    /**
     * Records the write of a group of batches.
     *
     * @param pushes spans of requests whose messages are in it, at least one
     * @param batches number of batches that were written together
     * @param nanos duration of the write, which has just ended
     */
    void committed(List<TraceContext> pushes, int batches, long nanos, boolean stored);

    /** The context that all of these messages have, or null. */
    static @Nullable TraceContext sharedContext(List<QueueClient.Delivery> deliveries) {
        TraceContext shared = null;
        for (QueueClient.Delivery delivery : deliveries) {
            TraceContext context = delivery.message().content().trace();
            if (context == null || shared != null && !Objects.equals(shared, context)) {
                return null;
            }
            shared = context;
        }
        return shared;
    }
}
