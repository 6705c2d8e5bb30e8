package dev.sluice.queue;

import java.util.List;

/**
 * What a command leads to: facts to apply and store, and the answer to give once they are stored.
 *
 * @param events in order; empty if nothing changes
 */
public record Decision<R>(List<QueueEvent> events, R reply) {
    /** An answer that changes nothing. */
    public static <R> Decision<R> of(R reply) {
        return new Decision<>(List.of(), reply);
    }
}
