package dev.sluice.api;

import io.vertx.core.Vertx;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Things that must be over in time, oldest first: bodies that arrive, answers that are taken. One timer looks at the oldest now and
 * then, which is cheaper than a timer for each. Owned by one event loop.
 */
final class Deadlines<K> {
    private static final long LOOK_MILLIS = 500;

    private final Map<K, Long> startedNanos = new LinkedHashMap<>();
    private final Consumer<K> late;

    /** Deadlines that nobody watches yet; what is late is forgotten and handed over. */
    Deadlines(Consumer<K> late) {
        this.late = late;
    }

    /** Starts to look; 0 seconds is for ever. */
    void watch(Vertx vertx, int timeoutSeconds) {
        if (timeoutSeconds > 0) {
            long timeoutNanos = TimeUnit.SECONDS.toNanos(timeoutSeconds);
            vertx.setPeriodic(LOOK_MILLIS, id -> giveUp(System.nanoTime() - timeoutNanos));
        }
    }

    /** It has begun. */
    void began(K thing) {
        startedNanos.put(thing, System.nanoTime());
    }

    /** It is over, or given up. */
    void ended(K thing) {
        startedNanos.remove(thing);
    }

    private void giveUp(long beforeNanos) {
        Iterator<Map.Entry<K, Long>> oldest = startedNanos.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<K, Long> next = oldest.next();
            if (next.getValue() - beforeNanos > 0) {
                return;
            }
            K thing = next.getKey();
            oldest.remove();
            late.accept(thing);
            // Whoever is told may end other things of the same connection, which this iterator would not forgive.
            oldest = startedNanos.entrySet().iterator();
        }
    }
}
