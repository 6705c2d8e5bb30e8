package dev.sluice.runtime;

import dev.sluice.queue.BacklogSnapshot;
import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueImage;
import dev.sluice.queue.QueueState;
import dev.sluice.queue.ReadMetrics;
import dev.sluice.queue.ReadRequest;
import dev.sluice.queue.Retention;
import dev.sluice.queue.ScheduledMessage;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.store.QueueReads;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreSnapshot;
import dev.sluice.store.StoredMessage;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Reads the backlog of one passive queue from the store: its leases, the first message of each index, and the beginning
 * of its schedule. Safe for use from several threads.
 */
final class StoredBacklogReader {
    /** Rows of the schedule, as many as the window of an active queue has. */
    private static final int SCHEDULE_ROWS_MAX = QueueState.WINDOW_MESSAGES_MAX;

    private final QueueStore store;
    private final Limits limits;
    private final ContinuousClock clock;

    StoredBacklogReader(QueueStore store, Limits limits, ContinuousClock clock) {
        this.store = store;
        this.limits = limits;
        this.clock = clock;
    }

    /** Reads the backlog, which is complete. Completes on any thread. */
    CompletionStage<BacklogSnapshot> read(QueueDefinition queue) {
        return store.read(queue.number(), snapshot -> read(snapshot, queue));
    }

    private BacklogSnapshot read(StoreSnapshot snapshot, QueueDefinition queue) {
        QueueImage image = QueueReads.load(snapshot, queue.number());
        if (image.head().count() == 0) {
            return BacklogSnapshot.EMPTY;
        }
        // A state with the first message of each index: enough for the oldest timestamp.
        QueueState state =
                new QueueState(queue.settings(), null, limits, image, ByteBudget.unbounded(), 1, Retention.BY_SETTING);
        long nowMillis = clock.nowMillis();
        ReadRequest request = new ReadMetrics().requiredRead(state, nowMillis);
        while (request != null) {
            state.begin(request);
            List<?> rows = rows(snapshot, queue.number(), request);
            state.supply(request, rows, rows.size() < request.limit());
            request = new ReadMetrics().requiredRead(state, nowMillis);
        }
        BacklogSnapshot backlog = state.snapshot(nowMillis);
        return backlog.scheduledCount() == 0
                ? backlog
                : withSchedule(
                        backlog,
                        QueueReads.schedule(
                                snapshot, queue.number(), image.head().scheduleFromMillis(), 0, SCHEDULE_ROWS_MAX));
    }

    private static List<?> rows(StoreSnapshot snapshot, long number, ReadRequest request) {
        return switch (request.kind()) {
            case ARRIVALS ->
                QueueReads.arrivals(snapshot, number, request.fromSeq(), request.limit(), 0).rows().stream()
                        .map(StoredMessage::header)
                        .toList();
            case SCHEDULED_BY_SEQ -> QueueReads.waiting(snapshot, number, request.fromSeq(), request.limit());
            case ORIGINAL_TIMESTAMPS ->
                QueueReads.originalTimestamps(
                        snapshot, number, request.fromMillis(), request.fromSeq(), request.limit());
            case SCHEDULE, LOOKUP -> throw new IllegalArgumentException("not needed for a backlog: " + request);
        };
    }

    private BacklogSnapshot withSchedule(BacklogSnapshot snapshot, List<ScheduledMessage> rows) {
        long nowMillis = clock.nowMillis();
        int due = 0;
        while (due < rows.size() && rows.get(due).availableAtMillis() <= nowMillis) {
            due++;
        }
        if (due == rows.size()) {
            // What lies behind the rows is counted as ready too.
            return snapshot.withSchedule(snapshot.scheduledCount(), Long.MAX_VALUE, Long.MAX_VALUE);
        }
        return snapshot.withSchedule(
                due,
                rows.get(due).availableAtMillis(),
                rows.get(rows.size() - 1).availableAtMillis());
    }
}
