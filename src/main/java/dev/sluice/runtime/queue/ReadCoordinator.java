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
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches from the store what a queue's memory lacks. Of each window one read is under way at a time; who needs the same window
 * waits, and is run again when the rows have come. Lookups of single messages serve nobody else and run side by side.
 *
 * <p>Owned by the turns of one queue.
 */
final class ReadCoordinator {
    private static final Logger LOG = LoggerFactory.getLogger(ReadCoordinator.class);
    private static final int FINDINGS_MAX = 10_000;

    private final QueueStore store;
    private final long queueNumber;
    private final QueueScheduler turns;
    private final CommitPipeline pipeline;
    private final QueueState state;
    private final Consumer<StoredMessage> onContent;
    private final Map<ReadRequest.ReadKind, WindowRead> windows = new EnumMap<>(ReadRequest.ReadKind.class);
    private final Set<ReadWaiter> lookups = new LinkedHashSet<>();
    private int findings;
    private boolean closed;

    /** Someone to run again, or to refuse. */
    interface ReadWaiter {
        void retry();

        void refuse(QueueException why);
    }

    /** What a read brought, and whether nothing lies behind it. */
    private record Rows(List<?> list, boolean last) {}

    private static final class WindowRead {
        final ArrayDeque<ReadWaiter> waiters = new ArrayDeque<>(1);
        boolean underWay;
    }

    /** Contents that come along with arrivals go to {@code onContent}. */
    ReadCoordinator(
            QueueStore store,
            long queueNumber,
            QueueScheduler turns,
            CommitPipeline pipeline,
            QueueState state,
            Consumer<StoredMessage> onContent) {
        this.store = store;
        this.queueNumber = queueNumber;
        this.turns = turns;
        this.pipeline = pipeline;
        this.state = state;
        this.onContent = onContent;
        for (ReadRequest.ReadKind kind : ReadRequest.ReadKind.values()) {
            windows.put(kind, new WindowRead());
        }
    }

    /** Sees to it that the rows are read; runs the waiter again afterwards. */
    void fetch(ReadRequest need, ReadWaiter waiter) {
        if (need.kind() == ReadRequest.ReadKind.LOOKUP) {
            lookUp(need, waiter);
        } else {
            windows.get(need.kind()).waiters.add(waiter);
            prefetch(need);
        }
    }

    /** Reads rows of a window for whoever needs them later, unless a read of that window is under way. */
    void prefetch(ReadRequest need) {
        WindowRead window = windows.get(need.kind());
        if (!window.underWay) {
            window.underWay = true;
            read(need, rows -> serve(window, need, rows), why -> refuse(window, why));
        }
    }

    private void lookUp(ReadRequest need, ReadWaiter waiter) {
        lookups.add(waiter);
        read(
                need,
                rows -> {
                    state.supply(need, rows.list(), rows.last());
                    lookups.remove(waiter);
                    waiter.retry();
                    forgetFindings(need.seqs().length);
                },
                why -> {
                    lookups.remove(waiter);
                    waiter.refuse(why);
                });
    }

    /**
     * Brackets a read with begin and supply, or abandon. What was appended before begin must be on disk before the rows are read;
     * what comes later, the state tracks.
     */
    private void read(ReadRequest need, Consumer<Rows> onRows, Consumer<QueueException> onFailure) {
        state.begin(need);
        Consumer<QueueException> abandon = why -> {
            if (!closed) {
                state.abandon(need);
                onFailure.accept(why);
            }
        };
        pipeline.afterStored(
                () -> rows(need)
                        .whenComplete(
                                (rows, failure) -> turns.next(() -> finish(need, rows, failure, onRows, abandon))),
                abandon);
    }

    private void finish(
            ReadRequest need, Rows rows, Throwable failure, Consumer<Rows> onRows, Consumer<QueueException> onFailure) {
        if (closed) {
            return;
        }
        if (failure != null) {
            LOG.error("queue {}: reading {} failed", queueNumber, need.kind(), failure);
            onFailure.accept(new QueueException(QueueError.UNAVAILABLE));
            return;
        }
        try {
            onRows.accept(rows);
        } catch (RuntimeException fault) {
            LOG.error("queue {}: memory is in doubt, loading again", queueNumber, fault);
            pipeline.fail(new StoreException("rows could not be taken in", fault));
        }
    }

    private CompletionStage<Rows> rows(ReadRequest need) {
        return switch (need.kind()) {
            case ARRIVALS ->
                store.readArrivals(queueNumber, need.fromSeq(), need.limit())
                        .thenApply(arrivals -> new Rows(arrivals.rows(), arrivals.last()));
            case SCHEDULE ->
                upToLimit(need, store.readSchedule(queueNumber, need.fromMillis(), need.fromSeq(), need.limit()));
            case SCHEDULED_BY_SEQ -> upToLimit(need, store.readWaiting(queueNumber, need.fromSeq(), need.limit()));
            case ORIGINAL_TIMESTAMPS ->
                upToLimit(
                        need,
                        store.readOriginalTimestamps(queueNumber, need.fromMillis(), need.fromSeq(), need.limit()));
            case LOOKUP -> store.find(queueNumber, need.seqs()).thenApply(found -> new Rows(found, true));
        };
    }

    private static CompletionStage<Rows> upToLimit(ReadRequest need, CompletionStage<? extends List<?>> read) {
        return read.thenApply(rows -> new Rows(rows, rows.size() < need.limit()));
    }

    /** Runs those that waited when the rows came, until one of them needs the next read; that one goes to the end. */
    private void serve(WindowRead window, ReadRequest need, Rows rows) {
        window.underWay = false;
        state.supply(
                need, need.kind() == ReadRequest.ReadKind.ARRIVALS ? headers(rows.list()) : rows.list(), rows.last());
        int budget = window.waiters.size();
        while (budget-- > 0 && !window.underWay && !window.waiters.isEmpty()) {
            window.waiters.remove().retry();
        }
    }

    /**
     * A command that asks for the one message that changed meanwhile still needs what was found of the others; events keep findings
     * true. So they go when nobody looks anything up, or when they become many.
     */
    private void forgetFindings(int found) {
        findings += found;
        if (lookups.isEmpty() || findings > FINDINGS_MAX) {
            state.clearLookups();
            findings = 0;
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

    private static void refuse(WindowRead window, QueueException why) {
        window.underWay = false;
        int budget = window.waiters.size();
        while (budget-- > 0 && !window.waiters.isEmpty()) {
            window.waiters.remove().refuse(why);
        }
    }

    /** Refuses everyone who waits and drops the rows that still come; for a queue that is going away. */
    void close(QueueException why) {
        closed = true;
        List<ReadWaiter> stranded = new ArrayList<>(lookups);
        lookups.clear();
        windows.values().forEach(window -> {
            stranded.addAll(window.waiters);
            window.waiters.clear();
        });
        stranded.forEach(waiter -> waiter.refuse(why));
    }
}
