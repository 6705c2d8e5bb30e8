package dev.sluice.queue;

import static dev.sluice.queue.TestQueue.seqs;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The messages that a peek and the first step of a pull choose, and what must be read for them. */
class PeekTest {
    private static final int SKIPS_MAX = 1_000;

    private final TestQueue queue = new TestQueue();

    private List<ReadyMessage> peek(int batchSize, long bytesMax) {
        return queue.decide(new Peek(batchSize, bytesMax));
    }

    private List<ReadyMessage> candidates(int batchSize, long bytesMax, Set<Long> reserved) {
        return queue.decide(new PullCandidates(batchSize, ConsumerType.HTTP_PULL, bytesMax, reserved));
    }

    /** Messages past their retention, which no expiry has removed yet, and one behind them that is not. */
    private void pushPastRetention(int count) {
        queue.push(IntStream.range(0, count).mapToObj(i -> "old").toArray(String[]::new));
        queue.after(QueueSettings.DEFAULT.retentionSeconds() * 1_000L - 1).push("young");
        queue.after(1);
    }

    @Test
    void aPeekWithoutASizeShowsAsManyAsAPullOfTheConsumerWouldGet() {
        queue.push("1", "2", "3", "4", "5", "6");
        ConsumerSettings settings = new ConsumerSettings(2, 3, 0, 30_000, 5_000, 0);
        queue.with(new Consumer("c", ConsumerType.HTTP_PULL, "", "", settings, 0));
        assertThat(peek(Pull.FROM_CONSUMER, 100)).hasSize(2);
        queue.with((Consumer) null);
        assertThat(peek(Pull.FROM_CONSUMER, 100)).hasSize(5);
        assertThat(peek(6, 100)).hasSize(6);
    }

    @Test
    void theBodiesOfAPeekTakeTheirLimitAtMost() {
        queue.push("aa", "bb", "cc");
        assertThat(peek(10, 4)).hasSize(2);
        assertThat(peek(10, 3)).hasSize(1);
        assertThat(peek(10, 1)).as("the first is shown even if it is larger").hasSize(1);
        assertThat(candidates(10, 4, Set.of())).hasSize(2);
        assertThat(candidates(10, 3, Set.of())).hasSize(1);
    }

    @Test
    void aPeekSkipsABoundedNumberOfMessagesPastTheirRetention() {
        pushPastRetention(SKIPS_MAX - 1);
        assertThat(peek(1, 100)).hasSize(1);
        assertThat(queue.events)
                .as("a peek removes nothing")
                .hasSizeGreaterThan(0)
                .allMatch(event -> event.kind() == QueueEvent.EventKind.ENQUEUED);
    }

    @Test
    void aPeekBehindMoreOfThemShowsNothingYet() {
        pushPastRetention(SKIPS_MAX);
        assertThat(peek(1, 100)).isEmpty();
    }

    @Test
    void aPullRemovesABoundedNumberOfMessagesPastTheirRetention() {
        pushPastRetention(SKIPS_MAX);
        queue.events.clear();
        assertThat(candidates(1, 100, Set.of())).isEmpty();
        assertThat(queue.events)
                .hasSize(SKIPS_MAX)
                .allMatch(event -> ((QueueEvent.Removed) event).cause() == QueueEvent.Cause.EXPIRED);
        assertThat(candidates(1, 100, Set.of())).hasSize(1);
    }

    @Test
    void messagesThatAnotherPullIsAboutToLeaseAreNotCandidates() {
        queue.push("a", "b", "c");
        assertThat(candidates(2, 100, Set.of(1L)))
                .extracting(message -> message.header().seq())
                .containsExactly(2L, 3L);
        assertThat(candidates(10, 100, Set.of(1L, 2L, 3L))).isEmpty();
    }

    @Test
    void aPullOfAQueueWithAllItsLeasesChoosesNothing() {
        TestQueue limited =
                new TestQueue(LimitsBuilder.documented().leasesPerQueueMax(2).build());
        limited.push("a", "b", "c");
        assertThat(limited.decide(new PullCandidates(3, ConsumerType.HTTP_PULL, 100, Set.of(1L))))
                .hasSize(1);
        assertThat(limited.decide(new PullCandidates(3, ConsumerType.HTTP_PULL, 100, Set.of(1L, 2L, 3L))))
                .isEmpty();
    }

    /** A queue loaded from a head that says: scheduled messages from that time on, and no arrivals in memory. */
    private QueueState loaded(long scheduleFromMillis) {
        QueueHead head = new QueueHead(20, 5, 8, 8, 4, 0, scheduleFromMillis, 6, 0, 1_000, 1, 0, Long.MAX_VALUE);
        QueueState state = new QueueState(
                QueueSettings.DEFAULT,
                TestQueue.consumer(3, 0, ""),
                Limits.DOCUMENTED,
                new QueueImage(head, List.of(), List.of()),
                ByteBudget.unbounded());
        ReadRequest arrivals = new Peek(10, 100).requiredRead(state, 2_000);
        assertThat(arrivals.kind()).isEqualTo(ReadRequest.ReadKind.ARRIVALS);
        state.begin(arrivals);
        state.supply(arrivals, List.of(new MessageHeader(5, 1_000, 1_000, 1, false)), true);
        return state;
    }

    @Test
    void theScheduleIsReadOnceItsFirstMessageMayBeDue() {
        QueueState state = loaded(5_000);
        assertThat(new Peek(10, 100).requiredRead(state, 4_999)).isNull();
        assertThat(new Peek(10, 100).requiredRead(state, 5_000).kind()).isEqualTo(ReadRequest.ReadKind.SCHEDULE);
    }

    @Test
    void noMessageIsShownBeforeAScheduledOneThatMayBeDueAndIsNotRead() {
        QueueState state = loaded(5_000);
        assertThat(new Peek(10, 100).decide(state, 4_999).reply()).hasSize(1);
        assertThat(new Peek(10, 100).decide(state, 5_000).reply()).isEmpty();
    }

    @Test
    void aMessageIsDueFromTheMillisecondOfItsAvailability() {
        queue.pushDelayed("a", 10);
        queue.after(9_999);
        assertThat(peek(1, 100)).isEmpty();
        queue.after(1);
        assertThat(peek(1, 100)).hasSize(1);
        assertThat(seqs(queue.pull(1))).containsExactly(1L);
    }
}
