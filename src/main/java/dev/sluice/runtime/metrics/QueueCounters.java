package dev.sluice.runtime.metrics;

import dev.sluice.queue.QueueEvent;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The counters of one queue since the start of the process; they survive passivation. One thread at a time adds, any
 * thread reads: an addition is a plain load and a store.
 */
@SuppressWarnings("EnumOrdinal") // An index in memory only.
public final class QueueCounters {
    private final AtomicLongArray values = new AtomicLongArray(QueueCounter.values().length);

    /** Adds one. */
    public void increment(QueueCounter counter) {
        add(counter, 1);
    }

    /** Adds a number. */
    public void add(QueueCounter counter, long number) {
        int index = counter.index();
        values.setOpaque(index, values.getPlain(index) + number);
    }

    /** The current value. */
    public long get(QueueCounter counter) {
        return values.getOpaque(counter.index());
    }

    /**
     * Counts the outcome of an event.
     *
     * @param failedAttempt what a dead letter is counted as
     */
    public void count(QueueEvent event, QueueCounter failedAttempt) {
        switch (event.kind()) {
            case ENQUEUED ->
                increment(
                        ((QueueEvent.Enqueued) event).origin() == null
                                ? QueueCounter.PUSHED
                                : QueueCounter.DEAD_LETTERS_RECEIVED);
            case LEASED -> increment(QueueCounter.DELIVERED);
            case DEAD_LETTERING -> increment(failedAttempt);
            case REMOVED -> {
                switch (((QueueEvent.Removed) event).cause()) {
                    case ACKED -> increment(QueueCounter.ACKNOWLEDGED);
                    case EXPIRED -> increment(QueueCounter.EXPIRED);
                    case EXHAUSTED -> increment(QueueCounter.DISCARDED);
                    case PURGED -> {
                        // Deleted on request.
                    }
                    default -> throw new IllegalStateException("unknown cause " + event);
                }
            }
            default -> {
                // Other events neither begin nor end a message's life.
            }
        }
    }
}
