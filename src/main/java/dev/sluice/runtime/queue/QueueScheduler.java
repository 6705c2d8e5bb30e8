package dev.sluice.runtime.queue;

import dev.sluice.runtime.clock.ContinuousClock;

/**
 * The single thread on which a queue lives, with its clock and timers. Everything a queue does is a sequence of turns; nothing
 * of it runs twice at once. Event loops implement it, and so does the simulator.
 */
public interface QueueScheduler {
    /** Runs a task in a turn of its own, after those already waiting. Callable from any thread. */
    void next(Runnable task);

    /** Runs a task after that time; answers a number for {@link #cancel}. */
    long after(long delayMillis, Runnable task);

    /** Forgets a timer that has not fired. */
    void cancel(long timer);

    /** Whether the caller runs in a turn of this queue. */
    boolean inTurn();

    /** The time of everything that has a length, see {@link ContinuousClock}; in milliseconds. Callable from any thread. */
    long nowMillis();
}
