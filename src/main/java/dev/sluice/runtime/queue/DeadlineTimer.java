package dev.sluice.runtime.queue;

/**
 * The timer of one queue. It is moved only to a nearer deadline. A timer that fires too early is armed again; this is
 * cheaper than to move it with every lease. Confined to the queue's scheduler.
 */
public final class DeadlineTimer {
    /** Longer waits are split: timers do not run while the machine is suspended, but deadlines do. */
    private static final long WAIT_MILLIS_MAX = 5_000;

    private final QueueScheduler scheduler;
    private final Runnable onDeadline;
    private long armedFor = Long.MAX_VALUE;
    private long deadlineMillis = Long.MAX_VALUE;
    private long timer;
    private boolean armed;
    private boolean closed;

    public DeadlineTimer(QueueScheduler scheduler, Runnable onDeadline) {
        this.scheduler = scheduler;
        this.onDeadline = onDeadline;
    }

    /** Sets the deadline; {@link Long#MAX_VALUE} for none. */
    public void arm(long deadlineMillis) {
        this.deadlineMillis = deadlineMillis;
        if (closed || deadlineMillis == Long.MAX_VALUE || (armed && armedFor <= deadlineMillis)) {
            return;
        }
        disarm();
        long waitMillis = Math.min(WAIT_MILLIS_MAX, Math.max(1, deadlineMillis - scheduler.nowMillis()));
        armedFor = scheduler.nowMillis() + waitMillis;
        armed = true;
        timer = scheduler.schedule(waitMillis, this::fire);
    }

    /** Stops the timer. {@link #arm} starts it again. */
    void disarm() {
        if (armed) {
            scheduler.cancel(timer);
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
        if (deadlineMillis <= scheduler.nowMillis()) {
            onDeadline.run();
        } else {
            arm(deadlineMillis);
        }
    }
}
