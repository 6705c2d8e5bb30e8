package dev.sluice.runtime;

import dev.sluice.queue.Limits;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.delivery.WorkerTarget;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.runtime.tracing.Tracing;
import dev.sluice.store.QueueStore;

/**
 * Resources shared by all queues.
 *
 * @param store where queues are stored
 * @param limits limits of the service
 * @param budgets memory that all queues share
 * @param workers targets of worker consumers
 * @param options limits and times of the runtime
 * @param clock the clock for all durations
 * @param meters counters for messages, parked replies and active queues
 * @param tracing records deliveries to Workers
 */
public record RuntimeResources(
        QueueStore store,
        Limits limits,
        MemoryBudgets budgets,
        RuntimeOptions options,
        WorkerTarget.Directory workers,
        ContinuousClock clock,
        Meters meters,
        Tracing tracing) {
    /** Resources without tracing. */
    public RuntimeResources(
            QueueStore store,
            Limits limits,
            MemoryBudgets budgets,
            RuntimeOptions options,
            WorkerTarget.Directory workers,
            ContinuousClock clock,
            Meters meters) {
        this(store, limits, budgets, options, workers, clock, meters, Tracing.OFF);
    }
}
