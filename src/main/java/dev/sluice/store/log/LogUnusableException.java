package dev.sluice.store.log;

import dev.sluice.store.StoreException;

/**
 * A shard log that this node must not use any more: another node owns it, or it is not the log that this node's copy
 * follows. Trying again does not help; nothing was changed or deleted.
 */
public final class LogUnusableException extends StoreException {
    private static final long serialVersionUID = 1L;

    public LogUnusableException(String message) {
        super(message);
    }
}
