package dev.sluice.runtime;

import dev.sluice.queue.Content;
import dev.sluice.queue.LeaseId;
import dev.sluice.runtime.bus.QueueClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Records requests and results, and checks what must never happen. Success and a definite refusal are binding for the
 * queue. A request whose result was lost or was UNAVAILABLE may have been executed or not.
 */
final class Auditor {
    private record MessageLocation(long queue, long seq) {}

    private final SimulatedScheduler scheduler;
    private final Map<Long, AuditedMessage> messages = new HashMap<>();
    private final Map<MessageLocation, AuditedMessage> bySeq = new HashMap<>();
    private final long retentionMillis;
    /** Leases requested before this time may have been lost because they were not synced. */
    private long leasesLostMillis = Long.MIN_VALUE;

    /** Messages pushed before this time may be delivered before their delay ends. */
    private long delaysUncertainMillis = Long.MIN_VALUE;
    /**
     * Whether no process is killed and no store fails, so that every observed delivery counts as exactly one attempt.
     */
    private final boolean exact;

    /** @param retentionMillis the shortest retention that any queue has */
    Auditor(SimulatedScheduler scheduler, long retentionMillis, boolean exact) {
        this.scheduler = scheduler;
        this.exact = exact;
        this.retentionMillis = retentionMillis;
    }

    static void check(boolean condition, String text, Object... arguments) {
        if (!condition) {
            throw new AssertionError(String.format(text, arguments));
        }
    }

    /** Power loss: leases that were not synced and all requests in flight may be lost. */
    void killed() {
        leasesLostMillis = scheduler.nowMillis();
        messages.values().forEach(message -> {
            for (long queue = 1; queue <= Simulation.QUEUES; queue++) {
                message.in(queue).pendingRetries = 0;
            }
        });
    }

    /** The store was reopened. Leases that were not synced may be lost; requests in flight still get a result. */
    void reopened() {
        leasesLostMillis = scheduler.nowMillis();
    }

    /** The machine was started with a clock that is ahead, so earlier leases and delays may end early. */
    void clockMayBeAhead() {
        delaysUncertainMillis = scheduler.nowMillis();
    }

    void pushing(List<AuditedMessage> batch) {
        batch.forEach(message -> messages.put(message.id(), message));
    }

    void pushed(List<AuditedMessage> batch) {
        batch.forEach(message -> message.storedMillis = scheduler.nowMillis());
    }

    void refused(List<AuditedMessage> batch) {
        batch.forEach(message -> message.refused = true);
    }

    /** A request sent at that time returned this message. */
    AuditedMessage observed(long queue, long seq, Content content, long sentMillis) {
        AuditedMessage message = messages.get(content.idLow());
        check(message != null, "queue %s shows %s, which was never pushed", queue, content.idLow());
        check(message.matches(content), "queue %s shows another content of %s", queue, content.idLow());
        check(!message.refused, "queue %s shows %s, whose push was refused", queue, content.idLow());
        check(
                message.in(queue).removedMillis > sentMillis,
                "queue %s shows %s, gone since %s",
                queue,
                content.idLow(),
                message.in(queue).removedMillis);
        AuditedMessage before = bySeq.put(new MessageLocation(queue, seq), message);
        check(before == null || before == message, "number %s of queue %s is two messages", seq, queue);
        return message;
    }

    /** A pull sent at that time leased this message. */
    void delivered(long queue, QueueClient.Delivery delivery, long sentMillis, long leaseMillis) {
        long seq = delivery.message().header().seq();
        AuditedMessage message = observed(queue, seq, delivery.message().content(), sentMillis);
        AuditedMessage.QueueHistory history = message.in(queue);
        long nowMillis = scheduler.nowMillis();
        if (queue == message.pushedTo && message.pushSentMillis > delaysUncertainMillis) {
            long dueMillis = message.pushSentMillis + message.message.delaySeconds() * 1000L;
            check(nowMillis >= dueMillis, "queue %s delivers %s before it is due", queue, message.id());
        }
        if (history.sentMillis > leasesLostMillis && history.receivedMillis != Long.MIN_VALUE) {
            boolean overlap = nowMillis < history.sentMillis + history.leaseMillis
                    && history.receivedMillis < sentMillis + leaseMillis;
            check(history.mayBeReleased() || !overlap, "queue %s leases %s twice", queue, message.id());
            check(
                    sentMillis < history.receivedMillis || delivery.delivery() > history.delivery,
                    "queue %s delivers %s as delivery %s after %s",
                    queue,
                    message.id(),
                    delivery.delivery(),
                    history.delivery);
        }
        check(
                !exact || delivery.delivery() == history.delivery + 1,
                "queue %s shows %s as delivery %s after %s",
                queue,
                message.id(),
                delivery.delivery(),
                history.delivery);
        history.delivery = delivery.delivery();
        history.sentMillis = sentMillis;
        history.receivedMillis = nowMillis;
        history.leaseMillis = leaseMillis;
    }

    void retryRequested(long queue, LeaseId lease) {
        AuditedMessage.QueueHistory history =
                bySeq.get(new MessageLocation(queue, lease.seq())).in(queue);
        history.pendingRetries++;
    }

    void retryConfirmed(long queue, LeaseId lease) {
        AuditedMessage.QueueHistory history =
                bySeq.get(new MessageLocation(queue, lease.seq())).in(queue);
        history.retriedMillis = scheduler.nowMillis();
        history.pendingRetries--;
    }

    void removalRequested(long queue, long seq) {
        bySeq.get(new MessageLocation(queue, seq)).mayBeRemoved = true;
    }

    /**
     * An ack succeeded. An ack after the end of the last lease also succeeds, although the message is being
     * dead-lettered. So does an ack for an expired message, whose deletion is not synced. Neither proves that the
     * message was removed.
     */
    void acked(long queue, LeaseId lease) {
        AuditedMessage message = bySeq.get(new MessageLocation(queue, lease.seq()));
        AuditedMessage.QueueHistory history = message.in(queue);
        boolean inTime = history.sentMillis > leasesLostMillis
                && !history.mayBeReleased()
                && scheduler.nowMillis() < history.sentMillis + history.leaseMillis;
        if (!mayBeExpired(message) && (inTime || !Simulation.hasDeadLetterQueue(queue))) {
            removed(queue, lease.seq());
        }
    }

    private boolean mayBeExpired(AuditedMessage message) {
        return scheduler.nowMillis() - message.pushSentMillis >= retentionMillis;
    }

    void removed(long queue, long seq) {
        AuditedMessage.QueueHistory history =
                bySeq.get(new MessageLocation(queue, seq)).in(queue);
        history.removedMillis = Math.min(history.removedMillis, scheduler.nowMillis());
    }

    /**
     * A request was sent, succeeded or was lost that may remove everything from a queue and nothing from the queues
     * behind it.
     */
    void allMayBeRemoved(long queue) {
        messages.values().stream()
                .filter(message -> Simulation.canReach(message.pushedTo, queue))
                .forEach(message -> message.mayBeRemoved = true);
    }

    /** A purge sent at that time succeeded. */
    void purged(long queue, long sentMillis) {
        allMayBeRemoved(queue);
        messages.values().stream()
                .filter(message -> message.pushedTo == queue && message.storedMillis <= sentMillis)
                .forEach(message -> message.in(queue).removedMillis =
                        Math.min(message.in(queue).removedMillis, scheduler.nowMillis()));
    }

    /** The message was found at the end. */
    void found(AuditedMessage message) {
        message.found++;
        check(message.found == 1, "message %s was found %s times", message.id(), message.found);
    }

    /** At the end: every message that must still exist was found. */
    void checkNothingIsMissing() {
        for (AuditedMessage message : messages.values()) {
            boolean expected =
                    message.storedMillis != Long.MAX_VALUE && !message.mayBeRemoved && !mayBeExpired(message);
            check(message.found == 1 || !expected, "message %s of queue %s is lost", message.id(), message.pushedTo);
        }
    }
}
