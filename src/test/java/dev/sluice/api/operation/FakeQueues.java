package dev.sluice.api.operation;

import dev.sluice.queue.Ack;
import dev.sluice.queue.Content;
import dev.sluice.queue.Metrics;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.PendingAnswer;
import dev.sluice.runtime.QueueClient;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Remembers what it is asked and answers what it was told to. */
final class FakeQueues implements QueueClient {
    final List<NewMessage> pushed = new ArrayList<>();
    final List<String> asked = new ArrayList<>();
    Future<Metrics> metrics = Future.succeededFuture(Metrics.EMPTY);
    Future<Delivered> delivered =
            Future.succeededFuture(new Delivered(List.of(), Metrics.EMPTY, 0, PendingAnswer.NONE));
    List<Peeked> peeked = List.of();
    PendingAnswer pending = PendingAnswer.NONE;
    Ack ack;
    Ack.Reply ackReply;
    List<Boolean> purged = List.of();

    @Override
    public Future<Metrics> push(QueueDefinition queue, List<NewMessage> messages) {
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
    public Future<Ack.Reply> ack(QueueDefinition queue, Ack command) {
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
    public Future<Metrics> metrics(QueueDefinition queue) {
        throw new UnsupportedOperationException("not asked by message operations");
    }
}
