package dev.sluice.runtime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.Limits;
import dev.sluice.queue.Peek;
import dev.sluice.queue.PurgeRefs;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueHead;
import dev.sluice.queue.QueueSettings;
import dev.sluice.queue.QueueState;
import dev.sluice.queue.ReadRequest;
import dev.sluice.runtime.FaultyStore;
import dev.sluice.store.Samples;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoreResults;
import dev.sluice.store.StoredMessage;
import dev.sluice.store.memory.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads that commands of a queue wait for. Three arrivals are on disk, and none is in memory. */
class ReadCoordinatorTest {
    private static final long QUEUE = 1;

    private final ManualScheduler scheduler = new ManualScheduler();
    private final FaultyStore store = new FaultyStore(new MemoryStore());
    private final List<StoreException> failures = new ArrayList<>();
    private final List<StoredMessage> contents = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private QueueState state;
    private CommitPipeline pipeline;
    private ReadCoordinator reads;

    /** Writes down what happens to it. */
    private class LoggedWaiter implements ReadCoordinator.ReadWaiter {
        private final String name;

        LoggedWaiter(String name) {
            this.name = name;
        }

        @Override
        public void retry() {
            log.add(name);
        }

        @Override
        public void refuse(QueueException error) {
            log.add(name + " " + error.error());
        }
    }

    @BeforeEach
    void load() {
        StoreBatch batch = Samples.batch();
        for (long seq = 1; seq <= 3; seq++) {
            batch.add(QUEUE, Samples.enqueued(Samples.arrival(seq)));
        }
        batch.head(QUEUE, new QueueHead(4, 1, 3, 30, 0, 0, 0, 1, 0, 1_003, 1, 0, Long.MAX_VALUE));
        StoreResults.get(StoreResults.commitAsync(store, batch));
        state = new QueueState(
                QueueSettings.DEFAULT,
                null,
                Limits.DOCUMENTED,
                StoreResults.get(store.load(QUEUE)),
                ByteBudget.unbounded());
        pipeline = new CommitPipeline(
                store, QUEUE, store.generation(QUEUE), scheduler, state::head, failures::add, new LongAdder());
        reads = new ReadCoordinator(store, QUEUE, scheduler, pipeline, state, contents::add);
    }

    private ReadRequest arrivals() {
        ReadRequest request = new Peek(10, 1_000).requiredRead(state, 2_000);
        assertThat(request.kind()).isEqualTo(ReadRequest.ReadKind.ARRIVALS);
        return request;
    }

    private int known() {
        return new Peek(10, 1_000).decide(state, 2_000).reply().size();
    }

    @Test
    void commandsThatNeedTheSameWindowWaitForOneReadAndRunInOrder() {
        reads.fetch(arrivals(), new LoggedWaiter("first"));
        reads.fetch(arrivals(), new LoggedWaiter("second"));
        reads.prefetch(arrivals());
        assertThat(log).isEmpty();
        scheduler.run();
        assertThat(log).containsExactly("first", "second");
        assertThat(store.arrivalsRead).isEqualTo(1);
        assertThat(known()).isEqualTo(3);
        assertThat(contents).extracting(stored -> stored.header().seq()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aReadBeginsWhenEverythingBeforeItIsStored() {
        store.heldCommits = new ArrayList<>();
        pipeline.append(Samples.enqueued(Samples.arrival(4)));
        pipeline.flush();
        reads.fetch(arrivals(), new LoggedWaiter("command"));
        scheduler.run();
        assertThat(store.arrivalsRead).isZero();
        store.heldCommits.forEach(Runnable::run);
        scheduler.run();
        assertThat(store.arrivalsRead).isEqualTo(1);
        assertThat(log).containsExactly("command");
    }

    @Test
    void aFailedReadRefusesItsCommandsAndTheNextReadServesLaterOnes() {
        store.arrivalsGate = CompletableFuture.failedFuture(new StoreException("the disk cannot be read"));
        reads.fetch(arrivals(), new LoggedWaiter("first"));
        reads.fetch(arrivals(), new LoggedWaiter("second"));
        scheduler.run();
        assertThat(log).containsExactly("first UNAVAILABLE", "second UNAVAILABLE");
        assertThat(failures).as("the queue need not load again").isEmpty();
        store.arrivalsGate = CompletableFuture.completedFuture(null);
        reads.fetch(arrivals(), new LoggedWaiter("third"));
        scheduler.run();
        assertThat(log).endsWith("third");
        assertThat(known()).isEqualTo(3);
    }

    @Test
    void aCommandThatNeedsMoreWaitsForTheNextReadBehindTheOthers() {
        store.arrivalsMax = 1;
        reads.fetch(arrivals(), new LoggedWaiter("first") {
            @Override
            public void retry() {
                super.retry();
                if (known() < 2) {
                    reads.fetch(arrivals(), this);
                }
            }
        });
        reads.fetch(arrivals(), new LoggedWaiter("second"));
        scheduler.run();
        assertThat(log).containsExactly("first", "second", "first");
        assertThat(store.arrivalsRead).isEqualTo(2);
    }

    @Test
    void aClosedQueueRefusesWhatWaitsAndIgnoresLateRows() {
        store.arrivalsGate = new CompletableFuture<>();
        reads.fetch(arrivals(), new LoggedWaiter("read"));
        reads.fetch(lookup(), new LoggedWaiter("lookup"));
        reads.close(new QueueException(QueueError.UNAVAILABLE));
        assertThat(log).containsExactlyInAnyOrder("read UNAVAILABLE", "lookup UNAVAILABLE");
        store.arrivalsGate.complete(null);
        scheduler.run();
        assertThat(log).hasSize(2);
        assertThat(known()).isZero();
        assertThat(contents).isEmpty();
    }

    @Test
    void aReadOfAClosedQueueWhoseStoreFailedIsNotReportedTwice() {
        store.heldCommits = new ArrayList<>();
        pipeline.append(Samples.enqueued(Samples.arrival(4)));
        reads.fetch(arrivals(), new LoggedWaiter("read"));
        reads.close(new QueueException(QueueError.UNAVAILABLE));
        pipeline.fail(new StoreException("the disk is gone"));
        scheduler.run();
        assertThat(log).containsExactly("read UNAVAILABLE");
    }

    @Test
    void aFailedPipelineRefusesCommandsThatNeedARead() {
        pipeline.fail(new StoreException("the disk is gone"));
        reads.fetch(arrivals(), new LoggedWaiter("read"));
        reads.fetch(lookup(), new LoggedWaiter("lookup"));
        assertThat(log).containsExactly("read UNAVAILABLE", "lookup UNAVAILABLE");
    }

    @Test
    void rowsThatDoNotFitTheMemoryMakeTheQueueLoadAgain() {
        ReadRequest request = arrivals();
        reads.fetch(request, new LoggedWaiter("command"));
        state.abandon(request);
        scheduler.run();
        assertThat(log).isEmpty();
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0)).hasMessage("rows could not be applied");
    }

    private ReadRequest lookup() {
        return new PurgeRefs(List.of(2L)).requiredRead(state, 2_000);
    }

    @Test
    void theResultOfALookupServesTheCommandThatWaitedAndIsDroppedAfterIt() {
        reads.fetch(lookup(), new LoggedWaiter("lookup") {
            @Override
            public void retry() {
                super.retry();
                assertThat(lookup()).as("nothing more to look up").isNull();
            }
        });
        scheduler.run();
        assertThat(log).containsExactly("lookup");
        assertThat(lookup()).isNotNull();
    }

    @Test
    void theResultsOfALookupStayWhileAnotherOneIsInProgress() {
        reads.fetch(lookup(), new LoggedWaiter("first"));
        ReadRequest other = new PurgeRefs(List.of(3L)).requiredRead(state, 2_000);
        store.heldCommits = new ArrayList<>();
        pipeline.append(Samples.enqueued(Samples.arrival(4)));
        reads.fetch(other, new LoggedWaiter("second"));
        scheduler.run();
        assertThat(log).containsExactly("first");
        assertThat(lookup()).isNull();
        pipeline.flush();
        store.heldCommits.forEach(Runnable::run);
        scheduler.run();
        assertThat(log).containsExactly("first", "second");
        assertThat(lookup()).isNotNull();
    }
}
