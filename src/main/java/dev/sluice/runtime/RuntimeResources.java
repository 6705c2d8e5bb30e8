package dev.sluice.runtime;

import dev.sluice.queue.Limits;
import dev.sluice.queue.MemoryBudget;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.delivery.WorkerTarget;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.store.QueueStore;

/**
 * What every queue shares.
 *
 * @param store where queues live
 * @param limits of the service
 * @param budget bytes that windows and cached contents of all queues may take together
 * @param workers where batches of worker consumers go
 * @param options bounds and times of the runtime itself
 * @param transit bytes of messages on their way
 * @param clock the time of everything that has a length
 * @param meters where messages, parked replies and active queues are counted
 */
public record RuntimeResources(
        QueueStore store,
        Limits limits,
        MemoryBudget budget,
        RuntimeOptions options,
        WorkerTarget.Directory workers,
        DeliveryBudgets transit,
        ContinuousClock clock,
        Meters meters) {}
