package dev.sluice;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import dev.sluice.cli.Main;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Ends the process with one line and {@link Main#OUT_OF_MEMORY} when the Java machine has no memory left: what such an error
 * interrupted is in an unknown state, and a supervisor starts a new process in a second.
 *
 * <p>An {@link OutOfMemoryError} ends a thread, or something catches it and logs it: Netty, Vert.x and Sluice log every error
 * that they catch and do not pass on. So it is looked for in both places. {@code -XX:+ExitOnOutOfMemoryError} would do the same
 * with exit code 3, which says that the store is damaged, and cannot be set by a program for itself.
 *
 * <p>Usable from any thread. Ending allocates nothing and waits for a second at most.
 */
public final class OutOfMemoryExit extends TurboFilter implements Thread.UncaughtExceptionHandler {
    private static final byte[] LINE =
            ("sluice: out of memory: the process ends, everything that was answered is stored; start it again, with a"
                            + " larger heap (-Xmx) or smaller limits\n")
                    .getBytes(StandardCharsets.US_ASCII);

    private static final int CAUSES_MAX = 16;
    private static final long PROBE_INTERVAL_NANOS = 1_000_000_000;
    private static final int RESERVE_BYTES = 1 << 20;
    /** More than what most requests take. */
    private static final int PROBE_BYTES = 256 * 1024;
    /** Written only, so that the compiler cannot leave the allocation out. */
    private static volatile byte[] probed;
    /** Given up first, so that there is memory for the end itself. */
    private static volatile byte[] reserve = new byte[RESERVE_BYTES];

    private static final long LINE_NANOS_MAX = 1_000_000_000;

    private final AtomicBoolean ending = new AtomicBoolean();
    private final FileOutputStream stderr = new FileOutputStream(FileDescriptor.err);

    private OutOfMemoryExit() {}

    /** From now on the process ends so. Once per process. */
    public static void install() {
        OutOfMemoryExit exit = new OutOfMemoryExit();
        Thread.setDefaultUncaughtExceptionHandler(exit);
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logs) {
            exit.setContext(logs);
            exit.start();
            logs.addTurboFilter(exit);
        }
        Thread probe = new Thread(OutOfMemoryExit::probe, "memory-probe");
        probe.setDaemon(true);
        probe.start();
    }

    /**
     * An error may also end in a place that neither passes it on nor logs it. So it is tried every second whether there is memory: the
     * error ends this thread, and with it the process.
     */
    private static void probe() {
        while (true) {
            LockSupport.parkNanos(PROBE_INTERVAL_NANOS);
            probed = new byte[PROBE_BYTES];
            probed = null;
        }
    }

    /** Whether a failure is, or was caused by, the end of memory. */
    static boolean isOutOfMemory(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < CAUSES_MAX; i++) {
            if (cause instanceof OutOfMemoryError) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        endIfOutOfMemory(failure);
        LoggerFactory.getLogger(OutOfMemoryExit.class).error("thread {} ended", thread.getName(), failure);
    }

    /** Called for every event of the log before it is made, whatever its level. Lets all of them pass. */
    @Override
    public FilterReply decide(
            Marker marker, Logger logger, Level level, String format, Object[] arguments, Throwable failure) {
        if (failure != null) {
            endIfOutOfMemory(failure);
        }
        if (arguments != null) {
            for (Object argument : arguments) {
                if (argument instanceof Throwable thrown) {
                    endIfOutOfMemory(thrown);
                }
            }
        }
        return FilterReply.NEUTRAL;
    }

    private void endIfOutOfMemory(Throwable failure) {
        if (!isOutOfMemory(failure)) {
            return;
        }
        reserve = null;
        try {
            // Threads run out of memory together, and one line is enough: a second one leaves the first one time to
            // write it.
            if (ending.compareAndSet(false, true)) {
                stderr.write(LINE);
            } else {
                LockSupport.parkNanos(LINE_NANOS_MAX);
            }
        } catch (IOException | RuntimeException | Error nowhereToWrite) {
            // The exit code says it, too.
        } finally {
            Runtime.getRuntime().halt(Main.OUT_OF_MEMORY);
        }
    }
}
