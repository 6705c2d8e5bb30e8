package dev.sluice.fuzz;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/**
 * Holds a task to the work that its thread does. On a busy machine a thread waits for a core; that is not its work and
 * not counted.
 */
public final class CpuTimeBound {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private CpuTimeBound() {}

    /** Runs the task in this thread; an {@link AssertionError} if that took more time of a processor. */
    public static void within(Duration cpuTimeMax, Runnable task) {
        long before = THREADS.getCurrentThreadCpuTime();
        task.run();
        Duration used = Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - before);
        if (used.compareTo(cpuTimeMax) > 0) {
            throw new AssertionError(used + " of processor time, of " + cpuTimeMax + " allowed");
        }
    }
}
