package dev.sluice.management;

import dev.sluice.runtime.QueueBacklog;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Where the series of queues come from.
 *
 * @param backlogs reads all queues; called on an event loop, must not block
 * @param nowMillis the time line of the messages' timestamps; called from any thread
 */
public record QueueSource(Supplier<Future<List<QueueBacklog>>> backlogs, LongSupplier nowMillis) {
    /** No queues. */
    public static final QueueSource NONE = new QueueSource(() -> Future.succeededFuture(List.of()), () -> 0);
}
