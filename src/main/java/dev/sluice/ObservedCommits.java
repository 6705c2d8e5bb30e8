package dev.sluice;

import dev.sluice.queue.TraceContext;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.runtime.tracing.Tracing;
import dev.sluice.store.CommitMeter;
import java.util.List;

/** Counts the writes of the store, and traces those of traced requests. */
record ObservedCommits(Meters meters, Tracing tracing) implements CommitMeter {
    @Override
    public void wrote(int batches, long nanos) {
        meters.countCommit(batches, nanos);
    }

    @Override
    public void traced(List<TraceContext> pushes, int batches, long nanos, boolean stored) {
        tracing.committed(pushes, batches, nanos, stored);
    }
}
