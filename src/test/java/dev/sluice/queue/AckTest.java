package dev.sluice.queue;

import static dev.sluice.queue.TestQueue.token;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The table of docs/api.md 11.6. Each situation creates a queue of one message and returns the token to test. */
class AckTest {
    private enum Outcome {
        /** Counted, the message is removed. */
        DELETED,
        /** Counted, scheduled after the delay. */
        REQUEUED,
        /** Counted, without effect. */
        NO_OP,
        /** Not counted, without effect. */
        IGNORED
    }

    private record Row(
            String situation,
            Function<TestQueue, LeaseId> token,
            Outcome acked,
            Outcome retried,
            Ack.Warning ackWarning,
            Ack.Warning retryWarning) {}

    private static final List<Row> TABLE = List.of(
            new Row("current lease", AckTest::current, Outcome.DELETED, Outcome.REQUEUED, null, null),
            new Row("lease expired, scheduled again", AckTest::expired, Outcome.DELETED, Outcome.REQUEUED, null, null),
            new Row(
                    "older lease, leased again",
                    AckTest::older,
                    Outcome.DELETED,
                    Outcome.IGNORED,
                    null,
                    Ack.Warning.SUPERSEDED),
            new Row("acked", AckTest::acked, Outcome.NO_OP, Outcome.IGNORED, null, Ack.Warning.GONE),
            new Row("dead-lettered", AckTest::deadLettered, Outcome.NO_OP, Outcome.IGNORED, null, Ack.Warning.GONE),
            new Row(
                    "past its retention",
                    AckTest::pastRetention,
                    Outcome.NO_OP,
                    Outcome.IGNORED,
                    null,
                    Ack.Warning.GONE),
            new Row("purged", AckTest::purged, Outcome.NO_OP, Outcome.IGNORED, null, Ack.Warning.GONE),
            new Row(
                    "never stored",
                    queue -> new LeaseId(99, 1),
                    Outcome.IGNORED,
                    Outcome.IGNORED,
                    Ack.Warning.UNKNOWN,
                    Ack.Warning.UNKNOWN));

    private static LeaseId current(TestQueue queue) {
        queue.push("a");
        return token(queue.pullOne());
    }

    private static LeaseId expired(TestQueue queue) {
        LeaseId token = current(queue);
        queue.after(TestQueue.VISIBILITY_MILLIS);
        return token;
    }

    private static LeaseId older(TestQueue queue) {
        LeaseId token = expired(queue);
        queue.pullOne();
        return token;
    }

    private static LeaseId acked(TestQueue queue) {
        LeaseId token = current(queue);
        queue.ack(token);
        return token;
    }

    private static LeaseId deadLettered(TestQueue queue) {
        queue.with(TestQueue.consumer(0, 0, "dead"));
        return expired(queue);
    }

    private static LeaseId pastRetention(TestQueue queue) {
        LeaseId token = current(queue);
        queue.after(QueueSettings.DEFAULT.retentionSeconds() * 1_000L);
        return token;
    }

    private static LeaseId purged(TestQueue queue) {
        LeaseId token = current(queue);
        queue.run(new Purge());
        return token;
    }

    @TestFactory
    List<DynamicTest> anAckFollowsTheTable() {
        return TABLE.stream()
                .map(row -> DynamicTest.dynamicTest(row.situation(), () -> {
                    TestQueue queue = new TestQueue();
                    LeaseId token = row.token().apply(queue);
                    long before = queue.metrics().backlogCount();
                    Ack.AckReply reply = queue.ack(token);
                    assertThat(reply.ackCount()).isEqualTo(row.acked() == Outcome.IGNORED ? 0 : 1);
                    assertThat(reply.ackWarnings()).containsExactly(row.ackWarning());
                    assertThat(queue.metrics().backlogCount())
                            .isEqualTo(row.acked() == Outcome.DELETED ? before - 1 : before);
                }))
                .toList();
    }

    @TestFactory
    List<DynamicTest> aRetryFollowsTheTable() {
        return TABLE.stream()
                .map(row -> DynamicTest.dynamicTest(row.situation(), () -> {
                    TestQueue queue = new TestQueue();
                    LeaseId token = row.token().apply(queue);
                    Ack.AckReply reply = queue.retry(token, 7);
                    assertThat(reply.retryCount()).isEqualTo(row.retried() == Outcome.REQUEUED ? 1 : 0);
                    assertThat(reply.retryWarnings()).containsExactly(row.retryWarning());
                    if (row.retried() == Outcome.REQUEUED) {
                        assertThat(queue.after(6_999).peek()).isEmpty();
                        assertThat(queue.after(1).pullOne().delivery()).isEqualTo(2);
                    }
                }))
                .toList();
    }

    @Test
    void anAckOfANewerLeaseSucceedsAfterALateAckOfTheOlderOne() {
        TestQueue queue = new TestQueue();
        LeaseId late = older(queue);
        assertThat(queue.ack(late).ackCount()).isEqualTo(1);
        Ack.AckReply reply = queue.ack(new LeaseId(1, 2));
        assertThat(reply.ackCount()).isEqualTo(1);
        assertThat(reply.ackWarnings()).containsOnlyNulls();
        assertThat(queue.events).isEmpty();
    }

    @Test
    void theSecondOccurrenceOfATokenIsIgnored() {
        TestQueue queue = new TestQueue();
        LeaseId token = current(queue);
        Ack.AckReply reply = queue.run(new Ack(List.of(token, token), List.of(new Ack.Retry(token, 0))));
        assertThat(reply.ackCount()).isEqualTo(1);
        assertThat(reply.retryCount()).isZero();
        assertThat(reply.ackWarnings()).containsExactly(null, Ack.Warning.DUPLICATE);
        assertThat(reply.retryWarnings()).containsExactly(Ack.Warning.DUPLICATE);
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
    }

    @Test
    void theFirstOfTwoRetriesApplies() {
        TestQueue queue = new TestQueue();
        LeaseId token = current(queue);
        Ack.AckReply reply = queue.run(new Ack(List.of(), List.of(new Ack.Retry(token, 5), new Ack.Retry(token, 0))));
        assertThat(reply.retryCount()).isEqualTo(1);
        assertThat(queue.peek()).isEmpty();
        assertThat(queue.after(5_000).peek()).containsExactly(1L);
    }

    @Test
    void acksAreAppliedBeforeRetries() {
        TestQueue queue = new TestQueue();
        LeaseId older = older(queue);
        Ack.AckReply reply = queue.run(new Ack(List.of(older), List.of(new Ack.Retry(new LeaseId(1, 2), 0))));
        assertThat(reply.ackCount()).isEqualTo(1);
        assertThat(reply.retryCount()).isZero();
        assertThat(reply.retryWarnings()).containsExactly(Ack.Warning.GONE);
    }

    @Test
    void twoTokensOfOneMessageDeleteItOnce() {
        TestQueue queue = new TestQueue();
        LeaseId older = older(queue);
        assertThat(queue.ack(older, new LeaseId(1, 2)).ackCount()).isEqualTo(2);
        assertThat(queue.events).hasSize(1);
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
    }

    @Test
    void aRetryWithoutDelayUsesTheDelayOfTheConsumer() {
        TestQueue queue = new TestQueue().with(TestQueue.consumer(3, 4, ""));
        LeaseId token = current(queue);
        queue.retry(token, NewMessage.DELAY_UNSET);
        assertThat(queue.after(3_999).peek()).isEmpty();
        assertThat(queue.after(1).peek()).containsExactly(1L);
    }

    @Test
    void aLateRetryDoesNotCountTheAttemptTwice() {
        TestQueue queue = new TestQueue().with(TestQueue.consumer(1, 0, ""));
        LeaseId token = expired(queue);
        assertThat(queue.retry(token, 0).retryCount()).isEqualTo(1);
        assertThat(queue.retry(token, 0).retryCount()).isEqualTo(1);
        assertThat(queue.pullOne().delivery()).isEqualTo(2);
    }

    @Test
    void aRetryWithTheSameDelayChangesNothing() {
        TestQueue queue = new TestQueue();
        LeaseId token = current(queue);
        queue.retry(token, 5);
        assertThat(queue.retry(token, 5).retryCount()).isEqualTo(1);
        assertThat(queue.events).isEmpty();
    }

    @Test
    void acksWorkWhilePausedAndWithoutAConsumer() {
        TestQueue queue = new TestQueue();
        LeaseId token = current(queue);
        queue.with(new QueueSettings(0, true, 3_600)).with((Consumer) null);
        assertThat(queue.ack(token).ackCount()).isEqualTo(1);
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
    }

    @Test
    void aTokenWhoseLeaseWasLostWithThePowerStillDeletesItsMessage() {
        TestQueue queue = new TestQueue();
        queue.push("a");
        assertThat(queue.retry(new LeaseId(1, 1), 60).retryCount()).isEqualTo(1);
        assertThat(queue.peek()).containsExactly(1L);
        assertThat(queue.ack(new LeaseId(1, 1)).ackCount()).isEqualTo(1);
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
    }
}
