package dev.sluice.fuzz;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/** Limits the processor time of a task. Waiting for a processor on a busy machine does not count. */
public final class CpuTimeBound {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private CpuTimeBound() {}

    /** Runs the task in this thread. Throws an {@link AssertionError} if it used more processor time. */
    public static void within(Duration cpuTimeMax, Runnable task) {
        long before = THREADS.getCurrentThreadCpuTime();
        task.run();
        Duration used = Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - before);
        if (used.compareTo(cpuTimeMax) > 0) {
            throw new AssertionError(used + " of processor time, of " + cpuTimeMax + " allowed");
        }
    }
}
