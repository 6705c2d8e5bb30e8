package dev.sluice.api;

import dev.sluice.queue.ByteBudget;

/**
 * The memory budgets of requests, over all connections.
 *
 * @param bodies for request bodies, from their first byte to the response; without room a body is refused with
 *     OVERLOADED
 * @param responses for responses, from the moment when they are handed to the connection until they are flushed
 * @param connectionBytes per event loop, for the fixed costs of open connections and open streams of HTTP/2
 */
public record RequestMemory(ByteBudget bodies, ByteBudget responses, long connectionBytes) {}
