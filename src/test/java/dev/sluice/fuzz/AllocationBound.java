package dev.sluice.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/** Limits the memory that decoding allocates to a multiple of the number of input bytes. */
public final class AllocationBound {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Allowance for exceptions and their messages. */
    private static final long BYTES_MAX = 256 * 1024;

    private static final long BYTES_MAX_PER_BYTE = 128;
    /** Loading a class allocates memory once, so a violation counts only if it occurs repeatedly. */
    private static final int RUNS = 4;

    private AllocationBound() {}

    /**
     * Runs the task, which must be repeatable. Returns or throws what it does, or an {@link AssertionError} if it
     * allocates too much memory.
     */
    public static <T> T within(int inputBytes, Supplier<T> task) {
        long bytesMax = BYTES_MAX + BYTES_MAX_PER_BYTE * inputBytes;
        long allocated = 0;
        for (int run = 0; run < RUNS; run++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            T result = null;
            RuntimeException failure = null;
            try {
                result = task.get();
            } catch (RuntimeException thrown) {
                failure = thrown;
            }
            allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            if (allocated <= bytesMax && failure != null) {
                throw failure;
            } else if (allocated <= bytesMax) {
                return result;
            }
        }
        throw new AssertionError(inputBytes + " bytes of input took " + allocated + " bytes of memory");
    }
}
