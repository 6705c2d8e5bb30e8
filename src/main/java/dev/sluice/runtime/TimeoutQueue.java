package dev.sluice.runtime;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * What has begun and must end within the same time, oldest first. One timer looks at the oldest, and there is none while nothing
 * is awaited; beginning and ending cost a few assignments, which a timer each would not. Owned by one event loop.
 */
public final class TimeoutQueue {
    /** The timer is not set any finer, so that a busy loop is woken a few times a second at most. */
    private static final long LOOK_MILLIS_MIN = 250;

    private final Vertx vertx;
    private final long timeoutNanos;
    private Entry oldest;
    private Entry newest;
    private boolean timing;

    /**
     * Deadlines of the event loop on which it is used.
     *
     * @param timeoutMillis from 1; what takes longer is told so at most a quarter of a second later
     */
    public TimeoutQueue(Vertx vertx, long timeoutMillis) {
        this.vertx = vertx;
        this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    }

    /** Something that should end in time. It can be awaited in one place at once. */
    public abstract static class Entry {
        private Entry older;
        private Entry newer;
        private long beganNanos;
        private boolean awaited;

        /** It has not ended in time and is awaited no longer; it may begin again. */
        protected abstract void onTimeout();
    }

    /** From now on the time runs. */
    public void begin(Entry it) {
        begin(it, System.nanoTime());
    }

    /**
     * The same for who has just looked at the clock.
     *
     * @param nowNanos {@link System#nanoTime}, of no earlier time than that of the one before
     */
    public void begin(Entry it, long nowNanos) {
        it.beganNanos = nowNanos;
        it.awaited = true;
        it.older = newest;
        if (newest == null) {
            oldest = it;
        } else {
            newest.newer = it;
        }
        newest = it;
        if (!timing) {
            checkOldest(timeoutNanos);
        }
    }

    /** It has ended; nothing happens if it is not awaited any longer. */
    public void end(Entry it) {
        if (!it.awaited) {
            return;
        }
        it.awaited = false;
        if (it.older == null) {
            oldest = it.newer;
        } else {
            it.older.newer = it.newer;
        }
        if (it.newer == null) {
            newest = it.older;
        } else {
            it.newer.older = it.older;
        }
        it.older = null;
        it.newer = null;
    }

    /**
     * The one that has been awaited for the longest, of those that fit; null if there is none.
     *
     * @param ageMillisMin how long it must have been awaited
     * @param looksMax how many are looked at, longest first
     */
    public Entry longestAwaited(long ageMillisMin, int looksMax, Predicate<Entry> fits) {
        long newestNanos = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(ageMillisMin);
        Entry it = oldest;
        for (int looks = 0; it != null && looks < looksMax && it.beganNanos - newestNanos <= 0; looks++) {
            if (fits.test(it)) {
                return it;
            }
            it = it.newer;
        }
        return null;
    }

    private void checkOldest(long inNanos) {
        timing = true;
        long millis = TimeUnit.NANOSECONDS.toMillis(inNanos) + 1;
        vertx.setTimer(Math.max(LOOK_MILLIS_MIN, millis), fired -> expireDue());
    }

    private void expireDue() {
        long nowNanos = System.nanoTime();
        while (oldest != null && nowNanos - oldest.beganNanos >= timeoutNanos) {
            Entry late = oldest;
            end(late);
            late.onTimeout();
        }
        timing = false;
        if (oldest != null) {
            checkOldest(timeoutNanos - (nowNanos - oldest.beganNanos));
        }
    }
}
