package dev.sluice.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/** Holds reading of foreign bytes to memory in proportion to their number. */
public final class AllocationBound {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Exceptions and their texts. */
    private static final long BYTES_MAX = 256 * 1024;

    private static final long BYTES_MAX_PER_BYTE = 128;
    /** Loading a class takes memory too, once; so too much counts only if it is too much again and again. */
    private static final int RUNS = 4;

    private AllocationBound() {}

    /**
     * What the task, which must be repeatable, answers or throws; an {@link AssertionError} if it takes too much
     * memory.
     */
    public static <T> T within(int inputBytes, Supplier<T> task) {
        long bytesMax = BYTES_MAX + BYTES_MAX_PER_BYTE * inputBytes;
        long allocated = 0;
        for (int run = 0; run < RUNS; run++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            T answer = null;
            RuntimeException failure = null;
            try {
                answer = task.get();
            } catch (RuntimeException thrown) {
                failure = thrown;
            }
            allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            if (allocated <= bytesMax && failure != null) {
                throw failure;
            } else if (allocated <= bytesMax) {
                return answer;
            }
        }
        throw new AssertionError(inputBytes + " bytes of input took " + allocated + " bytes of memory");
    }
}
