package dev.sluice.api;

import dev.sluice.api.http.ResponseBudget;
import dev.sluice.queue.MemoryBudget;

/**
 * What requests may take of the memory, over all connections.
 *
 * @param bodies for request bodies, from their first byte to the answer; a body that finds no room is refused with OVERLOADED
 * @param responses for responses, from the moment when they are handed to the connection until the client has taken them
 * @param connectionBytes of one event loop, for open connections and open streams of HTTP/2 by themselves
 */
public record RequestMemory(MemoryBudget bodies, ResponseBudget responses, long connectionBytes) {}
