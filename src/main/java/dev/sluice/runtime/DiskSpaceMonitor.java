package dev.sluice.runtime;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the free space of the store's disk, on a thread of its own, because what is done about too little of it may take a while. One
 * look at a time: every second, and more often where a fast disk could be filled before the next one.
 */
final class DiskSpaceMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(DiskSpaceMonitor.class);
    private static final long LOOK_MILLIS_MAX = 1_000;
    private static final long LOOK_MILLIS_MIN = 20;
    /** What logs and tables take of the disk, at most, in a millisecond: a gibibyte in a second. */
    private static final long FILLED_BYTES_PER_MILLI = 1 << 20;

    /** Nobody is warned of a thread that gives space back for less than that. */
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

    /** Begins to look. */
    static DiskSpaceMonitor start(Vertx vertx, Admission admission) {
        DiskSpaceMonitor watch = new DiskSpaceMonitor(vertx, admission);
        watch.scheduleCheck(LOOK_MILLIS_MIN);
        return watch;
    }

    /** Looks no more; a look under way ends by itself, at the latest when the store is closed. */
    void stop() {
        stopped = true;
    }

    /**
     * How long to wait before the next look.
     *
     * @param bytesAboveMin free bytes above those that pushes must leave; below zero when pushes are refused already
     */
    static long pauseMillis(long bytesAboveMin) {
        if (bytesAboveMin < 0) {
            return LOOK_MILLIS_MAX;
        }
        return Math.max(LOOK_MILLIS_MIN, Math.min(LOOK_MILLIS_MAX, bytesAboveMin / FILLED_BYTES_PER_MILLI));
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
                        return Future.succeededFuture(LOOK_MILLIS_MAX);
                    })
                    .onSuccess(this::scheduleCheck);
        });
    }
}
