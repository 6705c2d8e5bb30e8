package dev.sluice.runtime.delivery;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Health of one queue's target. After several consecutive failures the queue pauses, with a growing backoff, and then
 * tries one batch: an unavailable target must not use up the attempts of the whole backlog. Logs one line when a target
 * starts to fail and one when it has been healthy for a while, so that a target that refuses every third batch does not
 * fill the log. Confined to the queue's scheduler.
 */
final class WorkerHealth {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerHealth.class);
    private static final int FAILURES_TOLERATED = 2;
    private static final long PAUSE_MILLIS_MIN = 100;
    private static final long PAUSE_MILLIS_MAX = 10_000;
    private static final long HEALTHY_AFTER_MILLIS = 10_000;

    private final String scriptName;
    private int consecutiveFailures;
    private long pauseMillis;
    private long pausedUntilMillis;
    private long failedAtMillis;
    private boolean failing;

    WorkerHealth(String scriptName) {
        this.scriptName = scriptName;
    }

    void succeeded(String queueName, long nowMillis) {
        consecutiveFailures = 0;
        pauseMillis = 0;
        pausedUntilMillis = 0;
        if (failing && nowMillis - failedAtMillis >= HEALTHY_AFTER_MILLIS) {
            failing = false;
            LOG.info("queue '{}': worker '{}' takes batches again", queueName, scriptName);
        }
    }

    void failed(String queueName, Throwable error, long nowMillis) {
        consecutiveFailures++;
        failedAtMillis = nowMillis;
        if (!failing) {
            failing = true;
            LOG.warn("queue '{}': worker '{}' does not take a batch: {}", queueName, scriptName, error.getMessage());
        }
        // A failure of a batch that was in flight when the pause began gives no new information.
        if (isSuspect() && nowMillis >= pausedUntilMillis) {
            pauseMillis = Math.min(PAUSE_MILLIS_MAX, Math.max(PAUSE_MILLIS_MIN, 2 * pauseMillis));
            pausedUntilMillis = nowMillis + pauseMillis;
        }
    }

    /** Whether only one batch at a time may be tried. */
    boolean isSuspect() {
        return consecutiveFailures > FAILURES_TOLERATED;
    }

    /** Start of the next batch at the earliest. */
    long pausedUntilMillis() {
        return pausedUntilMillis;
    }
}
