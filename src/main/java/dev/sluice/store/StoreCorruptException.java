package dev.sluice.store;

import org.jspecify.annotations.Nullable;

/** The stored data is damaged. It is neither guessed nor repaired. The message names the file if it is known. */
public final class StoreCorruptException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** Damage found by Sluice itself. */
    public StoreCorruptException(String message) {
        super(message);
    }

    /** Damage reported by a lower layer. */
    public StoreCorruptException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
