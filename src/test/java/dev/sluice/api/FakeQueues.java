package dev.sluice.api;

import dev.sluice.queue.Ack;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.Content;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.TraceContext;
import dev.sluice.runtime.bus.QueueClient;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;

/** Queues with metrics and a last purge, for the control plane only. */
public final class FakeQueues implements QueueClient {
    static final long PURGE_MILLIS = 1_788_000_000_500L;

    /** By queue id. */
    public final Map<String, BacklogStats> metrics = new ConcurrentHashMap<>();

    final Map<String, Long> purges = new ConcurrentHashMap<>();

    @Override
    public Future<BacklogStats> metrics(QueueDefinition queue) {
        return Future.succeededFuture(metrics.getOrDefault(queue.queueId(), BacklogStats.EMPTY));
    }

    @Override
    public Future<Long> purge(QueueDefinition queue) {
        metrics.remove(queue.queueId());
        purges.put(queue.queueId(), PURGE_MILLIS);
        return Future.succeededFuture(PURGE_MILLIS);
    }

    @Override
    public Future<Long> lastPurge(QueueDefinition queue) {
        return Future.succeededFuture(purges.getOrDefault(queue.queueId(), 0L));
    }

    @Override
    public Future<BacklogStats> push(QueueDefinition queue, List<NewMessage> messages, TraceContext span) {
        return unused();
    }

    @Override
    public Future<Delivered> pull(
            QueueDefinition queue, int batchSize, int visibilityTimeoutMillis, ToIntFunction<Content> sizeOf) {
        return unused();
    }

    @Override
    public Future<Ack.AckReply> ack(QueueDefinition queue, Ack command) {
        return unused();
    }

    @Override
    public Future<Shown> peek(QueueDefinition queue, int batchSize, ToIntFunction<Content> sizeOf) {
        return unused();
    }

    @Override
    public Future<List<Boolean>> purge(QueueDefinition queue, List<Long> seqs) {
        return unused();
    }

    private static <T> Future<T> unused() {
        return Future.failedFuture(new UnsupportedOperationException("the control plane does not ask this"));
    }
}
