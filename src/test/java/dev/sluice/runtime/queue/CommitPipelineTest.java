package dev.sluice.runtime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueHead;
import dev.sluice.runtime.FaultyStore;
import dev.sluice.store.Samples;
import dev.sluice.store.StoreException;
import dev.sluice.store.memory.MemoryStore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** When replies are released and when they are refused. */
class CommitPipelineTest {
    private static final QueueHead HEAD = Samples.head(9);

    private final ManualScheduler scheduler = new ManualScheduler();
    private final FaultyStore store = new FaultyStore(new MemoryStore());
    private final LongAdder parked = new LongAdder();
    private final List<StoreException> breaks = new ArrayList<>();
    private final List<String> replies = new ArrayList<>();
    private final List<QueueException> refusals = new ArrayList<>();
    private final CommitPipeline pipeline =
            new CommitPipeline(store, 1, store.generation(1), scheduler, () -> HEAD, breaks::add, parked);

    @Test
    void aReplyWaitsForTheEventsAppendedBeforeIt() {
        append(1);
        reply("first");
        append(2);
        reply("second");
        assertThat(replies).isEmpty();
        assertThat(parked.sum()).isEqualTo(2);

        scheduler.run();
        assertThat(replies).containsExactly("first", "second");
        assertThat(parked.sum()).isZero();
        assertThat(store.load(1).toCompletableFuture().join().head()).isEqualTo(HEAD);
    }

    @Test
    void aReplyWithoutPendingEventsIsReleasedAtOnce() {
        reply("first");
        assertThat(replies).containsExactly("first");
        assertThat(pipeline.isIdle()).isTrue();
    }

    @Test
    void aRefusedCommitRefusesParkedAndLaterReplies() {
        store.refusing = true;
        append(1);
        reply("waits");
        scheduler.run();
        reply("comes");

        assertThat(replies).isEmpty();
        assertUnavailable(2);
        assertThat(parked.sum()).isZero();
    }

    /** The queue's memory may rely on commits that the store lost, so even its reads are not valid. */
    @Test
    void afterAReopenEveryReplyOfAnEarlierGenerationIsRefused() {
        store.reopenings = 1;
        reply("comes");

        assertThat(replies).isEmpty();
        assertUnavailable(1);
    }

    @Test
    void afterAReopenTheNextRequestRefusesTheParkedReplies() {
        append(1);
        reply("waits");
        store.reopenings = 1;
        reply("comes");
        scheduler.run();

        assertThat(replies).isEmpty();
        assertUnavailable(2);
        assertThat(pipeline.isIdle()).isTrue();
    }

    /**
     * An event that cannot be applied fails the pipeline in the middle of a task. The queue loads again once the
     * pipeline is idle.
     */
    @Test
    void anOpenBatchOfAFailedPipelineIsNotPending() {
        pipeline.append(Samples.enqueued(Samples.arrival(1)));
        assertThat(pipeline.isIdle()).isFalse();
        pipeline.fail(new StoreException("an event could not be applied"));

        assertThat(pipeline.isIdle()).isTrue();
        pipeline.flush();
        assertThat(store.load(1).toCompletableFuture().join().head()).isNotEqualTo(HEAD);
    }

    @Test
    void anActionThatFailsIsRefusedAndTheOthersOfItsCommitRun() {
        append(1);
        pipeline.afterStored(
                () -> {
                    throw new IllegalStateException("not today");
                },
                refusals::add);
        reply("second");
        scheduler.run();

        assertThat(replies).containsExactly("second");
        assertThat(refusals).extracting(QueueException::error).containsExactly(QueueError.INTERNAL);
        assertThat(parked.sum()).isZero();
    }

    @Test
    void thePipelineReportsThatItIsIdleWhenItsLastCommitHasEnded() {
        store.heldCommits = new ArrayList<>();
        append(1);
        scheduler.run();
        append(2);
        scheduler.run();
        Future<Void> idle = pipeline.whenIdle();
        store.heldCommits.get(0).run();
        assertThat(idle.isComplete()).isFalse();
        store.heldCommits.get(1).run();
        assertThat(idle.succeeded()).isTrue();
        assertThat(pipeline.whenIdle().succeeded()).isTrue();
    }

    @Test
    void aFailedPipelineIsIdleWhenTheStoreHasReportedAllItsCommits() {
        store.heldCommits = new ArrayList<>();
        append(1);
        scheduler.run();
        pipeline.fail(new StoreException("an event could not be applied"));
        Future<Void> idle = pipeline.whenIdle();
        assertThat(idle.isComplete()).isFalse();
        store.heldCommits.get(0).run();
        assertThat(idle.succeeded()).isTrue();
    }

    @Test
    void aReplyWaitsForTheLastOfSeveralCommits() {
        store.heldCommits = new ArrayList<>();
        append(1);
        scheduler.run();
        reply("after one");
        append(2);
        scheduler.run();
        reply("after both");
        store.heldCommits.get(0).run();
        assertThat(replies).containsExactly("after one");
        assertThat(parked.sum()).isEqualTo(1);
        store.heldCommits.get(1).run();
        assertThat(replies).containsExactly("after one", "after both");
    }

    @Test
    void theFirstOfSeveralFailuresIsReportedAndEachReplyIsRefusedOnce() {
        store.heldCommits = new ArrayList<>();
        append(1);
        reply("first");
        scheduler.run();
        append(2);
        reply("second");
        scheduler.run();
        append(3);
        reply("in the open batch");
        store.close();
        store.heldCommits.forEach(Runnable::run);
        pipeline.fail(new StoreException("again"));
        assertThat(replies).isEmpty();
        assertUnavailable(3);
        assertThat(breaks.get(0)).hasMessage("the store is closed");
        assertThat(parked.sum()).isZero();
        scheduler.run();
        assertThat(pipeline.isIdle()).isTrue();
    }

    @Test
    void everyBatchHasTheHeadOfItsEnd() {
        append(1);
        scheduler.run();
        assertThat(store.load(1).toCompletableFuture().join().head()).isEqualTo(HEAD);
        pipeline.flush();
        assertThat(pipeline.isIdle()).as("nothing to commit").isTrue();
    }

    private void append(long seq) {
        pipeline.append(Samples.enqueued(Samples.arrival(seq)));
        scheduler.execute(pipeline::flush);
    }

    private void reply(String name) {
        pipeline.afterStored(() -> replies.add(name), refusals::add);
    }

    private void assertUnavailable(int requests) {
        assertThat(refusals).hasSize(requests).allSatisfy(refusal -> assertThat(refusal.error())
                .isEqualTo(QueueError.UNAVAILABLE));
        assertThat(breaks).hasSize(1);
    }
}
