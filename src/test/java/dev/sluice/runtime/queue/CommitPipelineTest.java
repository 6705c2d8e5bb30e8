package dev.sluice.runtime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueHead;
import dev.sluice.runtime.FaultyStore;
import dev.sluice.store.Samples;
import dev.sluice.store.StoreException;
import dev.sluice.store.memory.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** When an answer goes, and when it must not. */
class CommitPipelineTest {
    private static final QueueHead HEAD = Samples.head(9);

    private final ManualScheduler turns = new ManualScheduler();
    private final FaultyStore store = new FaultyStore(new MemoryStore());
    private final LongAdder parked = new LongAdder();
    private final List<StoreException> breaks = new ArrayList<>();
    private final List<String> answers = new ArrayList<>();
    private final List<QueueException> refusals = new ArrayList<>();
    private final CommitPipeline pipeline =
            new CommitPipeline(store, 1, store.generation(), turns, () -> HEAD, breaks::add, parked);

    @Test
    void anAnswerWaitsForWhatWasAppendedBeforeIt() {
        append(1);
        answer("first");
        append(2);
        answer("second");
        assertThat(answers).isEmpty();
        assertThat(parked.sum()).isEqualTo(2);

        turns.run();
        assertThat(answers).containsExactly("first", "second");
        assertThat(parked.sum()).isZero();
        assertThat(store.load(1).toCompletableFuture().join().head()).isEqualTo(HEAD);
    }

    @Test
    void anAnswerWithNothingBeforeItGoesAtOnce() {
        answer("first");
        assertThat(answers).containsExactly("first");
        assertThat(pipeline.idle()).isTrue();
    }

    @Test
    void aRefusedCommitRefusesWhatWaitsAndWhatComes() {
        store.refusing = true;
        append(1);
        answer("waits");
        turns.run();
        answer("comes");

        assertThat(answers).isEmpty();
        assertUnavailable(2);
        assertThat(parked.sum()).isZero();
    }

    /** Its memory may rest on commits that the store lost in between, so not even a read of it is to be believed. */
    @Test
    void aStoreThatWasOpenedAgainAnswersNothingThatWasLoadedBefore() {
        store.reopenings = 1;
        answer("comes");

        assertThat(answers).isEmpty();
        assertUnavailable(1);
    }

    @Test
    void aStoreThatIsOpenedAgainRefusesWhatWaitsAtTheNextRequest() {
        append(1);
        answer("waits");
        store.reopenings = 1;
        answer("comes");
        turns.run();

        assertThat(answers).isEmpty();
        assertUnavailable(2);
        assertThat(pipeline.idle()).isTrue();
    }

    /** An event that cannot be applied breaks it in the middle of a turn; the queue loads again once it is idle. */
    @Test
    void whatGatheredWhenItBrokeIsNotOnItsWayToTheStore() {
        pipeline.append(Samples.enqueued(Samples.arrival(1)));
        assertThat(pipeline.idle()).isFalse();
        pipeline.fail(new StoreException("an event could not be applied"));

        assertThat(pipeline.idle()).isTrue();
        pipeline.flush();
        assertThat(store.load(1).toCompletableFuture().join().head()).isNotEqualTo(HEAD);
    }

    private void append(long seq) {
        pipeline.append(Samples.enqueued(Samples.arrival(seq)));
        turns.next(pipeline::flush);
    }

    private void answer(String name) {
        pipeline.afterStored(() -> answers.add(name), refusals::add);
    }

    private void assertUnavailable(int requests) {
        assertThat(refusals).hasSize(requests).allSatisfy(refusal -> assertThat(refusal.error())
                .isEqualTo(QueueError.UNAVAILABLE));
        assertThat(breaks).hasSize(1);
    }
}
