package dev.sluice.powerloss;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Records when clients sent each message and its acknowledgement, and when they received the responses. Times are
 * microseconds since the epoch of the clock that strace uses. Safe for use from several threads.
 */
final class RequestLog {
    private static final long NEVER = Long.MAX_VALUE;

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    private static final class Entry {
        private volatile long sentMicros;
        private volatile long respondedMicros = NEVER;
        private volatile long ackSentMicros = NEVER;
        private volatile long ackRespondedMicros = NEVER;
    }

    /** The current time, rounded up: events that strace recorded before have an earlier time. */
    static long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Clock.systemUTC().instant()) + 1;
    }

    void pushSent(Collection<String> bodies) {
        for (String body : bodies) {
            Entry entry = new Entry();
            entry.sentMicros = nowMicros();
            entries.put(body, entry);
        }
    }

    void pushResponded(Collection<String> bodies) {
        long micros = nowMicros();
        bodies.forEach(body -> entries.get(body).respondedMicros = micros);
    }

    void ackSent(Collection<String> bodies) {
        long micros = nowMicros();
        bodies.forEach(body -> entries.get(body).ackSentMicros = micros);
    }

    void ackResponded(Collection<String> bodies) {
        long micros = nowMicros();
        bodies.forEach(body -> entries.get(body).ackRespondedMicros = micros);
    }

    /** The times at which a response arrived, in order. */
    List<Long> responseMicros() {
        List<Long> times = new ArrayList<>();
        entries.values().forEach(entry -> {
            times.add(entry.respondedMicros);
            times.add(entry.ackRespondedMicros);
        });
        return times.stream()
                .filter(micros -> micros != NEVER)
                .distinct()
                .sorted()
                .toList();
    }

    long pushesRespondedBy(long micros) {
        return entries.values().stream()
                .filter(entry -> entry.respondedMicros <= micros)
                .count();
    }

    long acksRespondedBy(long micros) {
        return entries.values().stream()
                .filter(entry -> entry.ackRespondedMicros <= micros)
                .count();
    }

    /**
     * Returns the violations in a store whose power failed at that time: data that it must not have, and data that it
     * must have and lacks. Empty if there are none.
     */
    List<String> violations(Set<String> stored, long micros) {
        List<String> violations = new ArrayList<>();
        entries.forEach((body, entry) -> {
            boolean isStored = stored.contains(body);
            String name = body.substring(0, Math.min(12, body.length()));
            if (!isStored && entry.respondedMicros <= micros && entry.ackSentMicros > micros) {
                violations.add("confirmed and lost: " + name);
            }
            if (isStored && entry.ackRespondedMicros <= micros) {
                violations.add("acknowledged and still stored: " + name);
            }
            if (isStored && entry.sentMicros > micros) {
                violations.add("stored before it was sent: " + name);
            }
        });
        stored.stream()
                .filter(body -> !entries.containsKey(body))
                .forEach(body -> violations.add("never sent: " + body.substring(0, Math.min(12, body.length()))));
        return violations;
    }
}
