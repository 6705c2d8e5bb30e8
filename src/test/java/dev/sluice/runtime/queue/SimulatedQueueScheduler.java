package dev.sluice.runtime.queue;

import dev.sluice.runtime.SimulatedScheduler;
import dev.sluice.runtime.clock.ContinuousClock;
import java.util.ArrayDeque;

/** The scheduler of one simulated queue. Its tasks run in order; the simulation decides which queue runs next. */
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
    public void execute(Runnable task) {
        if (!killed) {
            tasks.add(task);
            if (tasks.size() == 1) {
                scheduler.addRunnable(this);
            }
        }
    }

    @Override
    public long schedule(long delayMillis, Runnable task) {
        return scheduler.after(delayMillis, () -> execute(task));
    }

    @Override
    public void cancel(long timer) {
        scheduler.cancel(timer);
    }

    @Override
    public boolean isCurrentThread() {
        return scheduler.isCurrent(this);
    }

    @Override
    public long nowMillis() {
        return clock.nowMillis();
    }

    /** Kills the process: no further task runs. */
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
            scheduler.addRunnable(this);
        }
    }
}
