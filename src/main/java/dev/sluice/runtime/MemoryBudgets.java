package dev.sluice.runtime;

import dev.sluice.queue.ByteBudget;

/**
 * The memory that all queues share. Messages in transit have one budget per destination, so that a slow destination
 * does not block the others. They are reserved even beyond the limit, so that a request of any size can run; at the
 * limit no further one starts.
 *
 * @param windows for windows and cached contents; a queue that gets nothing reads more
 * @param responses of pulls and peeks, until the response is made
 * @param deliveries to Workers, until they are acknowledged
 * @param transfers to dead letter queues, until they are stored there
 */
public record MemoryBudgets(ByteBudget windows, ByteBudget responses, ByteBudget deliveries, ByteBudget transfers) {
    /** Transfers are small and short. */
    private static final int TRANSFERS_SHARE = 4;

    /**
     * The budgets of a server.
     *
     * @param windowBytes for windows and cached contents
     * @param transitBytes for messages in transit to clients, and as many to Workers; from 1
     */
    public static MemoryBudgets of(long windowBytes, long transitBytes) {
        return new MemoryBudgets(
                new ByteBudget(windowBytes),
                new ByteBudget(transitBytes),
                new ByteBudget(transitBytes),
                new ByteBudget(Math.max(1, transitBytes / TRANSFERS_SHARE)));
    }

    /** Budgets without limits. */
    public static MemoryBudgets unbounded() {
        return of(Long.MAX_VALUE, Long.MAX_VALUE);
    }
}
