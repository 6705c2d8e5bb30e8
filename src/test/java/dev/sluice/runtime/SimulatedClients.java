package dev.sluice.runtime;

import static dev.sluice.runtime.Auditor.hold;

import dev.sluice.queue.Ack;
import dev.sluice.queue.BacklogStats;
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

/** What the outside world asks of the queues, and what it tells the auditor. */
final class SimulatedClients {
    private static final int LEASE_MILLIS_MAX = 30_000;
    private static final int PATIENCE_MILLIS = 20_000;
    /** A client may take an answer so slowly that it is handed to the connection as late as that. */
    private static final int REPORT_MILLIS_MAX = 60_000;

    private final SimulatedScheduler scheduler;
    private final Random random;
    private final Auditor auditor;
    private final boolean failing;
    private final Map<Long, List<LeaseId>> leases = new HashMap<>();
    /** Requests without an answer, and what to do if there will be none. */
    private final Map<Object, Runnable> unanswered = new LinkedHashMap<>();

    private long lastId;

    /** Nothing is ever unavailable unless {@code failing}. */
    SimulatedClients(SimulatedScheduler scheduler, Auditor auditor, boolean failing) {
        this.failing = failing;
        this.scheduler = scheduler;
        this.random = scheduler.random();
        this.auditor = auditor;
    }

    /** Asks something of a queue. */
    void ask(SimulatedProcess process, long queue) {
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
            send(process, queue, new QueueRequest.Execute<>(new ReadMetrics()), answer -> {}, why -> {}, () -> {});
        }
    }

    private void send(
            SimulatedProcess process,
            long queue,
            QueueRequest<?> request,
            Consumer<Object> onAnswer,
            Consumer<QueueException> onRefusal,
            Runnable onSilence) {
        Object ticket = new Object();
        unanswered.put(ticket, onSilence);
        process.send(queue, request, new ReplyHandler<>() {
            @Override
            public void succeed(Object answer) {
                hold(unanswered.remove(ticket) != null, "%s was answered twice", request);
                onAnswer.accept(answer);
            }

            @Override
            public void fail(QueueException why) {
                hold(unanswered.remove(ticket) != null, "%s was answered twice", request);
                hold(why.error() != QueueError.INTERNAL, "%s failed", request);
                hold(failing || why.error() != QueueError.UNAVAILABLE, "%s was refused without need", request);
                onRefusal.accept(why);
            }
        });
    }

    /** No answer comes any more. */
    void killed() {
        unanswered.values().forEach(Runnable::run);
        unanswered.clear();
    }

    void checkAllAreAnswered() {
        hold(unanswered.isEmpty(), "%s requests were never answered", unanswered.size());
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
                answer -> auditor.pushed(batch),
                why -> {
                    if (why.error() != QueueError.UNAVAILABLE) {
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
                answer -> {
                    QueueClient.Delivered batch = (QueueClient.Delivered) answer;
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
                why -> {},
                () -> {});
    }

    private List<LeaseId> leasesOf(long queue) {
        return leases.computeIfAbsent(queue, number -> new ArrayList<>());
    }

    /** Mostly one of the last leases. */
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
        acks.forEach(lease -> auditor.removalAsked(queue, lease.seq()));
        retries.forEach(retry -> auditor.retryAsked(queue, retry.lease()));
        Runnable ended = () -> retries.forEach(retry -> auditor.retryAnswered(queue, retry.lease()));
        send(
                process,
                queue,
                new QueueRequest.Execute<>(new Ack(acks, retries)),
                answer -> {
                    ended.run();
                    acks.forEach(lease -> auditor.acked(queue, lease));
                },
                why -> ended.run(),
                () -> {});
    }

    private void peek(SimulatedProcess process, long queue) {
        long sentMillis = scheduler.nowMillis();
        send(
                process,
                queue,
                new QueueRequest.Show(1 + random.nextInt(6), SimulatedClients::bytesOf, unbounded()),
                answer -> {
                    for (QueueClient.Peeked peeked : ((QueueClient.Shown) answer).messages()) {
                        auditor.saw(
                                queue,
                                peeked.message().header().seq(),
                                peeked.message().content(),
                                sentMillis);
                    }
                },
                why -> {},
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
        seqs.forEach(seq -> auditor.removalAsked(queue, seq));
        send(
                process,
                queue,
                new QueueRequest.Execute<>(new PurgeRefs(seqs)),
                answer -> {
                    for (int i = 0; i < seqs.size(); i++) {
                        if ((Boolean) ((List<?>) answer).get(i)) {
                            auditor.removed(queue, seqs.get(i));
                        }
                    }
                },
                why -> {},
                () -> {});
    }

    private void purge(SimulatedProcess process, long queue) {
        long sentMillis = scheduler.nowMillis();
        auditor.allMayBeGone(queue);
        send(
                process,
                queue,
                new QueueRequest.Execute<>(new Purge()),
                answer -> auditor.purged(queue, sentMillis),
                why -> auditor.allMayBeGone(queue),
                () -> auditor.allMayBeGone(queue));
    }

    private static QueueRequest.Deliver deliver(int batchSize, int leaseMillis) {
        return new QueueRequest.Deliver(
                batchSize, leaseMillis, ConsumerType.HTTP_PULL, SimulatedClients::bytesOf, unbounded());
    }

    private static int bytesOf(Content content) {
        return 1 + content.body().length;
    }

    /** The answer to a request in calm times. */
    private static DeliveryBudget.Reservation unbounded() {
        return new DeliveryBudget.Reservation(new DeliveryBudget(Long.MAX_VALUE));
    }

    private Object answer(SimulatedProcess process, long queue, QueueRequest<?> request) {
        AtomicReference<Object> got = new AtomicReference<>();
        send(process, queue, request, got::set, why -> got.set(why), () -> {});
        scheduler.run(PATIENCE_MILLIS);
        hold(got.get() != null && !(got.get() instanceof QueueException), "%s got %s", request, got.get());
        return got.get();
    }

    BacklogStats metrics(SimulatedProcess process, long queue) {
        return (BacklogStats) answer(process, queue, new QueueRequest.Execute<>(new ReadMetrics()));
    }

    /** Takes everything out of a queue; answers what there was. */
    BacklogStats drain(SimulatedProcess process, long queue) {
        long count = 0;
        long bytes = 0;
        while (true) {
            long sentMillis = scheduler.nowMillis();
            int leaseMillis = 10 * PATIENCE_MILLIS;
            QueueClient.Delivered batch = (QueueClient.Delivered) answer(process, queue, deliver(100, leaseMillis));
            batch.pending().sent();
            if (batch.deliveries().isEmpty()) {
                return new BacklogStats(count, bytes, 0);
            }
            List<LeaseId> acks = new ArrayList<>();
            for (QueueClient.Delivery delivery : batch.deliveries()) {
                auditor.delivered(queue, delivery, sentMillis, leaseMillis);
                long seq = delivery.message().header().seq();
                auditor.found(auditor.saw(queue, seq, delivery.message().content(), sentMillis));
                acks.add(new LeaseId(seq, delivery.delivery()));
                count++;
                bytes += delivery.message().content().body().length;
            }
            Ack.AckReply settled =
                    (Ack.AckReply) answer(process, queue, new QueueRequest.Execute<>(new Ack(acks, List.of())));
            hold(settled.ackCount() == acks.size(), "%s of %s acks", settled.ackCount(), acks.size());
        }
    }
}
