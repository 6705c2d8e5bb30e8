package dev.sluice.store.kafka;

import dev.sluice.store.StoreException;

/** Another node has claimed a shard that this node owned. */
final class ShardTakenException extends StoreException {
    private static final long serialVersionUID = 1L;

    ShardTakenException(String message) {
        super(message);
    }
}
