package dev.sluice.runtime;

import java.util.ArrayDeque;

/**
 * The pending answers of one queue, oldest first. Their leases do not end, or a last delivery could end before anybody was shown the message;
 * but an answer of which nothing is heard must not keep its messages for ever. Owned by the turns of the queue.
 */
final class UnsentAnswers {
    /** How long after its end a lease is held: much longer than an edge waits for the answer, also if the clock is set forward meanwhile. */
    private static final long HELD_MILLIS_MAX = 600_000;

    private static final int SWEEP_SIZE_MIN = 64;

    private final ArrayDeque<LeasedAnswer> answers = new ArrayDeque<>(1);
    private int sweepSize = SWEEP_SIZE_MIN;

    void add(LeasedAnswer answer) {
        forgetFirst();
        if (answers.size() >= sweepSize) {
            answers.removeIf(LeasedAnswer::isOver);
            sweepSize = Math.max(SWEEP_SIZE_MIN, 2 * answers.size());
        }
        answers.add(answer);
    }

    /** When the first lease ends that is held; {@link Long#MAX_VALUE} if there is none. */
    long leasesEndMillis(long nowMillis) {
        forgetFirst();
        long first = Long.MAX_VALUE;
        for (LeasedAnswer answer : answers) {
            if (!answer.isOver() && answer.leasesEndMillis() > nowMillis - HELD_MILLIS_MAX) {
                first = Math.min(first, answer.leasesEndMillis());
            }
        }
        return first;
    }

    private void forgetFirst() {
        while (!answers.isEmpty() && answers.peek().isOver()) {
            answers.remove();
        }
    }
}
