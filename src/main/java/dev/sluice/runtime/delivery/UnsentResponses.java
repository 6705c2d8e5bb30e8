package dev.sluice.runtime.delivery;

import java.util.ArrayDeque;

/**
 * The pending answers of one queue, oldest first. Their leases do not end, or a last delivery could end before anybody was shown the message;
 * but an answer of which nothing is heard must not keep its messages for ever. Owned by the turns of the queue.
 *
 * <p>How long a lease is held goes by the time in which the queue ran. While the machine is suspended or the process is stopped, leases
 * grow old, but nothing can report an answer; when it goes on, the report must still find its leases.
 */
final class UnsentResponses {
    /**
     * What counts at most from one look to the next. While a lease is held the queue looks every few milliseconds; what is beyond this is
     * time in which it did not run.
     */
    static final long COUNTED_MILLIS_MAX = 1_000;

    private static final int SWEEP_SIZE_MIN = 64;

    private final ArrayDeque<LeasedResponse> answers = new ArrayDeque<>(1);
    private int sweepSize = SWEEP_SIZE_MIN;
    private long lookedMillis;

    void add(LeasedResponse answer) {
        forgetFirst();
        if (answers.size() >= sweepSize) {
            answers.removeIf(LeasedResponse::isOver);
            sweepSize = Math.max(SWEEP_SIZE_MIN, 2 * answers.size());
        }
        answers.add(answer);
    }

    /** When the first lease ends, or has ended, that is held; {@link Long#MAX_VALUE} if there is none. */
    long leasesEndMillis(long nowMillis) {
        forgetFirst();
        long ranMillis = Math.min(COUNTED_MILLIS_MAX, nowMillis - lookedMillis);
        lookedMillis = nowMillis;
        long first = Long.MAX_VALUE;
        for (LeasedResponse answer : answers) {
            if (!answer.isOver() && answer.isHeld(nowMillis, ranMillis)) {
                first = Math.min(first, answer.leasesEndMillis());
            }
        }
        return first;
    }

    /** Whether there is none. */
    boolean isEmpty() {
        forgetFirst();
        return answers.isEmpty();
    }

    private void forgetFirst() {
        while (!answers.isEmpty() && answers.peek().isOver()) {
            answers.remove();
        }
    }
}
