package dev.sluice.store.rocksdb;

import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a store again after a failed write, without a restart of the process: waits for room, tries, pauses, tries again.
 *
 * <pre>
 * begin ──► pause ──► room? ──► open ──► done
 *             ▲        │no       │failed        damaged ──► gives up
 *             └────────┴─────────┘ (twice as long a pause)
 * </pre>
 *
 * <p>Has a thread of its own from a failure to the success that follows, so that the writer can refuse what comes meanwhile.
 */
final class StoreReopener implements AutoCloseable {
    /** What is tried. Called on the thread of the reopening only. */
    interface Attempt {
        /** Whether trying makes sense; asked before each try. */
        boolean hasRoom();

        /** Tries. After a normal return the store is open, and nothing more is tried until the next failure. */
        void open();
    }

    private static final Logger LOG = LoggerFactory.getLogger(StoreReopener.class);
    private static final long PAUSE_NANOS_MIN = 500_000_000L;
    private static final long PAUSE_NANOS_MAX = 30_000_000_000L;
    /** A store that works for this long has recovered; one that fails again earlier goes on with its longer pauses. */
    private static final long RECOVERED_NANOS = 60_000_000_000L;

    private final Attempt attempt;
    private final Object lock = new Object();
    /** Guarded by the lock, as everything below. */
    private Thread thread;

    private boolean closed;
    private String obstacle;
    private long pauseNanos = PAUSE_NANOS_MIN;
    private long openedAtNanos = System.nanoTime() - RECOVERED_NANOS;

    StoreReopener(Attempt attempt) {
        this.attempt = attempt;
    }

    /** The store has failed: starts trying. Nothing after {@link #close}. */
    void begin() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            if (System.nanoTime() - openedAtNanos > RECOVERED_NANOS) {
                pauseNanos = PAUSE_NANOS_MIN;
            }
            obstacle = null;
            thread = new Thread(this::run, "sluice-store-reopen");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** What the last try failed at; empty if there was none since the failure. */
    Optional<String> obstacle() {
        synchronized (lock) {
            return Optional.ofNullable(obstacle);
        }
    }

    /** Tries no more; waits for a try under way. Blocks. */
    @Override
    public void close() {
        Thread last;
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
            last = thread;
        }
        boolean interrupted = false;
        while (last != null && last.isAlive()) {
            try {
                last.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long waitNanos;
        synchronized (lock) {
            waitNanos = pauseNanos;
        }
        while (pause(waitNanos)) {
            try {
                if (attempt.hasRoom()) {
                    attempt.open();
                    succeeded();
                    return;
                }
                // Nothing was tried, and looking costs nothing.
                waitNanos = PAUSE_NANOS_MIN;
                failed("waiting for room on the disk");
            } catch (StoreCorruptException damage) {
                LOG.error("The store cannot be opened again, and will not be tried again: {}", damage.getMessage());
                failed(damage.getMessage());
                return;
            } catch (RuntimeException | Error failure) {
                String reason = failure instanceof StoreException ? failure.getMessage() : failure.toString();
                waitNanos = longerPause();
                LOG.warn("The store could not be opened again: {}; next try in {} ms", reason, waitNanos / 1_000_000);
                failed(reason);
            }
        }
    }

    private void succeeded() {
        synchronized (lock) {
            openedAtNanos = System.nanoTime();
            pauseNanos = Math.min(2 * pauseNanos, PAUSE_NANOS_MAX);
        }
        LOG.info("The store is open again");
    }

    private long longerPause() {
        synchronized (lock) {
            pauseNanos = Math.min(2 * pauseNanos, PAUSE_NANOS_MAX);
            return pauseNanos;
        }
    }

    private void failed(String reason) {
        synchronized (lock) {
            obstacle = reason;
        }
    }

    /** Answers false if it was closed meanwhile. */
    private boolean pause(long nanos) {
        long untilNanos = System.nanoTime() + nanos;
        synchronized (lock) {
            while (!closed) {
                long leftMillis = (untilNanos - System.nanoTime()) / 1_000_000;
                if (leftMillis <= 0) {
                    return true;
                }
                try {
                    lock.wait(leftMillis);
                } catch (InterruptedException nobodyDoesThat) {
                    return false;
                }
            }
            return false;
        }
    }
}
