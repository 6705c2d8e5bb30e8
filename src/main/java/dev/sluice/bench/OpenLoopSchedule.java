package dev.sluice.bench;

/**
 * The schedule of an open loop: pushes are due at even intervals, independently of responses. Owned by one event loop.
 *
 * <p>A late push keeps its due time, and its latency counts from there. A server that stalls is therefore charged for
 * every push that it delayed, not only for the one in progress (this avoids coordinated omission).
 */
final class OpenLoopSchedule {
    private final double intervalNanos;
    private long beginNanos;
    private long sent;
    private long end = Long.MAX_VALUE;

    /**
     * A schedule that has not sent.
     *
     * @param perSecond rate, above 0
     */
    OpenLoopSchedule(double perSecond) {
        this.intervalNanos = 1e9 / perSecond;
    }

    /** Begins, or begins again without the pushes that were due before. */
    void begin(long nowNanos) {
        beginNanos = nowNanos;
        sent = 0;
    }

    /** No further push becomes due. */
    void end(long nowNanos) {
        end = (long) Math.ceil((nowNanos - beginNanos) / intervalNanos);
    }

    /** Whether a push is due now. */
    boolean isDue(long nowNanos) {
        return sent < end && dueNanos() <= nowNanos;
    }

    /** The due time of the next push. */
    long dueNanos() {
        return beginNanos + (long) (sent * intervalNanos);
    }

    /** Advances to the next push; returns the due time of this one. */
    long next() {
        long due = dueNanos();
        sent++;
        return due;
    }

    /** The number of pushes that were due before the end and not sent. */
    long unsent() {
        return end == Long.MAX_VALUE ? 0 : Math.max(0, end - sent);
    }
}
