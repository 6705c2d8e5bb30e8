package dev.sluice.runtime.queue;

import dev.sluice.runtime.SimulatedScheduler;
import dev.sluice.runtime.clock.ContinuousClock;
import java.util.ArrayDeque;

/** The turns of one simulated queue: tasks in their order, but whose task comes next is the scheduler's choice. */
public final class SimulatedQueueScheduler implements QueueScheduler {
    private final SimulatedScheduler scheduler;
    private final ContinuousClock clock;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private boolean killed;

    public SimulatedQueueScheduler(SimulatedScheduler scheduler, ContinuousClock clock) {
        this.scheduler = scheduler;
        this.clock = clock;
    }

    @Override
    public void next(Runnable task) {
        if (!killed) {
            tasks.add(task);
            if (tasks.size() == 1) {
                scheduler.enlist(this);
            }
        }
    }

    @Override
    public long after(long delayMillis, Runnable task) {
        return scheduler.after(delayMillis, () -> next(task));
    }

    @Override
    public void cancel(long timer) {
        scheduler.cancel(timer);
    }

    @Override
    public boolean inTurn() {
        return scheduler.isCurrent(this);
    }

    @Override
    public long nowMillis() {
        return clock.nowMillis();
    }

    /** The process is gone: nothing of it runs any more. */
    public void kill() {
        killed = true;
    }

    public void runOne() {
        if (killed) {
            return;
        }
        tasks.element().run();
        tasks.remove();
        if (!tasks.isEmpty()) {
            scheduler.enlist(this);
        }
    }
}
