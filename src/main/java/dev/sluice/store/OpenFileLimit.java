package dev.sluice.store;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many files, sockets and the like this process may have open, and has. Unlimited where the system does not say. */
public final class OpenFileLimit {
    private OpenFileLimit() {}

    /** The most that may be open; the Java machine has raised the soft limit to the hard one. */
    public static long max() {
        long max = system() == null ? Long.MAX_VALUE : system().getMaxFileDescriptorCount();
        return max <= 0 ? Long.MAX_VALUE : max;
    }

    /** What is open now; 0 if the system does not say. Reads a directory of the system, so it is not for hot paths. */
    public static long open() {
        return system() == null ? 0 : Math.max(0, system().getOpenFileDescriptorCount());
    }

    private static UnixOperatingSystemMXBean system() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix ? unix : null;
    }
}
