package dev.sluice.runtime;

/**
 * Memory for messages that were read and are on their way, by where they go: one way that is slow does not hold up the others.
 *
 * @param answers to pulls and peeks, until the client has taken them
 * @param deliveries to workers, until they are settled
 * @param moves to dead letter queues, until they are stored there
 */
public record DeliveryBudgets(DeliveryBudget answers, DeliveryBudget deliveries, DeliveryBudget moves) {
    /** Moves are small and soon done. */
    private static final int MOVES_SHARE = 4;

    /**
     * The usual shares.
     *
     * @param bytesMax of bodies on their way to clients, and of as many on their way to workers, from 1
     */
    public static DeliveryBudgets of(long bytesMax) {
        return new DeliveryBudgets(
                new DeliveryBudget(bytesMax),
                new DeliveryBudget(bytesMax),
                new DeliveryBudget(Math.max(1, bytesMax / MOVES_SHARE)));
    }
}
