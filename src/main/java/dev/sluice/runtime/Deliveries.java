package dev.sluice.runtime;

import dev.sluice.queue.Content;
import dev.sluice.queue.Lease;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.Peek;
import dev.sluice.queue.Pull;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoredContent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds contents to what pulls leased and peeks saw: from memory where it has them, otherwise from the store, once everything
 * decided is stored. Owned by the turns of one queue.
 */
final class Deliveries {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

    private final long queueNumber;
    private final QueueStore store;
    private final Turns turns;
    private final CommitPipeline pipeline;
    private final Contents contents;

    Deliveries(long queueNumber, QueueStore store, Turns turns, CommitPipeline pipeline, Contents contents) {
        this.queueNumber = queueNumber;
        this.store = store;
        this.turns = turns;
        this.pipeline = pipeline;
        this.contents = contents;
    }

    /** Answers a pull. A delivered message is not expected back, so memory lets its content go. */
    void deliver(Pull.Reply pulled, TransitMemory.Hold hold, Reply<? super QueueClient.Delivered> reply) {
        Map<Long, Content> known = new HashMap<>();
        List<MessageHeader> headers = new ArrayList<>(pulled.leases().size());
        for (Lease lease : pulled.leases()) {
            headers.add(lease.header());
            note(known, lease.header(), contents.take(lease.header().seq()));
        }
        hold.take(bytesOf(headers));
        withContents(headers, known, reply, found -> {
            List<QueueClient.Delivery> deliveries = new ArrayList<>(headers.size());
            for (Lease lease : pulled.leases()) {
                Content content = found.get(lease.header().seq());
                if (content != null) {
                    deliveries.add(
                            new QueueClient.Delivery(new StoredContent(lease.header(), content), lease.delivery()));
                }
            }
            reply.succeed(new QueueClient.Delivered(deliveries, pulled.metrics()));
        });
    }

    /** Answers a peek. */
    void show(List<Peek.Shown> shown, TransitMemory.Hold hold, Reply<? super List<QueueClient.Peeked>> reply) {
        Map<Long, Content> known = new HashMap<>();
        List<MessageHeader> headers = new ArrayList<>(shown.size());
        for (Peek.Shown message : shown) {
            headers.add(message.header());
            note(known, message.header(), contents.get(message.header().seq()));
        }
        hold.take(bytesOf(headers));
        withContents(headers, known, reply, found -> {
            List<QueueClient.Peeked> peeked = new ArrayList<>(headers.size());
            for (Peek.Shown message : shown) {
                Content content = found.get(message.header().seq());
                if (content != null) {
                    peeked.add(
                            new QueueClient.Peeked(new StoredContent(message.header(), content), message.deliveries()));
                }
            }
            reply.succeed(peeked);
        });
    }

    private static long bytesOf(List<MessageHeader> headers) {
        long bytes = 0;
        for (MessageHeader header : headers) {
            bytes += header.bodyBytes();
        }
        return bytes;
    }

    private static void note(Map<Long, Content> known, MessageHeader header, Content content) {
        if (content != null) {
            known.put(header.seq(), content);
        }
    }

    private void withContents(
            List<MessageHeader> headers, Map<Long, Content> known, Reply<?> reply, Consumer<Map<Long, Content>> then) {
        pipeline.afterStored(
                () -> {
                    List<MessageHeader> missing = headers.stream()
                            .filter(header -> !known.containsKey(header.seq()))
                            .toList();
                    if (missing.isEmpty()) {
                        then.accept(known);
                    } else {
                        read(missing, known, reply, then);
                    }
                },
                reply::fail);
    }

    private void read(
            List<MessageHeader> missing, Map<Long, Content> known, Reply<?> reply, Consumer<Map<Long, Content>> then) {
        store.readContents(queueNumber, missing)
                .whenComplete((rows, failure) -> turns.next(() -> {
                    if (failure != null) {
                        LOG.error("queue {}: reading contents failed", queueNumber, failure);
                        reply.fail(new QueueException(QueueError.UNAVAILABLE));
                        return;
                    }
                    rows.forEach(row -> known.put(row.header().seq(), row.content()));
                    then.accept(known);
                }));
    }
}
