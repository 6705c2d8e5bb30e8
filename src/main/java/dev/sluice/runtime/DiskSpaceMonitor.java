package dev.sluice.runtime;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the free space of the store's disk on a thread of its own, because reclaiming space may take long. One check
 * at a time: every second, and more often when a fast disk could be filled before the next check.
 */
final class DiskSpaceMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(DiskSpaceMonitor.class);
    private static final long CHECK_MILLIS_MAX = 1_000;
    private static final long CHECK_MILLIS_MIN = 20;
    /** How fast logs and tables can fill the disk at most: one gibibyte per second. */
    private static final long FILLED_BYTES_PER_MILLI = 1 << 20;

    /** Reclaiming space may block the thread this long without a warning. */
    private static final long BLOCKED_HOURS_MAX = 1;

    private final Vertx vertx;
    private final Admission admission;
    private final WorkerExecutor worker;
    private volatile boolean stopped;

    private DiskSpaceMonitor(Vertx vertx, Admission admission) {
        this.vertx = vertx;
        this.admission = admission;
        this.worker = vertx.createSharedWorkerExecutor("sluice-space", 1, BLOCKED_HOURS_MAX, TimeUnit.HOURS);
    }

    /** Starts the checks. */
    static DiskSpaceMonitor start(Vertx vertx, Admission admission) {
        DiskSpaceMonitor monitor = new DiskSpaceMonitor(vertx, admission);
        monitor.scheduleCheck(CHECK_MILLIS_MIN);
        return monitor;
    }

    /** Stops the checks. A check in progress ends by itself, at the latest when the store is closed. */
    void stop() {
        stopped = true;
    }

    /**
     * The time until the next check.
     *
     * @param bytesAboveMin free bytes above the minimum for pushes; negative if pushes are refused
     */
    static long pauseMillis(long bytesAboveMin) {
        if (bytesAboveMin < 0) {
            return CHECK_MILLIS_MAX;
        }
        return Math.max(CHECK_MILLIS_MIN, Math.min(CHECK_MILLIS_MAX, bytesAboveMin / FILLED_BYTES_PER_MILLI));
    }

    private void scheduleCheck(long pauseMillis) {
        vertx.setTimer(pauseMillis, timer -> {
            if (stopped) {
                worker.close();
                return;
            }
            worker.executeBlocking(admission::measureSpace)
                    .map(DiskSpaceMonitor::pauseMillis)
                    .recover(failure -> {
                        if (!stopped) {
                            LOG.warn("space could not be reclaimed: {}", failure.getMessage());
                        }
                        return Future.succeededFuture(CHECK_MILLIS_MAX);
                    })
                    .onSuccess(this::scheduleCheck);
        });
    }
}
