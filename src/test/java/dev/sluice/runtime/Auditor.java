package dev.sluice.runtime;

import dev.sluice.queue.Content;
import dev.sluice.queue.LeaseId;
import dev.sluice.runtime.bus.QueueClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps a record of what was asked and answered, and says what must not be. Success and a definite refusal commit the queue; a
 * request whose answer was lost, or that found the queue unavailable, may have been carried out or not.
 */
final class Auditor {
    private record Place(long queue, long seq) {}

    private final SimulatedScheduler scheduler;
    private final Map<Long, AuditedMessage> messages = new HashMap<>();
    private final Map<Place, AuditedMessage> bySeq = new HashMap<>();
    private final long retentionMillis;
    /** When leases that were not synced may have been lost; one that was asked for before may be among them. */
    private long leasesLostMillis = Long.MIN_VALUE;

    /** Messages that were pushed before may be delivered before they are due. */
    private long duesInDoubtMillis = Long.MIN_VALUE;
    /** Whether no process dies and no store fails, so that exactly what was shown counts as an attempt. */
    private final boolean exact;

    /** {@code retentionMillis} is the shortest that any queue ever has. */
    Auditor(SimulatedScheduler scheduler, long retentionMillis, boolean exact) {
        this.scheduler = scheduler;
        this.exact = exact;
        this.retentionMillis = retentionMillis;
    }

    static void hold(boolean condition, String text, Object... arguments) {
        if (!condition) {
            throw new AssertionError(String.format(text, arguments));
        }
    }

    /** Power was lost, and with it leases that were not synced and every request under way. */
    void killed() {
        leasesLostMillis = scheduler.nowMillis();
        messages.values().forEach(message -> {
            for (long queue = 1; queue <= Simulation.QUEUES; queue++) {
                message.in(queue).retriesUnderWay = 0;
            }
        });
    }

    /** The store was opened again, and leases that were not synced may be lost; requests under way are still answered. */
    void openedAgain() {
        leasesLostMillis = scheduler.nowMillis();
    }

    /** A machine was started with a clock that is ahead: leases and delays of before may end early. */
    void timeMayBeAhead() {
        duesInDoubtMillis = scheduler.nowMillis();
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

    /** A request sent at that time was shown this. */
    AuditedMessage saw(long queue, long seq, Content content, long sentMillis) {
        AuditedMessage message = messages.get(content.idLow());
        hold(message != null, "queue %s shows %s, which was never pushed", queue, content.idLow());
        hold(message.matches(content), "queue %s shows another content of %s", queue, content.idLow());
        hold(!message.refused, "queue %s shows %s, whose push was refused", queue, content.idLow());
        hold(
                message.in(queue).goneMillis > sentMillis,
                "queue %s shows %s, gone since %s",
                queue,
                content.idLow(),
                message.in(queue).goneMillis);
        AuditedMessage before = bySeq.put(new Place(queue, seq), message);
        hold(before == null || before == message, "number %s of queue %s is two messages", seq, queue);
        return message;
    }

    /** A pull sent at that time got this. */
    void delivered(long queue, QueueClient.Delivery delivery, long sentMillis, long leaseMillis) {
        long seq = delivery.message().header().seq();
        AuditedMessage message = saw(queue, seq, delivery.message().content(), sentMillis);
        AuditedMessage.Stay stay = message.in(queue);
        long nowMillis = scheduler.nowMillis();
        if (queue == message.pushedTo && message.pushSentMillis > duesInDoubtMillis) {
            long dueMillis = message.pushSentMillis + message.message.delaySeconds() * 1000L;
            hold(nowMillis >= dueMillis, "queue %s delivers %s before it is due", queue, message.id());
        }
        if (stay.sentMillis > leasesLostMillis && stay.answeredMillis != Long.MIN_VALUE) {
            boolean overlap =
                    nowMillis < stay.sentMillis + stay.leaseMillis && stay.answeredMillis < sentMillis + leaseMillis;
            hold(stay.mayBeReleased() || !overlap, "queue %s leases %s twice", queue, message.id());
            hold(
                    sentMillis < stay.answeredMillis || delivery.delivery() > stay.delivery,
                    "queue %s delivers %s as delivery %s after %s",
                    queue,
                    message.id(),
                    delivery.delivery(),
                    stay.delivery);
        }
        hold(
                !exact || delivery.delivery() == stay.delivery + 1,
                "queue %s shows %s as delivery %s after %s",
                queue,
                message.id(),
                delivery.delivery(),
                stay.delivery);
        stay.delivery = delivery.delivery();
        stay.sentMillis = sentMillis;
        stay.answeredMillis = nowMillis;
        stay.leaseMillis = leaseMillis;
    }

    void retryAsked(long queue, LeaseId lease) {
        AuditedMessage.Stay stay = bySeq.get(new Place(queue, lease.seq())).in(queue);
        stay.retriesUnderWay++;
    }

    void retryAnswered(long queue, LeaseId lease) {
        AuditedMessage.Stay stay = bySeq.get(new Place(queue, lease.seq())).in(queue);
        stay.retriedMillis = scheduler.nowMillis();
        stay.retriesUnderWay--;
    }

    void removalAsked(long queue, long seq) {
        bySeq.get(new Place(queue, seq)).mayBeGone = true;
    }

    /**
     * An ack was answered. One that comes after the last lease ended is answered in the same way, although the message is on
     * its way to the dead letter queue, and so is one for a message that was deleted for its age, which is not synced; these
     * promise nothing.
     */
    void acked(long queue, LeaseId lease) {
        AuditedMessage message = bySeq.get(new Place(queue, lease.seq()));
        AuditedMessage.Stay stay = message.in(queue);
        boolean inTime = stay.sentMillis > leasesLostMillis
                && !stay.mayBeReleased()
                && scheduler.nowMillis() < stay.sentMillis + stay.leaseMillis;
        if (!mayBeTooOld(message) && (inTime || !Simulation.hasDeadLetterQueue(queue))) {
            removed(queue, lease.seq());
        }
    }

    private boolean mayBeTooOld(AuditedMessage message) {
        return scheduler.nowMillis() - message.pushSentMillis >= retentionMillis;
    }

    void removed(long queue, long seq) {
        AuditedMessage.Stay stay = bySeq.get(new Place(queue, seq)).in(queue);
        stay.goneMillis = Math.min(stay.goneMillis, scheduler.nowMillis());
    }

    /** Something is asked, or was answered or lost, that may take everything from a queue and from none behind it. */
    void allMayBeGone(long queue) {
        messages.values().stream()
                .filter(message -> Simulation.mayBeIn(message.pushedTo, queue))
                .forEach(message -> message.mayBeGone = true);
    }

    /** A purge that was sent at that time is done. */
    void purged(long queue, long sentMillis) {
        allMayBeGone(queue);
        messages.values().stream()
                .filter(message -> message.pushedTo == queue && message.storedMillis <= sentMillis)
                .forEach(message ->
                        message.in(queue).goneMillis = Math.min(message.in(queue).goneMillis, scheduler.nowMillis()));
    }

    /** In the end a message was found. */
    void found(AuditedMessage message) {
        message.found++;
        hold(message.found == 1, "message %s was found %s times", message.id(), message.found);
    }

    /** In the end everything that was found is known. */
    void checkNothingIsMissing() {
        for (AuditedMessage message : messages.values()) {
            boolean expected = message.storedMillis != Long.MAX_VALUE && !message.mayBeGone && !mayBeTooOld(message);
            hold(message.found == 1 || !expected, "message %s of queue %s is lost", message.id(), message.pushedTo);
        }
    }
}
