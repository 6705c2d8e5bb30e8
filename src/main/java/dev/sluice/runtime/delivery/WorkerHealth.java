package dev.sluice.runtime.delivery;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the target of one queue does. After some failed deliveries in a row the queue pauses, longer each time, and then tries with
 * one batch: a dead target must not use up the attempts of the whole backlog. Logs one line when a target begins to fail and one
 * when it has been well for a while, so that a target that refuses every third batch fills no log. Owned by the turns of one
 * queue.
 */
final class WorkerHealth {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerHealth.class);
    private static final int FAILURES_TOLERATED = 2;
    private static final long PAUSE_MILLIS_MIN = 100;
    private static final long PAUSE_MILLIS_MAX = 10_000;
    private static final long WELL_AFTER_MILLIS = 10_000;

    private final String scriptName;
    private int failuresInARow;
    private long pauseMillis;
    private long pausedUntilMillis;
    private long failedAtMillis;
    private boolean failing;

    WorkerHealth(String scriptName) {
        this.scriptName = scriptName;
    }

    void succeeded(String queueName, long nowMillis) {
        failuresInARow = 0;
        pauseMillis = 0;
        pausedUntilMillis = 0;
        if (failing && nowMillis - failedAtMillis >= WELL_AFTER_MILLIS) {
            failing = false;
            LOG.info("queue '{}': worker '{}' takes batches again", queueName, scriptName);
        }
    }

    void failed(String queueName, Throwable why, long nowMillis) {
        failuresInARow++;
        failedAtMillis = nowMillis;
        if (!failing) {
            failing = true;
            LOG.warn("queue '{}': worker '{}' does not take a batch: {}", queueName, scriptName, why.getMessage());
        }
        // What was under way when a pause began says nothing new.
        if (isSuspect() && nowMillis >= pausedUntilMillis) {
            pauseMillis = Math.min(PAUSE_MILLIS_MAX, Math.max(PAUSE_MILLIS_MIN, 2 * pauseMillis));
            pausedUntilMillis = nowMillis + pauseMillis;
        }
    }

    /** Whether it is to be tried with one batch at a time. */
    boolean isSuspect() {
        return failuresInARow > FAILURES_TOLERATED;
    }

    /** No batch should start before. */
    long pausedUntilMillis() {
        return pausedUntilMillis;
    }
}
