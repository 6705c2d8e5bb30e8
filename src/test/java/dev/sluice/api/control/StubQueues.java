package dev.sluice.api.control;

import dev.sluice.queue.Ack;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.Content;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.TraceContext;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.delivery.PendingResponse;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Records its calls and returns predefined results. */
public final class StubQueues implements QueueClient {
    public final List<NewMessage> pushed = new ArrayList<>();
    public final List<String> asked = new ArrayList<>();
    public Future<BacklogStats> metrics = Future.succeededFuture(BacklogStats.EMPTY);
    public Future<Delivered> delivered =
            Future.succeededFuture(new Delivered(List.of(), BacklogStats.EMPTY, 0, PendingResponse.NONE));
    public List<Peeked> peeked = List.of();
    public PendingResponse pending = PendingResponse.NONE;
    public Ack ack;
    public Ack.AckReply ackReply;
    public List<Boolean> purged = List.of();

    @Override
    public Future<BacklogStats> push(QueueDefinition queue, List<NewMessage> messages, TraceContext span) {
        asked.add("push " + queue.number());
        pushed.addAll(messages);
        return metrics;
    }

    @Override
    public Future<Delivered> pull(
            QueueDefinition queue, int batchSize, int visibilityTimeoutMillis, ToIntFunction<Content> sizeOf) {
        asked.add("pull " + queue.number() + ' ' + batchSize + ' ' + visibilityTimeoutMillis);
        return delivered;
    }

    @Override
    public Future<Ack.AckReply> ack(QueueDefinition queue, Ack command) {
        asked.add("ack " + queue.number());
        ack = command;
        return Future.succeededFuture(ackReply);
    }

    @Override
    public Future<Shown> peek(QueueDefinition queue, int batchSize, ToIntFunction<Content> sizeOf) {
        asked.add("peek " + queue.number() + ' ' + batchSize);
        return Future.succeededFuture(new Shown(peeked, 0, pending));
    }

    @Override
    public Future<List<Boolean>> purge(QueueDefinition queue, List<Long> seqs) {
        asked.add("purge " + queue.number() + ' ' + seqs);
        return Future.succeededFuture(purged);
    }

    @Override
    public Future<Long> purge(QueueDefinition queue) {
        throw new UnsupportedOperationException("not asked by message operations");
    }

    @Override
    public Future<Long> lastPurge(QueueDefinition queue) {
        throw new UnsupportedOperationException("not asked by message operations");
    }

    @Override
    public Future<BacklogStats> metrics(QueueDefinition queue) {
        throw new UnsupportedOperationException("not asked by message operations");
    }
}
