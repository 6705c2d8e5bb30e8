package dev.sluice.store;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * The limit of open file descriptors of this process, and their number. Unlimited where the operating system does not
 * report it.
 */
public final class OpenFileLimit {
    private OpenFileLimit() {}

    /** The maximum number of open file descriptors. The JVM raises the soft limit to the hard limit at start. */
    public static long max() {
        long max = system() == null ? Long.MAX_VALUE : system().getMaxFileDescriptorCount();
        return max <= 0 ? Long.MAX_VALUE : max;
    }

    /**
     * The number of open file descriptors; 0 if unknown. It reads a directory of the operating system, so it is not for
     * hot paths.
     */
    public static long open() {
        return system() == null ? 0 : Math.max(0, system().getOpenFileDescriptorCount());
    }

    private static @Nullable UnixOperatingSystemMXBean system() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix ? unix : null;
    }
}
