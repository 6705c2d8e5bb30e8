package dev.sluice.api;

import dev.sluice.queue.MemoryBudget;
import dev.sluice.runtime.TransitMemory;

/**
 * What requests may take of the memory, over all connections.
 *
 * @param bodies for request bodies, from their first byte to the answer; a body that finds no room is refused with OVERLOADED
 * @param answers for answers to pulls and peeks, until the client has taken them
 */
public record RequestMemory(MemoryBudget bodies, TransitMemory answers) {}
