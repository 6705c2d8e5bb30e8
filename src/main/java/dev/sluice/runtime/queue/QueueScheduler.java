package dev.sluice.runtime.queue;

import dev.sluice.runtime.clock.ContinuousClock;

/**
 * The single thread that runs a queue, with its clock and timers. All work of a queue runs as tasks of its scheduler,
 * one at a time. Implemented by event loops and by the simulator.
 */
public interface QueueScheduler {
    /** Runs a task after those already queued. Callable from any thread. */
    void execute(Runnable task);

    /** Runs a task after a delay. Returns a timer id for {@link #cancel}. */
    long schedule(long delayMillis, Runnable task);

    /** Cancels a timer that has not fired. */
    void cancel(long timer);

    /** Whether the caller runs on this scheduler's thread. */
    boolean isCurrentThread();

    /** Current time of the {@link ContinuousClock}, in milliseconds. Callable from any thread. */
    long nowMillis();
}
