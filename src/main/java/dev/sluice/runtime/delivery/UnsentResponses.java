package dev.sluice.runtime.delivery;

import java.util.ArrayDeque;

/**
 * The pending responses of one queue, oldest first. Their leases do not expire; otherwise a last attempt could end
 * before a client saw the message. The extension is limited, so that a response without a report does not keep its
 * messages for ever. Confined to the queue's scheduler.
 *
 * <p>The extension counts only the time in which the queue ran. While the machine is suspended or the process is
 * stopped, leases age but no response can be reported. After that the report must still find its leases.
 */
final class UnsentResponses {
    /**
     * The most that counts between two checks. While a lease is extended the queue checks every few milliseconds; a
     * longer interval means that the process did not run.
     */
    static final long COUNTED_MILLIS_MAX = 1_000;

    private static final int SWEEP_SIZE_MIN = 64;

    private final ArrayDeque<LeasedResponse> responses = new ArrayDeque<>(1);
    private int sweepSize = SWEEP_SIZE_MIN;
    private long checkedAtMillis;

    void add(LeasedResponse response) {
        removeDone();
        if (responses.size() >= sweepSize) {
            responses.removeIf(LeasedResponse::isDone);
            sweepSize = Math.max(SWEEP_SIZE_MIN, 2 * responses.size());
        }
        responses.add(response);
    }

    /**
     * The earliest end, possibly in the past, of a lease that is still valid or extended. {@link Long#MAX_VALUE} if
     * there is none.
     */
    long leasesEndMillis(long nowMillis) {
        removeDone();
        long ranMillis = Math.min(COUNTED_MILLIS_MAX, nowMillis - checkedAtMillis);
        checkedAtMillis = nowMillis;
        long earliest = Long.MAX_VALUE;
        for (LeasedResponse response : responses) {
            if (!response.isDone() && response.isExtended(nowMillis, ranMillis)) {
                earliest = Math.min(earliest, response.leasesEndMillis());
            }
        }
        return earliest;
    }

    boolean isEmpty() {
        removeDone();
        return responses.isEmpty();
    }

    private void removeDone() {
        while (!responses.isEmpty() && responses.peek().isDone()) {
            responses.remove();
        }
    }
}
