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
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Ends the process with a one-line message and {@link Main#OUT_OF_MEMORY} when the JVM has no memory left. The state of
 * the interrupted code is unknown, and a supervisor can start a new process within a second.
 *
 * <p>An {@link OutOfMemoryError} either ends a thread or is caught and logged: Netty, Vert.x and Sluice log every error
 * that they catch and do not rethrow. This class detects both cases. {@code -XX:+ExitOnOutOfMemoryError} would use exit
 * code 3, which means a damaged store, and a program cannot set it for itself.
 *
 * <p>Thread-safe. The exit allocates nothing and waits for one second at most.
 */
public final class OutOfMemoryExit extends TurboFilter implements Thread.UncaughtExceptionHandler {
    private static final byte[] LINE =
            ("sluice: out of memory: the process ends, everything that was confirmed is stored; start it again, with a"
                            + " larger heap (-Xmx) or smaller limits\n")
                    .getBytes(StandardCharsets.US_ASCII);

    private static final int CAUSES_MAX = 16;
    private static final long PROBE_INTERVAL_NANOS = 1_000_000_000;
    private static final int RESERVE_BYTES = 1 << 20;
    /** More than most requests need. */
    private static final int PROBE_BYTES = 256 * 1024;
    /** Only written, so that the compiler cannot remove the allocation. */
    @SuppressWarnings("UnusedVariable")
    private static volatile byte @Nullable [] probeBytes;
    /** Released first, so that the exit itself has memory. */
    @SuppressWarnings("UnusedVariable") // What it holds is its memory.
    private static volatile byte @Nullable [] reserve = new byte[RESERVE_BYTES];

    private static final long LINE_NANOS_MAX = 1_000_000_000;

    private final AtomicBoolean exiting = new AtomicBoolean();
    private final FileOutputStream stderr = new FileOutputStream(FileDescriptor.err);

    private OutOfMemoryExit() {}

    /** Installs the handler for uncaught exceptions, the log filter and the memory probe. Call once per process. */
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
     * Some code swallows an error without logging it. Therefore this thread allocates memory every second: a failed
     * allocation ends this thread, and with it the process.
     */
    private static void probe() {
        while (true) {
            LockSupport.parkNanos(PROBE_INTERVAL_NANOS);
            probeBytes = new byte[PROBE_BYTES];
            probeBytes = null;
        }
    }

    /** Whether the failure is an {@link OutOfMemoryError} or has one among its causes. */
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
        exitIfOutOfMemory(failure);
        LoggerFactory.getLogger(OutOfMemoryExit.class).error("thread {} ended", thread.getName(), failure);
    }

    /** Called for every log event before it is created, at any level. Lets all events pass. */
    @Override
    public FilterReply decide(
            Marker marker,
            Logger logger,
            Level level,
            String format,
            Object @Nullable [] arguments,
            @Nullable Throwable failure) {
        if (failure != null) {
            exitIfOutOfMemory(failure);
        }
        if (arguments != null) {
            for (Object argument : arguments) {
                if (argument instanceof Throwable thrown) {
                    exitIfOutOfMemory(thrown);
                }
            }
        }
        return FilterReply.NEUTRAL;
    }

    private void exitIfOutOfMemory(Throwable failure) {
        if (!isOutOfMemory(failure)) {
            return;
        }
        reserve = null;
        try {
            // Several threads can run out of memory at the same time. Only the first one writes the line; the others
            // give it time to do so.
            if (exiting.compareAndSet(false, true)) {
                stderr.write(LINE);
            } else {
                LockSupport.parkNanos(LINE_NANOS_MAX);
            }
        } catch (IOException | RuntimeException | Error writeFailed) {
            // The exit code carries the same information.
        } finally {
            Runtime.getRuntime().halt(Main.OUT_OF_MEMORY);
        }
    }
}
