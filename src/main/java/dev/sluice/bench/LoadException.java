package dev.sluice.bench;

/** A load run cannot start. The message is one line for the user. */
public final class LoadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LoadException(String message) {
        super(message, null, false, false);
    }
}
