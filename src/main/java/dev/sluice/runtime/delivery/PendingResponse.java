package dev.sluice.runtime.delivery;

import dev.sluice.queue.ByteBudget;

/**
 * A response with messages that has not been handed to a connection yet. The receiver reports either {@link #sent} or
 * {@link #unsent}, from one thread. Later reports have no effect.
 */
public interface PendingResponse {
    /** Ignores all reports. */
    PendingResponse NONE = new PendingResponse() {
        @Override
        public void sent() {}

        @Override
        public void unsent() {}
    };

    /** A response without leases: only its memory is released. */
    record Unleased(ByteBudget.Reservation reservation) implements PendingResponse {
        @Override
        public void endCharge() {
            reservation.close();
        }

        @Override
        public void sent() {
            reservation.close();
        }

        @Override
        public void unsent() {
            reservation.close();
        }
    }

    /** Ends the memory charge because another budget covers the response from now on. The report is still to come. */
    default void endCharge() {}

    /** The response was handed to a connection: each delivery in it counts. Ends the memory charge. */
    void sent();

    /**
     * The response will never be sent: each message returns to its position, and the delivery does not count. Ends the
     * memory charge.
     */
    void unsent();
}
