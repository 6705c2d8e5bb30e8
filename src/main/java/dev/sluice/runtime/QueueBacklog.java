package dev.sluice.runtime;

import dev.sluice.queue.BacklogSnapshot;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.metrics.QueueCounters;
import org.jspecify.annotations.Nullable;

/**
 * A queue with its backlog.
 *
 * @param backlog at the time of the reading
 * @param counters since the start of the process; null if the queue was never active since
 */
public record QueueBacklog(QueueDefinition queue, BacklogSnapshot backlog, @Nullable QueueCounters counters) {}
