package dev.sluice.runtime.tracing;

import dev.sluice.queue.NewMessage;
import dev.sluice.queue.TraceContext;
import dev.sluice.runtime.bus.QueueClient;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The span of one request or one delivery. The defaults are those of a span that is not recorded. */
public interface OperationSpan {
    /** Not recorded, and without a context. */
    OperationSpan NONE = () -> null;

    /** A span that is not recorded and passes that context on. */
    static OperationSpan passing(@Nullable TraceContext context) {
        return context == null ? NONE : () -> context;
    }

    /** What published messages keep, or what a Worker gets; null if there is none. */
    @Nullable
    TraceContext context();

    /** The span itself if it is recorded, otherwise null. */
    default @Nullable TraceContext recorded() {
        return null;
    }

    /** The messages of a push, with the context that they keep. */
    default List<NewMessage> published(List<NewMessage> messages) {
        TraceContext context = context();
        return context == null
                ? messages
                : messages.stream().map(message -> message.with(context)).toList();
    }

    /** These messages were leased. */
    default void received(List<QueueClient.Delivery> deliveries) {
        // Not recorded.
    }

    /** So many leases were acknowledged or given back. */
    default void settled(int count) {
        // Not recorded.
    }

    /** Ends the span of a request. */
    default void responded(int httpStatus) {
        // Not recorded.
    }

    /**
     * Ends the span of a delivery.
     *
     * @param failure null if the Worker accepted the batch
     */
    default void delivered(@Nullable Throwable failure) {
        // Not recorded.
    }
}
