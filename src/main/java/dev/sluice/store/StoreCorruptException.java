package dev.sluice.store;

/** What is on disk is not what was written; nothing is guessed, nothing is repaired. The text names the file where one is known. */
public final class StoreCorruptException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** Damage found by this jar. */
    public StoreCorruptException(String message) {
        super(message);
    }

    /** Damage found below. */
    public StoreCorruptException(String message, Throwable cause) {
        super(message, cause);
    }
}
