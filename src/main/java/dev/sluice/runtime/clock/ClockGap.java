package dev.sluice.runtime.clock;

/**
 * The last stop whose length only the wall clock says, and what retention makes of it. A clock that is wrong when a machine starts is
 * set right minutes later, and until then nothing must be deleted on its word:
 *
 * <ul>
 *   <li>What was stored before the stop is kept until the wall clock was not set for {@link #STEADY_MILLIS}.
 *   <li>If it is set back within that time, the stop was shorter by as much, and those messages are kept longer by as much.
 * </ul>
 *
 * @param storedBelowMillis of messages stored before that time the age is in doubt
 * @param lengthMillis what the wall clock said of the stop
 * @param setMillis by how much the wall clock has been set forward since; below zero if back
 * @param heldUntilMillis until when none of those messages is too old
 * @param earlierMillis how much longer they are kept for the sake of stops before
 */
public record ClockGap(
        long storedBelowMillis, long lengthMillis, long setMillis, long heldUntilMillis, long earlierMillis) {
    /** How long a wall clock has to run without being set before it is believed. */
    static final long STEADY_MILLIS = 300_000;

    /** No message is in doubt. */
    static final ClockGap NONE = new ClockGap(0, 0, 0, 0, 0);

    /** A stop that ended at that time, after the one of this. */
    ClockGap then(long endMillis, long lengthMillis, long retentionMillisMax) {
        long extraMillis = extraMillis();
        boolean over = endMillis - storedBelowMillis > retentionMillisMax + extraMillis;
        return new ClockGap(endMillis, lengthMillis, 0, endMillis + STEADY_MILLIS, over ? 0 : extraMillis);
    }

    /** The wall clock was set forward by so much, or back; matters only until it is believed. */
    ClockGap set(long byMillis, long nowMillis) {
        return nowMillis >= heldUntilMillis
                ? this
                : new ClockGap(
                        storedBelowMillis,
                        lengthMillis,
                        setMillis + byMillis,
                        nowMillis + STEADY_MILLIS,
                        earlierMillis);
    }

    /** When a message is too old that would be so at {@code plainMillis} if nothing were in doubt. */
    long keptUntilMillis(long storedAtMillis, long plainMillis) {
        return storedAtMillis < storedBelowMillis
                ? Math.max(plainMillis + extraMillis(), heldUntilMillis)
                : plainMillis;
    }

    private long extraMillis() {
        return earlierMillis + Math.min(lengthMillis, Math.max(0, -setMillis));
    }
}
