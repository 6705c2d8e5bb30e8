package dev.sluice.queue;

import static dev.sluice.queue.TestQueue.seqs;
import static dev.sluice.queue.TestQueue.token;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The two steps of a pull, and the release of its leases. */
class ReleaseTest {
    private static final long RETENTION_MILLIS = 345_600_000;

    private final TestQueue queue = new TestQueue();

    @Test
    void aReleasedMessageReturnsToItsPlaceAndItsDeliveryDoesNotCount() {
        queue.push("a", "b", "c");
        queue.pushDelayed("d", 10);
        queue.after(10_000).pull(10);
        List<QueueEvent> leased = List.copyOf(queue.events);
        queue.after(500).push("e");

        assertThat(release(leased)).isEqualTo(4);
        assertThat(queue.state.leaseCount()).isZero();
        List<Lease> again = queue.pull(10);
        assertThat(seqs(again)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(again).extracting(Lease::delivery).containsOnly(1);
    }

    @Test
    void aReleasedMessageKeepsTheDeliveriesThatWereSent() {
        queue.push("a");
        queue.retry(token(queue.pullOne()), 5);
        queue.after(5_000).push("b");
        queue.pull(10);
        assertThat(release(queue.events)).isEqualTo(2);

        List<Lease> again = queue.after(1_000).pull(10);
        assertThat(seqs(again)).containsExactly(1L, 2L);
        assertThat(again).extracting(Lease::delivery).containsExactly(2, 1);
    }

    @Test
    void aLastAttemptThatWasNotSentIsRepeated() {
        queue.with(TestQueue.consumer(0, 0, "")).push("a");
        for (int i = 0; i < 5; i++) {
            queue.pullOne();
            release(queue.events);
        }
        assertThat(queue.pullOne().delivery()).isEqualTo(1);
        assertThat(queue.after(TestQueue.VISIBILITY_MILLIS).metrics()).isEqualTo(BacklogStats.EMPTY);
    }

    @Test
    void aReleaseDoesNotChangeALeaseThatEndedOtherwise() {
        queue.push("acknowledged", "expired", "leased again");
        queue.pull(3);
        List<QueueEvent> leased = List.copyOf(queue.events);
        queue.ack(new LeaseId(1, 1));
        queue.retry(new LeaseId(3, 1), 0);
        assertThat(seqs(queue.pull(1))).containsExactly(3L);
        queue.with(TestQueue.consumer(3, 60, "")).after(TestQueue.VISIBILITY_MILLIS - 1);

        assertThat(release(leased)).as("of the second").isEqualTo(1);
        assertThat(queue.state.leaseCount()).isEqualTo(1);
        queue.run(new Purge());
        assertThat(release(leased)).isZero();
    }

    @Test
    void aReleasedMessagePastItsRetentionIsRemoved() {
        queue.push("a");
        queue.after(RETENTION_MILLIS - 1).pull(1);
        List<QueueEvent> leased = List.copyOf(queue.events);
        queue.after(1);
        assertThat(release(leased)).isEqualTo(1);
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
    }

    @Test
    void aClockThatIsSetBackDoesNotDelayAReleasedMessage() {
        queue.push("a");
        queue.pull(1);
        List<QueueEvent> leased = List.copyOf(queue.events);
        queue.after(-3_600_000);
        release(leased);
        assertThat(queue.pull(1)).hasSize(1);
    }

    @Test
    void candidatesAreNotLeased() {
        queue.push("a", "b");
        assertThat(queue.candidates(10, ConsumerType.HTTP_PULL)).hasSize(2);
        assertThat(queue.events).isEmpty();
        assertThat(queue.state.leaseCount()).isZero();
    }

    @Test
    void aCandidateThatWasRemovedMeanwhileIsSkippedAndTheOthersAreLeased() {
        queue.push("a", "b", "c");
        queue.retry(token(queue.pullOne()), 0);
        List<ReadyMessage> candidates = queue.candidates(10, ConsumerType.HTTP_PULL);
        assertThat(candidates).hasSize(3);
        queue.run(new PurgeRefs(List.of(1L, 2L)));
        Pull.PullReply reply = queue.run(new Pull(candidates, 1_000, ConsumerType.HTTP_PULL));
        assertThat(seqs(reply.leases())).containsExactly(3L);
    }

    @Test
    void arrivalsAreLeasedFromTheFrontOnly() {
        queue.push("a", "b", "c");
        List<ReadyMessage> candidates = queue.candidates(10, ConsumerType.HTTP_PULL);
        Pull behind = new Pull(candidates.subList(1, 3), 1_000, ConsumerType.HTTP_PULL);
        assertThat(queue.run(behind).leases()).isEmpty();
        queue.run(new Pull(candidates.subList(0, 1), 1_000, ConsumerType.HTTP_PULL));
        assertThat(seqs(queue.run(behind).leases())).containsExactly(2L, 3L);
    }

    @Test
    void bodiesOfCandidatesAreBoundedExceptForTheFirst() {
        queue.push("long enough", "bb", "cc", "dd");
        assertThat(queue.run(new PullCandidates(10, ConsumerType.HTTP_PULL, 5, java.util.Set.of())))
                .hasSize(1);
        queue.ack(token(queue.pullOne()));
        assertThat(queue.run(new PullCandidates(10, ConsumerType.HTTP_PULL, 5, java.util.Set.of())))
                .hasSize(2);
        assertThat(queue.run(new Peek(10, 5))).hasSize(2);
    }

    @Test
    void leasesWhoseResponsesAreStillToBeSentDoNotExpire() {
        queue.push("a");
        Lease lease = queue.pullOne();
        queue.after(TestQueue.VISIBILITY_MILLIS + 1);
        assertThat(queue.decide(new Expire(10, lease.expiresAtMillis()))).isFalse();
        assertThat(queue.state.leaseCount()).isOne();
        queue.decide(new Expire(10, lease.expiresAtMillis() + 1));
        assertThat(queue.state.leaseCount()).isZero();
    }

    private int release(List<QueueEvent> leased) {
        return queue.decide(new Release(leased.stream()
                .map(event -> Release.Unsent.of((QueueEvent.Leased) event))
                .toList()));
    }
}
