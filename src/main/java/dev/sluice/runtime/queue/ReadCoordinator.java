package dev.sluice.runtime.queue;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueState;
import dev.sluice.queue.ReadRequest;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoredMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads rows from the store that are not in the queue's memory. At most one read per window is in progress. Commands
 * that need the same window wait for it and then run again. Lookups of single messages are independent of each other
 * and run concurrently.
 *
 * <p>Confined to the queue's scheduler.
 */
final class ReadCoordinator {
    private static final Logger LOG = LoggerFactory.getLogger(ReadCoordinator.class);
    private static final int LOOKUP_RESULTS_MAX = 10_000;

    private final QueueStore store;
    private final long queueNumber;
    private final QueueScheduler scheduler;
    private final CommitPipeline pipeline;
    private final QueueState state;
    private final Consumer<StoredMessage> onContent;
    private final Map<ReadRequest.ReadKind, WindowRead> windows = new EnumMap<>(ReadRequest.ReadKind.class);
    private final Set<ReadWaiter> lookups = new LinkedHashSet<>();
    private int lookupResults;
    private boolean closed;

    /** A command to run again after the read, or to refuse. */
    interface ReadWaiter {
        void retry();

        void refuse(QueueException error);
    }

    /**
     * Rows of a read.
     *
     * @param last whether no further rows exist
     */
    private record Rows(List<?> list, boolean last) {}

    private static final class WindowRead {
        final ArrayDeque<ReadWaiter> waiters = new ArrayDeque<>(1);
        boolean inProgress;
    }

    /** @param onContent receives the contents that are read together with arrivals */
    ReadCoordinator(
            QueueStore store,
            long queueNumber,
            QueueScheduler scheduler,
            CommitPipeline pipeline,
            QueueState state,
            Consumer<StoredMessage> onContent) {
        this.store = store;
        this.queueNumber = queueNumber;
        this.scheduler = scheduler;
        this.pipeline = pipeline;
        this.state = state;
        this.onContent = onContent;
        for (ReadRequest.ReadKind kind : ReadRequest.ReadKind.values()) {
            windows.put(kind, new WindowRead());
        }
    }

    /** Reads the rows, then runs the waiter again. */
    void fetch(ReadRequest request, ReadWaiter waiter) {
        if (request.kind() == ReadRequest.ReadKind.LOOKUP) {
            lookUp(request, waiter);
        } else {
            window(request).waiters.add(waiter);
            prefetch(request);
        }
    }

    /** Reads rows of a window in advance, unless a read of that window is in progress. */
    void prefetch(ReadRequest request) {
        WindowRead window = window(request);
        if (!window.inProgress) {
            window.inProgress = true;
            startRead(request, rows -> serve(window, request, rows), error -> refuse(window, error));
        }
    }

    private WindowRead window(ReadRequest request) {
        return Objects.requireNonNull(windows.get(request.kind()));
    }

    private void lookUp(ReadRequest request, ReadWaiter waiter) {
        lookups.add(waiter);
        startRead(
                request,
                rows -> {
                    state.supply(request, rows.list(), rows.last());
                    lookups.remove(waiter);
                    waiter.retry();
                    clearLookups(seqsOf(request).length);
                },
                error -> {
                    lookups.remove(waiter);
                    waiter.refuse(error);
                });
    }

    /**
     * Calls begin before the read, and supply or abandon after it. Everything appended before begin must be on disk
     * before the rows are read. Later changes are tracked by the state.
     */
    private void startRead(ReadRequest request, Consumer<Rows> onRows, Consumer<QueueException> onFailure) {
        state.begin(request);
        Consumer<QueueException> abandon = error -> {
            if (!closed) {
                state.abandon(request);
                onFailure.accept(error);
            }
        };
        pipeline.afterStored(
                () -> rows(request)
                        .whenComplete((rows, failure) ->
                                scheduler.execute(() -> finish(request, rows, failure, onRows, abandon))),
                abandon);
    }

    private void finish(
            ReadRequest request,
            @Nullable Rows rows,
            @Nullable Throwable failure,
            Consumer<Rows> onRows,
            Consumer<QueueException> onFailure) {
        if (closed) {
            return;
        }
        if (failure != null) {
            LOG.error("queue {}: reading {} failed", queueNumber, request.kind(), failure);
            onFailure.accept(new QueueException(QueueError.UNAVAILABLE));
            return;
        }
        try {
            onRows.accept(rows);
        } catch (RuntimeException fault) {
            LOG.error("queue {}: memory may be inconsistent, loading again", queueNumber, fault);
            pipeline.fail(new StoreException("rows could not be applied", fault));
        }
    }

    private CompletionStage<Rows> rows(ReadRequest request) {
        return switch (request.kind()) {
            case ARRIVALS ->
                store.readArrivals(queueNumber, request.fromSeq(), request.limit())
                        .thenApply(arrivals -> new Rows(arrivals.rows(), arrivals.last()));
            case SCHEDULE ->
                upToLimit(
                        request,
                        store.readSchedule(queueNumber, request.fromMillis(), request.fromSeq(), request.limit()));
            case SCHEDULED_BY_SEQ ->
                upToLimit(request, store.readWaiting(queueNumber, request.fromSeq(), request.limit()));
            case ORIGINAL_TIMESTAMPS ->
                upToLimit(
                        request,
                        store.readOriginalTimestamps(
                                queueNumber, request.fromMillis(), request.fromSeq(), request.limit()));
            case LOOKUP -> store.find(queueNumber, seqsOf(request)).thenApply(found -> new Rows(found, true));
        };
    }

    private static long[] seqsOf(ReadRequest lookup) {
        return Objects.requireNonNull(lookup.seqs(), "a lookup has numbers");
    }

    private static CompletionStage<Rows> upToLimit(ReadRequest request, CompletionStage<? extends List<?>> read) {
        return read.thenApply(rows -> new Rows(rows, rows.size() < request.limit()));
    }

    /** Runs the waiters until one of them needs the next read. That one is appended to the queue of waiters. */
    private void serve(WindowRead window, ReadRequest request, Rows rows) {
        window.inProgress = false;
        state.supply(
                request,
                request.kind() == ReadRequest.ReadKind.ARRIVALS ? headers(rows.list()) : rows.list(),
                rows.last());
        int budget = window.waiters.size();
        while (budget-- > 0 && !window.inProgress && !window.waiters.isEmpty()) {
            window.waiters.remove().retry();
        }
    }

    /**
     * A command that repeats a lookup for one changed message still needs the results for the others, and events keep
     * results up to date. So results are cleared when no lookup is in progress, or when there are too many.
     */
    private void clearLookups(int found) {
        lookupResults += found;
        if (lookups.isEmpty() || lookupResults > LOOKUP_RESULTS_MAX) {
            state.clearLookups();
            lookupResults = 0;
        }
    }

    private List<?> headers(List<?> rows) {
        List<Object> headers = new ArrayList<>(rows.size());
        for (Object row : rows) {
            StoredMessage stored = (StoredMessage) row;
            onContent.accept(stored);
            headers.add(stored.header());
        }
        return headers;
    }

    private static void refuse(WindowRead window, QueueException error) {
        window.inProgress = false;
        int budget = window.waiters.size();
        while (budget-- > 0 && !window.waiters.isEmpty()) {
            window.waiters.remove().refuse(error);
        }
    }

    /** Refuses all waiters and drops rows that arrive later. Used when the queue is closed. */
    void close(QueueException error) {
        closed = true;
        List<ReadWaiter> waiters = new ArrayList<>(lookups);
        lookups.clear();
        windows.values().forEach(window -> {
            waiters.addAll(window.waiters);
            window.waiters.clear();
        });
        waiters.forEach(waiter -> waiter.refuse(error));
    }
}
