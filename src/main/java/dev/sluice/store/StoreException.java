package dev.sluice.store;

import org.jspecify.annotations.Nullable;

/** An operation of the store failed. The message is suitable for an operator. */
public class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The exception with which a read fails, whatever it threw. */
    public static StoreException ofRead(Throwable failure) {
        return failure instanceof StoreException expected
                ? expected
                : new StoreException("the store cannot read: " + failure, failure);
    }

    /** One line for an operator; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
