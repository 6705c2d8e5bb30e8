package dev.sluice.runtime.clock;

/**
 * The last downtime whose length is known only from the wall clock, and its effect on retention. A clock that is wrong
 * when the machine starts is usually corrected minutes later. Until then no message may be deleted because of it:
 *
 * <ul>
 *   <li>Messages stored before the downtime are kept until the wall clock was not set for {@link #STEADY_MILLIS}.
 *   <li>If it is set back within that time, the downtime was shorter by that amount, and those messages are kept longer
 * by that amount.
 * </ul>
 *
 * @param storedBelowMillis messages stored before this time have an uncertain age
 * @param lengthMillis length of the downtime according to the wall clock
 * @param setMillis by how much the wall clock has been set forward since; negative if back
 * @param keptUntilMillis until then none of those messages expires
 * @param earlierMillis how much longer they are kept because of earlier downtimes
 */
public record ClockGap(
        long storedBelowMillis, long lengthMillis, long setMillis, long keptUntilMillis, long earlierMillis) {
    /** How long a wall clock must run without being set before it is trusted. */
    static final long STEADY_MILLIS = 300_000;

    /** No message has an uncertain age. */
    static final ClockGap NONE = new ClockGap(0, 0, 0, 0, 0);

    /** The gap for a later downtime that ended at {@code endMillis}. */
    ClockGap followedBy(long endMillis, long lengthMillis, long retentionMillisMax) {
        long extraMillis = extraMillis();
        boolean expired = endMillis - storedBelowMillis > retentionMillisMax + extraMillis;
        return new ClockGap(endMillis, lengthMillis, 0, endMillis + STEADY_MILLIS, expired ? 0 : extraMillis);
    }

    /** The gap after the wall clock was set by that amount. Has an effect only until the wall clock is trusted. */
    ClockGap afterClockSet(long byMillis, long nowMillis) {
        return nowMillis >= keptUntilMillis
                ? this
                : new ClockGap(
                        storedBelowMillis,
                        lengthMillis,
                        setMillis + byMillis,
                        nowMillis + STEADY_MILLIS,
                        earlierMillis);
    }

    /** When a message expires that would expire at {@code plainMillis} without any gap. */
    long expiryMillis(long storedAtMillis, long plainMillis) {
        return storedAtMillis < storedBelowMillis
                ? Math.max(plainMillis + extraMillis(), keptUntilMillis)
                : plainMillis;
    }

    private long extraMillis() {
        return earlierMillis + Math.min(lengthMillis, Math.max(0, -setMillis));
    }
}
