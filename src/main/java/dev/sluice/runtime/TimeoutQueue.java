package dev.sluice.runtime;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Entries that must end within the same time, oldest first. One timer checks the oldest; there is no timer while the
 * queue is empty. Adding and removing an entry cost a few assignments, much less than a timer for each. Confined to one
 * event loop.
 */
public final class TimeoutQueue {
    /** The timer is not set for a shorter time, so that a busy event loop is woken only a few times a second. */
    private static final long CHECK_MILLIS_MIN = 250;

    private final Vertx vertx;
    private final long timeoutNanos;
    private @Nullable Entry oldest;
    private @Nullable Entry newest;
    private boolean timerSet;

    /**
     * Must be used on one event loop.
     *
     * @param timeoutMillis from 1; entries time out at most a quarter of a second late
     */
    public TimeoutQueue(Vertx vertx, long timeoutMillis) {
        this.vertx = vertx;
        this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    }

    /** Something that should end in time. It can be in one queue at a time. */
    public abstract static class Entry {
        private @Nullable Entry older;
        private @Nullable Entry newer;
        private long addedNanos;
        private boolean queued;

        /** Called when the entry has timed out and was removed. It may be added again. */
        protected abstract void onTimeout();
    }

    /** Adds an entry; its time starts now. */
    public void add(Entry entry) {
        add(entry, System.nanoTime());
    }

    /**
     * Adds an entry for a caller that has just read the clock.
     *
     * @param nowNanos {@link System#nanoTime}, not before that of the previous entry
     */
    public void add(Entry entry, long nowNanos) {
        entry.addedNanos = nowNanos;
        entry.queued = true;
        entry.older = newest;
        if (newest == null) {
            oldest = entry;
        } else {
            newest.newer = entry;
        }
        newest = entry;
        if (!timerSet) {
            checkOldest(timeoutNanos);
        }
    }

    /** Removes an entry. Has no effect if it is not in the queue. */
    public void remove(Entry entry) {
        if (!entry.queued) {
            return;
        }
        entry.queued = false;
        if (entry.older == null) {
            oldest = entry.newer;
        } else {
            entry.older.newer = entry.newer;
        }
        if (entry.newer == null) {
            newest = entry.older;
        } else {
            entry.newer.older = entry.older;
        }
        entry.older = null;
        entry.newer = null;
    }

    /**
     * Returns the oldest entry that fits, or null.
     *
     * @param ageMillisMin minimum time in the queue
     * @param checksMax how many entries are checked at most, oldest first
     */
    public @Nullable Entry oldestMatching(long ageMillisMin, int checksMax, Predicate<Entry> fits) {
        long newestNanos = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(ageMillisMin);
        @Nullable Entry entry = oldest;
        for (int checks = 0; entry != null && checks < checksMax && entry.addedNanos - newestNanos <= 0; checks++) {
            if (fits.test(entry)) {
                return entry;
            }
            entry = entry.newer;
        }
        return null;
    }

    private void checkOldest(long inNanos) {
        timerSet = true;
        long millis = TimeUnit.NANOSECONDS.toMillis(inNanos) + 1;
        vertx.setTimer(Math.max(CHECK_MILLIS_MIN, millis), fired -> expireDue());
    }

    private void expireDue() {
        long nowNanos = System.nanoTime();
        while (oldest != null && nowNanos - oldest.addedNanos >= timeoutNanos) {
            Entry expired = oldest;
            remove(expired);
            expired.onTimeout();
        }
        timerSet = false;
        if (oldest != null) {
            checkOldest(timeoutNanos - (nowNanos - oldest.addedNanos));
        }
    }
}
