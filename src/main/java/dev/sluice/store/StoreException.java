package dev.sluice.store;

/** The store cannot do what it was asked; the text is fit for an operator. */
public class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A refusal with its reason. */
    public StoreException(String message) {
        super(message);
    }

    /** A refusal caused by something below. */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
