package dev.sluice.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A queue as docs/api.md describes it, without regard to speed: a list that is searched from end to end. Written from
 * the specification only, so that it differs from {@link QueueState} where one of them is wrong.
 */
final class NaiveQueue {
    enum Place {
        ARRIVAL,
        SCHEDULED,
        LEASED,
        /** To be moved to the dead letter queue and still stored in this queue. */
        DEAD_LETTERING,
        /** Stored in the dead letter queue and still counted in this queue. */
        MOVED
    }

    static final class Message {
        long seq;
        long id;
        long timestampMillis;
        long storedAtMillis;
        int bytes;
        Place place;
        int deliveries;
        /** From when it may be delivered, for arrivals and scheduled messages. */
        long availableAtMillis;
        /** For leased messages. */
        long leaseEndMillis;
    }

    final List<Message> messages = new ArrayList<>();
    QueueSettings settings;
    Consumer consumer;
    long nextSeq = 1;
    long purgedAtMillis;
    private long storedAtMillis;

    Message message(long seq) {
        return messages.stream()
                .filter(message -> message.seq == seq)
                .findFirst()
                .orElse(null);
    }

    long bytes() {
        return messages.stream().mapToLong(message -> message.bytes).sum();
    }

    BacklogStats metrics() {
        long oldest = messages.stream()
                .mapToLong(message -> message.timestampMillis)
                .min()
                .orElse(0);
        return new BacklogStats(messages.size(), bytes(), oldest);
    }

    long deadlineMillis() {
        return messages.stream()
                .mapToLong(message -> switch (message.place) {
                    case ARRIVAL, SCHEDULED -> message.storedAtMillis + settings.retentionSeconds() * 1000L;
                    case LEASED -> message.leaseEndMillis;
                    case DEAD_LETTERING, MOVED -> Long.MAX_VALUE;
                })
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /**
     * Returns the next time at which a message becomes available or the queue has work; {@code nowMillis} if there is
     * none.
     */
    long nextMillis(long nowMillis) {
        long available = messages.stream()
                .filter(message -> message.place == Place.SCHEDULED && message.availableAtMillis > nowMillis)
                .mapToLong(message -> message.availableAtMillis)
                .min()
                .orElse(Long.MAX_VALUE);
        long next = Math.min(available, deadlineMillis());
        return next == Long.MAX_VALUE ? nowMillis : Math.max(nowMillis, next);
    }

    List<Message> in(Place place) {
        return messages.stream().filter(message -> message.place == place).toList();
    }

    Message store(long id, int bytes, long timestampMillis, long nowMillis) {
        storedAtMillis = Math.max(nowMillis, storedAtMillis);
        Message message = new Message();
        message.seq = nextSeq++;
        message.id = id;
        message.bytes = bytes;
        message.place = Place.ARRIVAL;
        message.timestampMillis = timestampMillis < 0 ? storedAtMillis : timestampMillis;
        storedAtMillis = Math.max(storedAtMillis, message.timestampMillis);
        message.storedAtMillis = storedAtMillis;
        message.availableAtMillis = storedAtMillis;
        messages.add(message);
        return message;
    }

    void push(long id, int bytes, int delaySeconds, long nowMillis) {
        Message message = store(id, bytes, -1, nowMillis);
        int delay = delaySeconds < 0 ? settings.deliveryDelaySeconds() : delaySeconds;
        if (delay > 0) {
            message.place = Place.SCHEDULED;
            message.availableAtMillis += delay * 1000L;
        }
    }

    /**
     * Stores a dead letter. On a repeated move in a cycle it waits as long as it is old, within bounds, and it expires
     * at the retention since its publication.
     */
    void accept(long id, int bytes, long timestampMillis, boolean repeated, long nowMillis) {
        Message message = store(id, bytes, timestampMillis, nowMillis);
        if (repeated && nowMillis - timestampMillis >= settings.retentionSeconds() * 1000L) {
            messages.remove(message);
        } else if (repeated) {
            long ageMillis = message.storedAtMillis - timestampMillis;
            message.place = Place.SCHEDULED;
            message.availableAtMillis += Math.max(1_000, Math.min(ageMillis, 3_600_000));
        }
    }

    private boolean isPastRetention(Message message, long nowMillis) {
        return nowMillis - message.storedAtMillis >= settings.retentionSeconds() * 1000L;
    }

    void expire(long nowMillis) {
        for (Message message : List.copyOf(messages)) {
            if (message.place == Place.LEASED && message.leaseEndMillis <= nowMillis) {
                long delay = consumer == null ? 0 : consumer.settings().retryDelaySeconds() * 1000L;
                fail(message, message.leaseEndMillis + delay, nowMillis);
            }
            if ((message.place == Place.ARRIVAL || message.place == Place.SCHEDULED)
                    && isPastRetention(message, nowMillis)) {
                messages.remove(message);
            }
        }
    }

    private void fail(Message message, long availableAtMillis, long nowMillis) {
        if (isPastRetention(message, nowMillis)) {
            messages.remove(message);
        } else if (consumer != null && message.deliveries >= consumer.settings().maxRetries() + 1) {
            if (consumer.deadLetterQueue().isEmpty()) {
                messages.remove(message);
            } else {
                message.place = Place.DEAD_LETTERING;
            }
        } else {
            message.place = Place.SCHEDULED;
            message.availableAtMillis = availableAtMillis;
        }
    }

    /** Returns what could be delivered now, in order. */
    List<Message> ready(long nowMillis) {
        return messages.stream()
                .filter(message -> message.place == Place.ARRIVAL
                        || message.place == Place.SCHEDULED && message.availableAtMillis <= nowMillis)
                .sorted(Comparator.<Message>comparingLong(message -> message.availableAtMillis)
                        .thenComparingLong(message -> message.seq))
                .toList();
    }

    void lease(Message message, long endMillis) {
        message.place = Place.LEASED;
        message.deliveries++;
        message.leaseEndMillis = endMillis;
    }

    /** Undoes a lease that was not sent to a consumer. */
    boolean release(Release.Unsent unsent, long nowMillis) {
        Message message = message(unsent.lease().seq());
        boolean current = message != null
                && message.place == Place.LEASED
                && message.deliveries == unsent.lease().delivery();
        if (current && isPastRetention(message, nowMillis)) {
            messages.remove(message);
        } else if (current) {
            message.place = Place.SCHEDULED;
            message.deliveries--;
            message.availableAtMillis = Math.min(message.availableAtMillis, nowMillis);
        }
        return current;
    }

    Ack.AckReply ack(Ack ack, long nowMillis) {
        Set<LeaseId> seen = new HashSet<>();
        int acked = 0;
        int retried = 0;
        List<Ack.Warning> ackWarnings = new ArrayList<>();
        List<Ack.Warning> retryWarnings = new ArrayList<>();
        for (LeaseId token : ack.acks()) {
            Ack.Warning warning = null;
            if (token.seq() >= nextSeq) {
                warning = Ack.Warning.UNKNOWN;
            } else if (!seen.add(token)) {
                warning = Ack.Warning.DUPLICATE;
            } else {
                acked++;
                messages.removeIf(message -> message.seq == token.seq()
                        && message.place != Place.DEAD_LETTERING
                        && message.place != Place.MOVED);
            }
            ackWarnings.add(warning);
        }
        for (Ack.Retry retry : ack.retries()) {
            Ack.Warning warning;
            if (retry.lease().seq() >= nextSeq) {
                warning = Ack.Warning.UNKNOWN;
            } else if (!seen.add(retry.lease())) {
                warning = Ack.Warning.DUPLICATE;
            } else {
                warning = retry(retry, nowMillis);
                retried += warning == null ? 1 : 0;
            }
            retryWarnings.add(warning);
        }
        return new Ack.AckReply(acked, retried, ackWarnings, retryWarnings);
    }

    private Ack.Warning retry(Ack.Retry retry, long nowMillis) {
        Message message = message(retry.lease().seq());
        if (message == null || message.place == Place.DEAD_LETTERING || message.place == Place.MOVED) {
            return Ack.Warning.GONE;
        }
        long delay = retry.delaySeconds() >= 0
                ? retry.delaySeconds()
                : consumer == null ? 0 : consumer.settings().retryDelaySeconds();
        if (message.place == Place.LEASED) {
            if (retry.lease().delivery() < message.deliveries) {
                return Ack.Warning.SUPERSEDED;
            }
            fail(message, nowMillis + delay * 1000L, nowMillis);
        } else if (message.place == Place.SCHEDULED) {
            message.availableAtMillis = nowMillis + delay * 1000L;
        }
        return null;
    }

    boolean purge(long seq) {
        return messages.removeIf(
                message -> message.seq == seq && message.place != Place.DEAD_LETTERING && message.place != Place.MOVED);
    }

    void purge(List<Message> all, long nowMillis) {
        messages.removeAll(all);
        purgedAtMillis = nowMillis;
    }
}
