package dev.sluice.queue;

import static dev.sluice.queue.TestQueue.token;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Attempts, retention, purge and dead-lettering (docs/api.md 11.4, 11.5, 11.10, 7). */
class ExhaustionTest {
    private static final long RETENTION_MILLIS = QueueSettings.DEFAULT.retentionSeconds() * 1_000L;

    private final TestQueue queue = new TestQueue();

    @Test
    void maxRetriesAreDeliveriesAfterTheFirst() {
        queue.with(TestQueue.consumer(2, 0, "")).push("a");
        for (int delivery = 1; delivery <= 3; delivery++) {
            assertThat(queue.pullOne().delivery()).isEqualTo(delivery);
            queue.after(TestQueue.VISIBILITY_MILLIS);
        }
        assertThat(queue.pull(1)).isEmpty();
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
    }

    @Test
    void withoutRetriesThereIsOneDelivery() {
        queue.with(TestQueue.consumer(0, 0, "dead")).push("a");
        queue.pullOne();
        queue.after(TestQueue.VISIBILITY_MILLIS).metrics();
        assertThat(queue.state.deadLettering(0, Integer.MAX_VALUE)).hasSize(1);
        assertThat(queue.pull(1)).isEmpty();
        assertThat(queue.metrics().backlogCount())
                .as("still stored in this queue")
                .isEqualTo(1);
    }

    @Test
    void anExplicitRetryOfTheLastDeliveryCountsAndRemovesOrDeadLetters() {
        queue.with(TestQueue.consumer(0, 0, "")).push("a", "b");
        assertThat(queue.retry(token(queue.pullOne()), 0).retryCount()).isEqualTo(1);
        assertThat(queue.metrics().backlogCount()).isEqualTo(1);
        queue.with(TestQueue.consumer(0, 0, "dead"));
        assertThat(queue.retry(token(queue.pullOne()), 0).retryCount()).isEqualTo(1);
        assertThat(queue.state.deadLettering(0, Integer.MAX_VALUE)).hasSize(1);
    }

    @Test
    void withoutAConsumerNoMessageIsDroppedForItsAttempts() {
        queue.with(TestQueue.consumer(0, 5, "")).push("a");
        queue.pullOne();
        queue.with((Consumer) null).after(TestQueue.VISIBILITY_MILLIS);
        assertThat(queue.peek()).containsExactly(1L);
        queue.with(TestQueue.consumer(0, 0, ""));
        assertThat(queue.pullOne().delivery()).isEqualTo(2);
        assertThat(queue.after(TestQueue.VISIBILITY_MILLIS).metrics()).isEqualTo(BacklogStats.EMPTY);
    }

    @Test
    void readyDelayedAndPausedMessagesExpireAtTheirRetention() {
        queue.push("a");
        queue.pushDelayed("b", 86_400);
        queue.with(new QueueSettings(0, true, 3_600));
        assertThat(queue.after(3_599_999).metrics().backlogCount()).isEqualTo(2);
        assertThat(queue.state.deadlineMillis()).isEqualTo(queue.nowMillis + 1);
        assertThat(queue.after(1).metrics()).isEqualTo(BacklogStats.EMPTY);
        assertThat(queue.events).allMatch(event -> ((QueueEvent.Removed) event).cause() == QueueEvent.Cause.EXPIRED);
    }

    @Test
    void aShorterRetentionAppliesToStoredMessages() {
        queue.push("a");
        queue.after(61_000).with(new QueueSettings(0, false, 60));
        assertThat(queue.state.deadlineMillis()).isLessThanOrEqualTo(queue.nowMillis);
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
    }

    @Test
    void aLeasedMessageStaysAckableUntilItsLeaseEnds() {
        queue.push("a", "b");
        queue.with(new QueueSettings(0, false, 60)).after(50_000);
        List<Lease> leases = queue.pull(2);
        queue.after(20_000);
        assertThat(queue.metrics().backlogCount()).isEqualTo(2);
        assertThat(queue.ack(token(leases.get(0))).ackCount()).isEqualTo(1);
        assertThat(queue.retry(token(leases.get(1)), 0).retryCount()).isEqualTo(1);
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
    }

    @Test
    void aMessagePastItsRetentionIsNotDeadLettered() {
        queue.with(TestQueue.consumer(0, 0, "dead")).push("a");
        queue.after(RETENTION_MILLIS - 1).pullOne();
        queue.after(TestQueue.VISIBILITY_MILLIS).metrics();
        assertThat(queue.state.deadLettering(0, Integer.MAX_VALUE)).isEmpty();
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
    }

    @Test
    void expiryStaysWithinItsBudget() {
        queue.push("a", "b", "c");
        queue.pull(2);
        queue.after(RETENTION_MILLIS);
        queue.events.clear();
        assertThat(queue.decide(new Expire(2))).isTrue();
        assertThat(queue.events).hasSize(2);
        assertThat(queue.decide(new Expire(2))).isFalse();
        assertThat(queue.events).hasSize(3);
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
    }

    @Test
    void aPullSkipsAndRemovesMessagesPastTheirRetention() {
        queue.push("a");
        queue.after(RETENTION_MILLIS - 1).push("b");
        queue.after(1);
        assertThat(queue.decide(new Peek(10, Long.MAX_VALUE)))
                .extracting(ReadyMessage::header)
                .hasSize(1);
        List<ReadyMessage> candidates =
                queue.decide(new PullCandidates(10, ConsumerType.HTTP_PULL, Long.MAX_VALUE, Set.of()));
        Pull.PullReply reply = queue.decide(new Pull(candidates, 1, ConsumerType.HTTP_PULL));
        assertThat(TestQueue.seqs(reply.leases())).containsExactly(2L);
        assertThat(reply.metrics().backlogCount()).isEqualTo(1);
    }

    @Test
    void aPurgeRemovesEverythingAndItsTimeIsStored() {
        assertThat(queue.run(new ReadPurge())).isZero();
        queue.push("a", "b");
        queue.pushDelayed("c", 60);
        Lease lease = queue.pullOne();
        assertThat(queue.run(new Purge())).isEqualTo(queue.nowMillis);
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
        assertThat(queue.ack(token(lease)).ackCount()).isEqualTo(1);
        assertThat(queue.run(new ReadPurge())).isEqualTo(queue.nowMillis);
        queue.push("d");
        assertThat(queue.pullOne().header().seq()).isEqualTo(4);
    }

    @Test
    void singleMessagesArePurgedInEveryPlace() {
        queue.push("leased", "ready");
        queue.pushDelayed("delayed", 60);
        queue.pullOne();
        assertThat(queue.run(new PurgeRefs(List.of(1L, 2L, 3L, 3L, 4L, 0L))))
                .containsExactly(true, true, true, false, false, false);
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
        assertThat(queue.ack(new LeaseId(1, 1)).ackWarnings()).containsOnlyNulls();
    }

    @Test
    void aDeadLetterKeepsItsTimestampAndItsAttemptsStartAtZero() {
        queue.with(TestQueue.consumer(0, 0, "dead")).push("a");
        queue.pullOne();
        queue.after(TestQueue.VISIBILITY_MILLIS).metrics();
        TestQueue dead = new TestQueue().with(new QueueSettings(60, false, 3_600));
        dead.after(40_000);
        dead.push("younger");
        MessageHeader header =
                queue.state.deadLettering(0, Integer.MAX_VALUE).get(0).lease().header();
        Content content = new Content(1, 2, ContentType.TEXT, 0, "a".getBytes(StandardCharsets.UTF_8));
        AcceptDeadLetters.DeadLetter deadLetter =
                new AcceptDeadLetters.DeadLetter(new QueueEvent.Origin(1, header), content);
        assertThat(dead.run(new AcceptDeadLetters(List.of(deadLetter), false))).isEqualTo(1);
        assertThat(dead.metrics().oldestTimestampMillis()).isEqualTo(header.timestampMillis());
        Lease lease = dead.pullOne();
        assertThat(lease.header().seq()).isEqualTo(2);
        assertThat(lease.delivery()).isEqualTo(1);
        assertThat(lease.header().timestampMillis()).isEqualTo(1_000_000);
        assertThat(lease.header().storedAtMillis()).isEqualTo(dead.nowMillis);

        assertThat(queue.run(new ConfirmDeadLettered(List.of(1L, 1L, 7L)))).isEqualTo(2);
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
        assertThat(queue.state.deadLettering(0, Integer.MAX_VALUE)).isEmpty();
    }

    @Test
    void aDeadLetterIsNeverOlderThanItsTimestamp() {
        MessageHeader ahead = new MessageHeader(1, queue.nowMillis + 500, queue.nowMillis + 500, 1, false);
        Content content = new Content(1, 2, ContentType.TEXT, 0, new byte[1]);
        queue.run(new AcceptDeadLetters(
                List.of(new AcceptDeadLetters.DeadLetter(new QueueEvent.Origin(1, ahead), content)), true));
        assertThat(queue.pullOne().header().storedAtMillis()).isEqualTo(ahead.timestampMillis());
        queue.push("b");
        assertThat(queue.pullOne().header().storedAtMillis()).isEqualTo(ahead.timestampMillis());
    }

    @Test
    void aMarkerWrittenAfterAPurgeIsDeletedWithoutCounting() {
        queue.with(TestQueue.consumer(0, 0, "dead")).push("a");
        queue.pullOne();
        queue.after(TestQueue.VISIBILITY_MILLIS).run(new Purge());
        queue.push("b");
        assertThat(queue.run(new ConfirmDeadLettered(List.of(1L)))).isZero();
        assertThat(queue.events).hasSize(1).allMatch(event -> event.kind() == QueueEvent.EventKind.DEAD_LETTERED);
        assertThat(queue.metrics().backlogCount()).isEqualTo(1);
    }

    @Test
    void markersFoundAtStartAreCountedUntilConfirmed() {
        QueueHead head = new QueueHead(11, 11, 1, 4, 0, 0, 0, 11, 0, 900, 5, 800, Long.MAX_VALUE);
        MessageHeader moved = new MessageHeader(7, 850, 850, 4, false);
        MessageHeader leftover = new MessageHeader(3, 700, 700, 9, false);
        queue.state = new QueueState(
                QueueSettings.DEFAULT,
                null,
                Limits.DOCUMENTED,
                new QueueImage(head, List.of(), List.of(leftover, moved)),
                ByteBudget.unbounded());
        assertThat(queue.metrics()).isEqualTo(new BacklogStats(1, 4, 850));
        assertThat(queue.state.unconfirmed()).containsExactlyInAnyOrder(3L, 7L);
        assertThat(queue.run(new ConfirmDeadLettered(queue.state.unconfirmed())))
                .isEqualTo(1);
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
        assertThat(queue.state.unconfirmed()).isEmpty();
    }

    @Test
    void onlyMarkersFromBeforeThePurgeAreDeletedWithoutCounting() {
        queue.push("a");
        queue.run(new Purge());
        queue.push("b");
        assertThat(queue.run(new ConfirmDeadLettered(List.of(2L)))).isZero();
        assertThat(queue.events).as("the message is stored here").isEmpty();
        assertThat(queue.run(new ConfirmDeadLettered(List.of(1L)))).isZero();
        assertThat(queue.events).hasSize(1);
    }

    @Test
    void messagesInTransferAreReturnedFromANumberOnUpToALimit() {
        queue.with(TestQueue.consumer(0, 0, "dead")).push("a", "b", "c");
        queue.pull(3).forEach(lease -> queue.retry(token(lease), 0));
        assertThat(queue.state.deadLettering(2, 1))
                .extracting(event -> event.lease().header().seq())
                .containsExactly(2L);
        assertThat(queue.state.deadLettering(2, 5)).hasSize(2);
        assertThat(queue.state.head().deadlineMillis())
                .as("a queue with transfers is activated at once")
                .isZero();
    }

    @Test
    void messagesInTransferCountAsLeases() {
        TestQueue limited =
                new TestQueue(LimitsBuilder.documented().leasesPerQueueMax(2).build());
        limited.with(TestQueue.consumer(0, 0, "dead")).push("a", "b", "c");
        limited.retry(token(limited.pullOne()), 0);
        assertThat(limited.pull(10)).hasSize(1);
    }

    @Test
    void whatAClientWasPromisedWaitsForTheSyncAndNothingElseDoes() {
        queue.with(TestQueue.consumer(1, 0, "dead")).push("pushed");
        assertThat(queue.events).hasSize(1).allMatch(QueueEvent::durable);
        queue.pull(1);
        assertThat(queue.events).hasSize(1).noneMatch(QueueEvent::durable);
        queue.retry(new LeaseId(1, 1), 5);
        assertThat(queue.events).hasSize(1).noneMatch(QueueEvent::durable);
        queue.retry(new LeaseId(1, 1), 0);
        assertThat(queue.events).hasSize(1).noneMatch(QueueEvent::durable);
        queue.pull(1);
        queue.retry(new LeaseId(1, 2), 0);
        assertThat(queue.events).hasSize(1).noneMatch(QueueEvent::durable);
        queue.run(new ConfirmDeadLettered(List.of(1L)));
        assertThat(queue.events).hasSize(1).noneMatch(QueueEvent::durable);
        queue.push("acknowledged", "purged", "expired");
        queue.pull(1);
        queue.ack(new LeaseId(2, 1));
        assertThat(queue.events).hasSize(1).allMatch(QueueEvent::durable);
        queue.run(new PurgeRefs(List.of(3L)));
        assertThat(queue.events).hasSize(1).allMatch(QueueEvent::durable);
        queue.after(RETENTION_MILLIS).metrics();
        assertThat(queue.events).hasSize(1).noneMatch(QueueEvent::durable);
        queue.run(new Purge());
        assertThat(queue.events).hasSize(1).allMatch(QueueEvent::durable);
    }
}
