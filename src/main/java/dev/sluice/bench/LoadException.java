package dev.sluice.bench;

/** A run cannot begin; the text is one line for whoever asked for it. */
public final class LoadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A refusal in one line. */
    public LoadException(String message) {
        super(message, null, false, false);
    }
}
