package dev.sluice.runtime.delivery;

/**
 * An answer with messages that its receiver has not handed to a connection yet. The receiver reports one of the two, from one thread; what it
 * reports after that has no effect.
 */
public interface PendingResponse {
    /** There is nothing to report to. */
    PendingResponse NONE = new PendingResponse() {
        @Override
        public void sent() {}

        @Override
        public void unsent() {}
    };

    /** The charge for its memory ends, because another budget has it from now on; the report is still to come. */
    default void endCharge() {}

    /** The answer was handed to a connection: each delivery in it counts. Ends the charge for its memory. */
    void sent();

    /** The answer never will be: each message goes back to its place, and the delivery does not count. Ends the charge for its memory. */
    void unsent();
}
