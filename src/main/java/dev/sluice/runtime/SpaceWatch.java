package dev.sluice.runtime;

import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the free space of the store's disk every second, on a thread of its own, because what is done about too little of it
 * may take a while. One look at a time.
 */
final class SpaceWatch {
    private static final Logger LOG = LoggerFactory.getLogger(SpaceWatch.class);
    private static final long LOOK_MILLIS = 1_000;
    /** Nobody is warned of a thread that gives space back for less than that. */
    private static final long BLOCKED_HOURS_MAX = 1;

    private final Vertx vertx;
    private final Admission admission;
    private final WorkerExecutor worker;
    private volatile boolean stopped;

    private SpaceWatch(Vertx vertx, Admission admission) {
        this.vertx = vertx;
        this.admission = admission;
        this.worker = vertx.createSharedWorkerExecutor("sluice-space", 1, BLOCKED_HOURS_MAX, TimeUnit.HOURS);
    }

    /** Begins to look. */
    static SpaceWatch start(Vertx vertx, Admission admission) {
        SpaceWatch watch = new SpaceWatch(vertx, admission);
        watch.lookLater();
        return watch;
    }

    /** Looks no more; a look under way ends by itself, at the latest when the store is closed. */
    void stop() {
        stopped = true;
    }

    private void lookLater() {
        vertx.setTimer(LOOK_MILLIS, timer -> {
            if (stopped) {
                worker.close();
                return;
            }
            worker.executeBlocking(() -> {
                        admission.measureSpace();
                        return null;
                    })
                    .onFailure(failure -> {
                        if (!stopped) {
                            LOG.warn("space could not be reclaimed: {}", failure.getMessage());
                        }
                    })
                    .onComplete(looked -> lookLater());
        });
    }
}
