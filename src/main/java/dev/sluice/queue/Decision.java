package dev.sluice.queue;

import java.util.List;

/**
 * The result of a command: events to apply and store, and the reply to send once they are stored.
 *
 * @param events in order; empty if nothing changes
 */
public record Decision<R>(List<QueueEvent> events, R reply) {
    /** A reply without changes. */
    public static <R> Decision<R> of(R reply) {
        return new Decision<>(List.of(), reply);
    }
}
