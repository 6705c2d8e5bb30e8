package dev.sluice.runtime;

import dev.sluice.queue.Limits;
import dev.sluice.queue.MemoryBudget;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.delivery.WorkerTarget;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.store.QueueStore;

/**
 * Resources shared by all queues.
 *
 * @param store where queues are stored
 * @param limits limits of the service
 * @param budget memory for windows and cached contents of all queues
 * @param workers targets of worker consumers
 * @param options limits and times of the runtime
 * @param deliveryBudgets memory for messages in transit
 * @param clock the clock for all durations
 * @param meters counters for messages, parked replies and active queues
 */
public record RuntimeResources(
        QueueStore store,
        Limits limits,
        MemoryBudget budget,
        RuntimeOptions options,
        WorkerTarget.Directory workers,
        DeliveryBudgets deliveryBudgets,
        ContinuousClock clock,
        Meters meters) {}
