package dev.sluice.runtime.queue;

/**
 * The one timer of a queue. It is moved only if the new deadline is nearer; a timer that fires too early is armed again, which
 * is cheaper than moving it with every lease. Owned by the turns of one queue.
 */
public final class DeadlineTimer {
    /** A longer wait is cut in pieces: timers stand still while the machine is suspended, deadlines do not. */
    private static final long WAIT_MILLIS_MAX = 5_000;

    private final QueueScheduler turns;
    private final Runnable onDeadline;
    private long armedFor = Long.MAX_VALUE;
    private long deadlineMillis = Long.MAX_VALUE;
    private long timer;
    private boolean armed;
    private boolean closed;

    public DeadlineTimer(QueueScheduler turns, Runnable onDeadline) {
        this.turns = turns;
        this.onDeadline = onDeadline;
    }

    /** Sets the deadline, {@link Long#MAX_VALUE} for none. */
    public void arm(long deadlineMillis) {
        this.deadlineMillis = deadlineMillis;
        if (closed || deadlineMillis == Long.MAX_VALUE || (armed && armedFor <= deadlineMillis)) {
            return;
        }
        disarm();
        long waitMillis = Math.min(WAIT_MILLIS_MAX, Math.max(1, deadlineMillis - turns.nowMillis()));
        armedFor = turns.nowMillis() + waitMillis;
        armed = true;
        timer = turns.after(waitMillis, this::fire);
    }

    /** Stops the timer; {@link #arm} starts it again. */
    void disarm() {
        if (armed) {
            turns.cancel(timer);
            armed = false;
        }
    }

    /** Stops the timer for good. */
    public void close() {
        disarm();
        closed = true;
    }

    private void fire() {
        armed = false;
        if (closed) {
            return;
        }
        if (deadlineMillis <= turns.nowMillis()) {
            onDeadline.run();
        } else {
            arm(deadlineMillis);
        }
    }
}
