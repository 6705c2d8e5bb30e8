package dev.sluice.store.rocksdb;

import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reopens a store after a failed write, without a restart of the process: waits for free space, tries, waits, retries.
 *
 * <pre>
 * start ──► wait ──► free space? ──► open ──► done
 *             ▲          │no           │failed     damaged ──► no further attempts
 *             └──────────┴─────────────┘ (the wait doubles after a failure)
 * </pre>
 *
 * <p>It has its own thread from a failure until the next success, so that the writer can refuse batches in the
 * meantime.
 */
final class StoreReopener implements AutoCloseable {
    /** The attempt to reopen. Called on the thread of this class only. */
    interface Attempt {
        /** Whether there is enough free space for an attempt. Called before each attempt. */
        boolean hasFreeSpace();

        /**
         * Opens the store. After a normal return the store is open, and there are no attempts until the next failure.
         */
        void open();
    }

    private static final Logger LOG = LoggerFactory.getLogger(StoreReopener.class);
    private static final long DELAY_NANOS_MIN = 500_000_000L;
    private static final long DELAY_NANOS_MAX = 30_000_000_000L;
    /** A store that works for this long has recovered. After an earlier failure the longer delays continue. */
    private static final long RECOVERED_NANOS = 60_000_000_000L;

    private final Attempt attempt;
    private final Object lock = new Object();
    /** Guarded by the lock, as everything below. */
    private @Nullable Thread thread;

    private boolean closed;
    private @Nullable String lastFailure;
    private long delayNanos = DELAY_NANOS_MIN;
    private long openedAtNanos = System.nanoTime() - RECOVERED_NANOS;

    StoreReopener(Attempt attempt) {
        this.attempt = attempt;
    }

    /** Starts the attempts after a failure of the store. No effect after {@link #close}. */
    void start() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            if (System.nanoTime() - openedAtNanos > RECOVERED_NANOS) {
                delayNanos = DELAY_NANOS_MIN;
            }
            lastFailure = null;
            thread = new Thread(this::run, "sluice-store-reopen");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** The reason why the last attempt failed; empty if there was none since the failure. */
    Optional<String> lastFailure() {
        synchronized (lock) {
            return Optional.ofNullable(lastFailure);
        }
    }

    /** Ends the attempts and waits for a running one. Blocks. */
    @Override
    public void close() {
        @Nullable Thread last;
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
            last = thread;
        }
        if (last != null) {
            Uninterruptibly.await(last::join);
        }
    }

    private void run() {
        long nextDelayNanos;
        synchronized (lock) {
            nextDelayNanos = delayNanos;
        }
        while (await(nextDelayNanos)) {
            try {
                if (attempt.hasFreeSpace()) {
                    attempt.open();
                    succeeded();
                    return;
                }
                // Checking the free space is cheap, so the delay does not grow.
                nextDelayNanos = DELAY_NANOS_MIN;
                failed("waiting for room on the disk");
            } catch (StoreCorruptException damage) {
                LOG.error("The store cannot be opened again, and will not be tried again: {}", damage.getMessage());
                failed(damage.getMessage());
                return;
            } catch (RuntimeException | Error failure) {
                String reason = failure instanceof StoreException known ? known.getMessage() : failure.toString();
                nextDelayNanos = increaseDelay();
                LOG.warn(
                        "The store could not be opened again: {}; next try in {} ms",
                        reason,
                        nextDelayNanos / 1_000_000);
                failed(reason);
            }
        }
    }

    private void succeeded() {
        synchronized (lock) {
            openedAtNanos = System.nanoTime();
            delayNanos = Math.min(2 * delayNanos, DELAY_NANOS_MAX);
        }
        LOG.info("The store is open again");
    }

    private long increaseDelay() {
        synchronized (lock) {
            delayNanos = Math.min(2 * delayNanos, DELAY_NANOS_MAX);
            return delayNanos;
        }
    }

    private void failed(String reason) {
        synchronized (lock) {
            lastFailure = reason;
        }
    }

    /** Waits. Returns false if closed in the meantime. */
    private boolean await(long nanos) {
        long deadlineNanos = System.nanoTime() + nanos;
        synchronized (lock) {
            while (!closed) {
                long remainingMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
                if (remainingMillis <= 0) {
                    return true;
                }
                try {
                    lock.wait(remainingMillis);
                } catch (InterruptedException unexpected) {
                    return false;
                }
            }
            return false;
        }
    }
}
