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
 * When clients sent a message and its acknowledgement, and when they had the answers. Times are microseconds since the epoch, of the
 * clock that strace uses. Safe for use from several threads.
 */
final class Ledger {
    private static final long NEVER = Long.MAX_VALUE;

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    private static final class Entry {
        private volatile long sentMicros;
        private volatile long answeredMicros = NEVER;
        private volatile long ackSentMicros = NEVER;
        private volatile long ackAnsweredMicros = NEVER;
    }

    /** Now, rounded up: what strace saw before has an earlier time. */
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

    void pushAnswered(Collection<String> bodies) {
        long micros = nowMicros();
        bodies.forEach(body -> entries.get(body).answeredMicros = micros);
    }

    void ackSent(Collection<String> bodies) {
        long micros = nowMicros();
        bodies.forEach(body -> entries.get(body).ackSentMicros = micros);
    }

    void ackAnswered(Collection<String> bodies) {
        long micros = nowMicros();
        bodies.forEach(body -> entries.get(body).ackAnsweredMicros = micros);
    }

    /** The moments at which an answer arrived, in order. */
    List<Long> answers() {
        List<Long> moments = new ArrayList<>();
        entries.values().forEach(entry -> {
            moments.add(entry.answeredMicros);
            moments.add(entry.ackAnsweredMicros);
        });
        return moments.stream()
                .filter(micros -> micros != NEVER)
                .distinct()
                .sorted()
                .toList();
    }

    long pushesAnsweredBy(long micros) {
        return entries.values().stream()
                .filter(entry -> entry.answeredMicros <= micros)
                .count();
    }

    long acksAnsweredBy(long micros) {
        return entries.values().stream()
                .filter(entry -> entry.ackAnsweredMicros <= micros)
                .count();
    }

    /** What a store that was cut off at that moment must not have, or must have and has not; empty if all is well. */
    List<String> wrongs(Set<String> stored, long micros) {
        List<String> wrongs = new ArrayList<>();
        entries.forEach((body, entry) -> {
            boolean there = stored.contains(body);
            String name = body.substring(0, Math.min(12, body.length()));
            if (!there && entry.answeredMicros <= micros && entry.ackSentMicros > micros) {
                wrongs.add("answered and lost: " + name);
            }
            if (there && entry.ackAnsweredMicros <= micros) {
                wrongs.add("acknowledged and back: " + name);
            }
            if (there && entry.sentMicros > micros) {
                wrongs.add("there before it was sent: " + name);
            }
        });
        stored.stream()
                .filter(body -> !entries.containsKey(body))
                .forEach(body -> wrongs.add("never sent: " + body.substring(0, Math.min(12, body.length()))));
        return wrongs;
    }
}
