package dev.sluice.runtime;

/**
 * Budgets for messages in transit, one per destination, so that a slow destination does not block the others.
 *
 * @param responses of pulls and peeks, until the client has received them
 * @param deliveries to Workers, until they are acknowledged
 * @param transfers to dead letter queues, until they are stored there
 */
public record DeliveryBudgets(DeliveryBudget responses, DeliveryBudget deliveries, DeliveryBudget transfers) {
    /** Transfers are small and short. */
    private static final int TRANSFERS_SHARE = 4;

    /**
     * Creates the default shares.
     *
     * @param bytesMax limit for bodies in transit to clients, and as many to Workers; from 1
     */
    public static DeliveryBudgets of(long bytesMax) {
        return new DeliveryBudgets(
                new DeliveryBudget(bytesMax),
                new DeliveryBudget(bytesMax),
                new DeliveryBudget(Math.max(1, bytesMax / TRANSFERS_SHARE)));
    }
}
