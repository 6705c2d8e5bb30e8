package dev.sluice.runtime;

import static dev.sluice.runtime.Auditor.check;

import dev.sluice.queue.Ack;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Content;
import dev.sluice.queue.LeaseId;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.Purge;
import dev.sluice.queue.PurgeRefs;
import dev.sluice.queue.Push;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.ReadMetrics;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.runtime.bus.ReplyHandler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The clients of the simulated queues. They report to the auditor. */
final class SimulatedClients {
    private static final int LEASE_MILLIS_MAX = 30_000;
    private static final int TIMEOUT_MILLIS = 20_000;
    /** A slow client may delay the report of a response until then. */
    private static final int REPORT_MILLIS_MAX = 60_000;

    private final SimulatedScheduler scheduler;
    private final Random random;
    private final Auditor auditor;
    private final boolean storeFails;
    private final Map<Long, List<LeaseId>> leases = new HashMap<>();
    /** Requests without a result, and the action if the result is lost. */
    private final Map<Object, Runnable> pending = new LinkedHashMap<>();

    private long lastId;

    /** @param storeFails whether requests may fail with UNAVAILABLE */
    SimulatedClients(SimulatedScheduler scheduler, Auditor auditor, boolean storeFails) {
        this.storeFails = storeFails;
        this.scheduler = scheduler;
        this.random = scheduler.random();
        this.auditor = auditor;
    }

    /** Sends a random request to a queue. */
    void sendRequest(SimulatedProcess process, long queue) {
        int choice = random.nextInt(100);
        if (choice < 35) {
            push(process, queue);
        } else if (choice < 60) {
            pull(process, queue);
        } else if (choice < 85) {
            ack(process, queue);
        } else if (choice < 91) {
            peek(process, queue);
        } else if (choice < 95) {
            purgeRefs(process, queue);
        } else if (choice < 96) {
            purge(process, queue);
        } else {
            send(process, queue, new QueueRequest.Execute<>(new ReadMetrics()), result -> {}, error -> {}, () -> {});
        }
    }

    private void send(
            SimulatedProcess process,
            long queue,
            QueueRequest<?> request,
            Consumer<Object> onResult,
            Consumer<QueueException> onRefusal,
            Runnable onLost) {
        Object key = new Object();
        pending.put(key, onLost);
        process.send(queue, request, new ReplyHandler<>() {
            @Override
            public void succeed(Object result) {
                check(pending.remove(key) != null, "%s has two results", request);
                onResult.accept(result);
            }

            @Override
            public void fail(QueueException error) {
                check(pending.remove(key) != null, "%s has two results", request);
                check(error.error() != QueueError.INTERNAL, "%s failed", request);
                check(storeFails || error.error() != QueueError.UNAVAILABLE, "%s was refused without need", request);
                onRefusal.accept(error);
            }
        });
    }

    /** The results of all requests in flight are lost. */
    void killed() {
        pending.values().forEach(Runnable::run);
        pending.clear();
    }

    void checkNoRequestIsPending() {
        check(pending.isEmpty(), "%s requests are still pending", pending.size());
    }

    private void push(SimulatedProcess process, long queue) {
        List<AuditedMessage> batch = new ArrayList<>();
        for (int i = random.nextInt(3) == 0 ? 1 + random.nextInt(8) : 1; i > 0; i--) {
            int delaySeconds =
                    switch (random.nextInt(4)) {
                        case 0 -> random.nextInt(20);
                        case 1 -> 0;
                        default -> NewMessage.DELAY_UNSET;
                    };
            batch.add(new AuditedMessage(++lastId, queue, delaySeconds, random, scheduler.nowMillis()));
        }
        auditor.pushing(batch);
        Push push = new Push(batch.stream().map(message -> message.message).toList());
        send(
                process,
                queue,
                new QueueRequest.Execute<>(push),
                result -> auditor.pushed(batch),
                error -> {
                    if (error.error() != QueueError.UNAVAILABLE) {
                        auditor.refused(batch);
                    }
                },
                () -> {});
    }

    private void pull(SimulatedProcess process, long queue) {
        int leaseMillis = 1 + random.nextInt(random.nextBoolean() ? 100 : LEASE_MILLIS_MAX);
        long sentMillis = scheduler.nowMillis();
        boolean goesAway = random.nextInt(4) == 0;
        int reportMillisMax = random.nextInt(4) == 0 ? REPORT_MILLIS_MAX : 0;
        send(
                process,
                queue,
                deliver(1 + random.nextInt(6), leaseMillis),
                result -> {
                    QueueClient.Delivered batch = (QueueClient.Delivered) result;
                    if (goesAway) {
                        scheduler.soon(reportMillisMax, batch.pending()::unsent);
                        return;
                    }
                    batch.deliveries().forEach(delivery -> {
                        auditor.delivered(queue, delivery, sentMillis, leaseMillis);
                        leasesOf(queue)
                                .add(new LeaseId(delivery.message().header().seq(), delivery.delivery()));
                    });
                    scheduler.soon(reportMillisMax, batch.pending()::sent);
                },
                error -> {},
                () -> {});
    }

    private List<LeaseId> leasesOf(long queue) {
        return leases.computeIfAbsent(queue, number -> new ArrayList<>());
    }

    /** Usually one of the last leases. */
    private LeaseId lease(long queue) {
        List<LeaseId> known = leasesOf(queue);
        int recent = random.nextInt(4) == 0 ? known.size() : Math.min(known.size(), 8);
        return known.get(known.size() - 1 - random.nextInt(recent));
    }

    private void ack(SimulatedProcess process, long queue) {
        if (leasesOf(queue).isEmpty()) {
            return;
        }
        List<LeaseId> acks = new ArrayList<>();
        List<Ack.Retry> retries = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            acks.add(lease(queue));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            retries.add(new Ack.Retry(lease(queue), random.nextInt(4) == 0 ? random.nextInt(10) : -1));
        }
        acks.forEach(lease -> auditor.removalRequested(queue, lease.seq()));
        retries.forEach(retry -> auditor.retryRequested(queue, retry.lease()));
        Runnable ended = () -> retries.forEach(retry -> auditor.retryConfirmed(queue, retry.lease()));
        send(
                process,
                queue,
                new QueueRequest.Execute<>(new Ack(acks, retries)),
                result -> {
                    ended.run();
                    acks.forEach(lease -> auditor.acked(queue, lease));
                },
                error -> ended.run(),
                () -> {});
    }

    private void peek(SimulatedProcess process, long queue) {
        long sentMillis = scheduler.nowMillis();
        send(
                process,
                queue,
                new QueueRequest.PeekContents(1 + random.nextInt(6), SimulatedClients::bytesOf, unbounded()),
                result -> {
                    for (QueueClient.Peeked peeked : ((QueueClient.Shown) result).messages()) {
                        auditor.observed(
                                queue,
                                peeked.message().header().seq(),
                                peeked.message().content(),
                                sentMillis);
                    }
                },
                error -> {},
                () -> {});
    }

    private void purgeRefs(SimulatedProcess process, long queue) {
        if (leasesOf(queue).isEmpty()) {
            return;
        }
        List<Long> seqs = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            seqs.add(lease(queue).seq());
        }
        seqs.forEach(seq -> auditor.removalRequested(queue, seq));
        send(
                process,
                queue,
                new QueueRequest.Execute<>(new PurgeRefs(seqs)),
                result -> {
                    for (int i = 0; i < seqs.size(); i++) {
                        if ((Boolean) ((List<?>) result).get(i)) {
                            auditor.removed(queue, seqs.get(i));
                        }
                    }
                },
                error -> {},
                () -> {});
    }

    private void purge(SimulatedProcess process, long queue) {
        long sentMillis = scheduler.nowMillis();
        auditor.allMayBeRemoved(queue);
        send(
                process,
                queue,
                new QueueRequest.Execute<>(new Purge()),
                result -> auditor.purged(queue, sentMillis),
                error -> auditor.allMayBeRemoved(queue),
                () -> auditor.allMayBeRemoved(queue));
    }

    private static QueueRequest.Deliver deliver(int batchSize, int leaseMillis) {
        return new QueueRequest.Deliver(
                batchSize, leaseMillis, ConsumerType.HTTP_PULL, SimulatedClients::bytesOf, unbounded());
    }

    private static int bytesOf(Content content) {
        return 1 + content.body().length;
    }

    /** A reservation without a limit. */
    private static ByteBudget.Reservation unbounded() {
        return new ByteBudget.Reservation(ByteBudget.unbounded());
    }

    private Object result(SimulatedProcess process, long queue, QueueRequest<?> request) {
        AtomicReference<Object> received = new AtomicReference<>();
        send(process, queue, request, received::set, error -> received.set(error), () -> {});
        scheduler.run(TIMEOUT_MILLIS);
        check(
                received.get() != null && !(received.get() instanceof QueueException),
                "%s got %s",
                request,
                received.get());
        return received.get();
    }

    BacklogStats metrics(SimulatedProcess process, long queue) {
        return (BacklogStats) result(process, queue, new QueueRequest.Execute<>(new ReadMetrics()));
    }

    /** Removes everything from a queue and returns what was there. */
    BacklogStats drain(SimulatedProcess process, long queue) {
        long count = 0;
        long bytes = 0;
        while (true) {
            long sentMillis = scheduler.nowMillis();
            int leaseMillis = 10 * TIMEOUT_MILLIS;
            QueueClient.Delivered batch = (QueueClient.Delivered) result(process, queue, deliver(100, leaseMillis));
            batch.pending().sent();
            if (batch.deliveries().isEmpty()) {
                return new BacklogStats(count, bytes, 0);
            }
            List<LeaseId> acks = new ArrayList<>();
            for (QueueClient.Delivery delivery : batch.deliveries()) {
                auditor.delivered(queue, delivery, sentMillis, leaseMillis);
                long seq = delivery.message().header().seq();
                auditor.found(auditor.observed(queue, seq, delivery.message().content(), sentMillis));
                acks.add(new LeaseId(seq, delivery.delivery()));
                count++;
                bytes += delivery.message().content().body().length;
            }
            Ack.AckReply reply =
                    (Ack.AckReply) result(process, queue, new QueueRequest.Execute<>(new Ack(acks, List.of())));
            check(reply.ackCount() == acks.size(), "%s of %s acks", reply.ackCount(), acks.size());
        }
    }
}
