package dev.sluice.runtime;

import dev.sluice.queue.Need;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueState;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoredContent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches from the store what a queue's memory lacks, one read of each kind at a time. Who needs the same kind waits, and is
 * run again when the rows have come. Owned by the turns of one queue.
 */
final class ReadDesk {
    private static final Logger LOG = LoggerFactory.getLogger(ReadDesk.class);

    private final QueueStore store;
    private final long queueNumber;
    private final Turns turns;
    private final CommitPipeline pipeline;
    private final QueueState state;
    private final Consumer<StoredContent> onContent;
    private final BooleanSupplier alive;
    private final Map<Need.Kind, ArrayDeque<Waiter>> waiting = new EnumMap<>(Need.Kind.class);
    private final Set<Need.Kind> underWay = EnumSet.noneOf(Need.Kind.class);

    /** Someone to run again, or to refuse. */
    interface Waiter {
        void again();

        void refuse(QueueException why);
    }

    /** Contents that come along with arrivals go to {@code onContent}; once {@code alive} says no, rows are dropped. */
    ReadDesk(
            QueueStore store,
            long queueNumber,
            Turns turns,
            CommitPipeline pipeline,
            QueueState state,
            Consumer<StoredContent> onContent,
            BooleanSupplier alive) {
        this.store = store;
        this.queueNumber = queueNumber;
        this.turns = turns;
        this.pipeline = pipeline;
        this.state = state;
        this.onContent = onContent;
        this.alive = alive;
        for (Need.Kind kind : Need.Kind.values()) {
            waiting.put(kind, new ArrayDeque<>());
        }
    }

    /** Starts the read unless one of its kind is under way; runs the waiter again afterwards. */
    void fetch(Need need, Waiter waiter) {
        Need.Kind kind = need.kind();
        waiting.get(kind).add(waiter);
        if (!underWay.contains(kind)) {
            start(need);
        }
    }

    /** Starts a read that nobody waits for, unless one of its kind is under way. */
    void prefetch(Need need) {
        if (!underWay.contains(need.kind())) {
            start(need);
        }
    }

    private void start(Need need) {
        underWay.add(need.kind());
        state.begin(need);
        // What was appended before begin() must be on disk before the rows are read; what comes later, the state
        // tracks.
        pipeline.park(new CommitPipeline.Parked() {
            @Override
            public void release() {
                rows(need).whenComplete((rows, failure) -> turns.next(() -> finish(need, rows, failure)));
            }

            @Override
            public void refuse(QueueException why) {
                fail(need, why);
            }
        });
    }

    private CompletionStage<? extends List<?>> rows(Need need) {
        return switch (need.kind()) {
            case ARRIVALS -> store.readArrivals(queueNumber, need.fromSeq(), need.limit());
            case SCHEDULE -> store.readSchedule(queueNumber, need.fromMillis(), need.fromSeq(), need.limit());
            case WAITING -> store.readWaiting(queueNumber, need.fromSeq(), need.limit());
            case INHERITED -> store.readInherited(queueNumber, need.fromMillis(), need.fromSeq(), need.limit());
            case FIND -> store.find(queueNumber, need.seqs());
        };
    }

    private void finish(Need need, List<?> rows, Throwable failure) {
        if (!alive.getAsBoolean()) {
            return;
        }
        if (failure != null) {
            LOG.error("queue {}: reading {} failed", queueNumber, need.kind(), failure);
            fail(need, new QueueException(QueueError.UNAVAILABLE));
            return;
        }
        underWay.remove(need.kind());
        state.supply(need, need.kind() == Need.Kind.ARRIVALS ? headers(rows) : rows);
        ArrayDeque<Waiter> waiters = waiting.get(need.kind());
        int budget = waiters.size();
        while (budget-- > 0 && !underWay.contains(need.kind())) {
            waiters.remove().again();
            state.forgetFindings();
        }
        state.forgetFindings();
    }

    private List<?> headers(List<?> rows) {
        List<Object> headers = new ArrayList<>(rows.size());
        for (Object row : rows) {
            StoredContent stored = (StoredContent) row;
            onContent.accept(stored);
            headers.add(stored.header());
        }
        return headers;
    }

    private void fail(Need need, QueueException why) {
        Need.Kind kind = need.kind();
        underWay.remove(kind);
        state.abandon(need);
        ArrayDeque<Waiter> waiters = waiting.get(kind);
        int budget = waiters.size();
        while (budget-- > 0) {
            waiters.remove().refuse(why);
        }
    }

    /** Refuses everyone who waits; for a queue that is going away. */
    void close(QueueException why) {
        for (Need.Kind kind : Need.Kind.values()) {
            ArrayDeque<Waiter> waiters = waiting.get(kind);
            while (!waiters.isEmpty()) {
                waiters.remove().refuse(why);
            }
        }
    }
}
