package dev.sluice.bench;

/**
 * When pushes of an open loop are due: evenly spread, whatever the answers do. Owned by one event loop.
 *
 * <p>A push that is sent late keeps the time at which it was due, and its latency counts from there. So a server that stalls pays
 * for every push it kept from being sent, not just for the one it was busy with.
 */
final class OpenLoopSchedule {
    private final double intervalNanos;
    private long beginNanos;
    private long begun;
    private long end = Long.MAX_VALUE;

    /**
     * A pace that has not begun.
     *
     * @param perSecond above 0
     */
    OpenLoopSchedule(double perSecond) {
        this.intervalNanos = 1e9 / perSecond;
    }

    /** Begins, or begins anew and owes nothing from before. */
    void begin(long nowNanos) {
        beginNanos = nowNanos;
        begun = 0;
    }

    /** Nothing becomes due from now on. */
    void end(long nowNanos) {
        end = (long) Math.ceil((nowNanos - beginNanos) / intervalNanos);
    }

    /** Whether a push should have been sent by now. */
    boolean isDue(long nowNanos) {
        return begun < end && dueNanos() <= nowNanos;
    }

    /** When the next push is due. */
    long dueNanos() {
        return beginNanos + (long) (begun * intervalNanos);
    }

    /** Takes the next push; answers when it was due. */
    long take() {
        long due = dueNanos();
        begun++;
        return due;
    }

    /** Pushes that were due before the end and not taken. */
    long owed() {
        return end == Long.MAX_VALUE ? 0 : Math.max(0, end - begun);
    }
}
