package dev.sluice.queue;

import static dev.sluice.queue.TestQueue.seqs;
import static dev.sluice.queue.TestQueue.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Pushes, delays, pulls, order and metrics. */
class QueueStateTest {
    private final TestQueue queue = new TestQueue();

    @Test
    void aMessageIsDeliveredOnceAtATime() {
        queue.push("a");
        assertThat(queue.pull(10)).hasSize(1);
        assertThat(queue.pull(10)).isEmpty();
    }

    @Test
    void anAcknowledgedMessageIsRemoved() {
        queue.push("a");
        assertThat(queue.ack(token(queue.pullOne())).ackCount()).isEqualTo(1);
        assertThat(queue.after(3_600_000).pull(10)).isEmpty();
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
        assertThat(queue.state.deadlineMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void anExpiredLeaseMakesTheMessageVisibleAgain() {
        queue.push("a");
        assertThat(queue.pullOne().delivery()).isEqualTo(1);
        assertThat(queue.after(TestQueue.VISIBILITY_MILLIS - 1).pull(1)).isEmpty();
        assertThat(queue.state.deadlineMillis()).isEqualTo(queue.nowMillis + 1);
        assertThat(queue.after(1).pullOne().delivery()).isEqualTo(2);
    }

    @Test
    void theRetryDelayOfTheConsumerAppliesToAnExpiredLease() {
        queue.with(TestQueue.consumer(3, 10, "")).push("a");
        queue.pullOne();
        assertThat(queue.after(TestQueue.VISIBILITY_MILLIS + 9_999).pull(1)).isEmpty();
        assertThat(queue.after(1).pull(1)).hasSize(1);
    }

    @Test
    void pullIsRefusedWithoutAPullConsumer() {
        queue.with((Consumer) null);
        assertThatThrownBy(() -> queue.pull(1)).hasMessage(QueueError.PULL_NOT_ENABLED.text());
        ConsumerSettings settings = ConsumerSettings.defaultsOf(ConsumerType.WORKER);
        queue.with(new Consumer("c", ConsumerType.WORKER, "w", "", settings, 0));
        assertThatThrownBy(() -> queue.pull(1)).hasMessage(QueueError.PULL_NOT_ENABLED.text());
        assertThat(queue.pull(1, 1, ConsumerType.WORKER).leases()).isEmpty();
    }

    @Test
    void pullIsRefusedWhilePausedButAMissingConsumerIsReportedFirst() {
        queue.push("a");
        queue.with(new QueueSettings(0, true, 3_600));
        assertThatThrownBy(() -> queue.pull(1)).hasMessage(QueueError.DELIVERY_PAUSED.text());
        assertThat(queue.peek()).containsExactly(1L);
        queue.push("b");
        queue.with((Consumer) null);
        assertThatThrownBy(() -> queue.pull(1)).hasMessage(QueueError.PULL_NOT_ENABLED.text());
    }

    @Test
    void theConsumerSettingsApplyWhereAPullGivesNone() {
        queue.push("1", "2", "3", "4", "5", "6");
        List<Lease> leases = queue.pull(Pull.FROM_CONSUMER);
        assertThat(leases).hasSize(5).allMatch(lease -> lease.expiresAtMillis() == queue.nowMillis + 30_000);
        Pull.PullReply reply = queue.pull(10, 1, ConsumerType.HTTP_PULL);
        assertThat(reply.leases()).hasSize(1).allMatch(lease -> lease.expiresAtMillis() == queue.nowMillis + 1);
        assertThat(reply.metrics().backlogCount()).isEqualTo(6);
    }

    @Test
    void theDelayOfAMessageOverridesThatOfTheQueueEvenIfItIsZero() {
        queue.with(new QueueSettings(20, false, 3_600));
        queue.pushDelayed("own", 10);
        queue.pushDelayed("none", 0);
        queue.push("from queue");
        assertThat(queue.peek()).containsExactly(2L);
        assertThat(queue.after(9_999).peek()).containsExactly(2L);
        assertThat(queue.after(1).peek()).containsExactly(2L, 1L);
        assertThat(queue.after(10_000).peek()).containsExactly(2L, 1L, 3L);
    }

    @Test
    void aDelayedMessageCountsInTheBacklogAndKeepsItsDelay() {
        queue.pushDelayed("abc", 60);
        assertThat(queue.metrics()).isEqualTo(new BacklogStats(1, 3, queue.nowMillis));
        QueueEvent.Enqueued event = (QueueEvent.Enqueued) new Push(List.of(TestQueue.message("x", 7)))
                .decide(queue.state, queue.nowMillis)
                .events()
                .get(0);
        assertThat(event.content().delaySeconds()).isEqualTo(7);
        assertThat(event.header().delayed()).isTrue();
        assertThat(event.availableAtMillis()).isEqualTo(queue.nowMillis + 7_000);
    }

    @Test
    void messagesAreDeliveredByAvailabilityThenByNumber() {
        queue.pushDelayed("due at 10", 10);
        queue.push("now");
        queue.after(10_000).push("stored at 10");
        queue.after(1).push("stored later");
        assertThat(seqs(queue.pull(10))).containsExactly(2L, 1L, 3L, 4L);
    }

    @Test
    void aClockThatIsSetBackDoesNotChangeTheOrder() {
        queue.push("a");
        queue.after(-5_000).push("b");
        assertThat(queue.metrics().oldestTimestampMillis()).isEqualTo(1_000_000);
        assertThat(seqs(queue.pull(10))).containsExactly(1L, 2L);
    }

    @Test
    void metricsCoverReadyDelayedAndLeasedMessages() {
        assertThat(queue.push("a", "bb")).isEqualTo(new BacklogStats(2, 3, 1_000_000));
        queue.after(1_000).pushDelayed("ccc", 60);
        queue.pull(1);
        assertThat(queue.metrics()).isEqualTo(new BacklogStats(3, 6, 1_000_000));
        queue.ack(new LeaseId(1, 1));
        assertThat(queue.metrics()).isEqualTo(new BacklogStats(2, 5, 1_000_000));
        queue.ack(token(queue.pullOne()));
        assertThat(queue.metrics()).isEqualTo(new BacklogStats(1, 3, 1_001_000));
    }

    @Test
    void peekChangesNothing() {
        queue.push("a", "b");
        queue.pullOne();
        assertThat(queue.peek()).containsExactly(2L);
        assertThat(queue.peek()).containsExactly(2L);
        assertThat(queue.events).isEmpty();
        assertThat(queue.after(TestQueue.VISIBILITY_MILLIS).run(new Peek(Pull.FROM_CONSUMER, Long.MAX_VALUE)))
                .extracting(ReadyMessage::deliveries)
                .containsExactly(0, 1);
    }

    @Test
    void theHeadHoldsWhatTheQueueNeedsToStart() {
        queue.push("a", "b", "c");
        queue.pushDelayed("d", 60);
        queue.pull(2);
        QueueHead head = queue.state.head();
        assertThat(head.nextSeq()).isEqualTo(5);
        assertThat(head.arrivalsFromSeq()).isEqualTo(3);
        assertThat(head.count()).isEqualTo(4);
        assertThat(head.bytes()).isEqualTo(4);
        assertThat(head.scheduledCount()).isEqualTo(1);
        assertThat(head.scheduleFromMillis()).isEqualTo(1_060_000);
        assertThat(head.scheduledFromSeq()).isEqualTo(4);
        assertThat(head.deadlineMillis()).isEqualTo(1_030_000);
        assertThat(queue.state.nextReadyMillis()).isEqualTo(1_000_000);
    }

    @Test
    void aPullGetsNoMoreThanTheQueueMayLease() {
        TestQueue limited =
                new TestQueue(LimitsBuilder.documented().leasesPerQueueMax(3).build());
        limited.push("a", "b", "c", "d");
        assertThat(limited.pull(2)).hasSize(2);
        assertThat(limited.pull(2)).hasSize(1);
        assertThat(limited.pull(2)).isEmpty();
        limited.ack(new LeaseId(2, 1));
        assertThat(seqs(limited.pull(2))).containsExactly(4L);
    }

    @Test
    void aPushBeyondTheStorageLimitIsRefusedAsAWhole() {
        TestQueue small =
                new TestQueue(LimitsBuilder.documented().backlogBytesMax(5).build());
        small.push("abc");
        assertThatThrownBy(() -> small.push("d", "ee")).hasMessage(QueueError.STORAGE_LIMIT.text());
        assertThat(small.push("dd").backlogBytes()).isEqualTo(5);
        small.ack(token(small.pullOne()));
        assertThat(small.push("e").backlogCount()).isEqualTo(2);
    }

    @Test
    void aPushBeyondTheRateIsRefusedUntilTheBucketFills() {
        TestQueue slow =
                new TestQueue(LimitsBuilder.documented().messagesPerSecondMax(2).build());
        slow.push("a", "b");
        assertThatThrownBy(() -> slow.push("c")).hasMessage(QueueError.OVERLOADED.text());
        slow.after(499);
        assertThatThrownBy(() -> slow.push("c")).hasMessage(QueueError.OVERLOADED.text());
        assertThat(slow.after(1).push("c").backlogCount()).isEqualTo(3);
        assertThatThrownBy(() -> slow.push("d")).hasMessage(QueueError.OVERLOADED.text());
    }

    @Test
    void theTimeFromWhichThatManyMessagesAreReadyIsKnown() {
        assertThat(queue.state.readyMillis(1)).isEqualTo(Long.MAX_VALUE);
        queue.push("a");
        queue.pushDelayed("b", 10);
        queue.pushDelayed("c", 20);
        assertThat(queue.state.readyMillis(1)).isZero();
        assertThat(queue.state.readyMillis(2)).isEqualTo(queue.nowMillis + 10_000);
        assertThat(queue.state.readyMillis(3)).isEqualTo(queue.nowMillis + 20_000);
        assertThat(queue.state.readyMillis(4)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aCandidateIsReadyUntilItIsLeased() {
        queue.push("a");
        queue.pushDelayed("b", 10);
        List<ReadyMessage> candidates = queue.after(10_000).candidates(10, ConsumerType.HTTP_PULL);
        assertThat(candidates).hasSize(2).allMatch(each -> queue.state.isReady(each, queue.nowMillis));
        assertThat(queue.state.isReady(candidates.get(1), queue.nowMillis - 1)).isFalse();
        queue.pull(10);
        assertThat(candidates).noneMatch(each -> queue.state.isReady(each, queue.nowMillis));
    }

    @Test
    void aPullRemovesCandidatesThatArePastTheirRetentionByNow() {
        queue.push("a", "bb");
        queue.after(1_000).push("ccc");
        List<ReadyMessage> candidates = queue.candidates(10, ConsumerType.HTTP_PULL);
        queue.after(QueueSettings.DEFAULT.retentionSeconds() * 1_000L - 1_000);
        Pull.PullReply reply = queue.decide(new Pull(candidates, 1_000, ConsumerType.HTTP_PULL));
        assertThat(seqs(reply.leases())).containsExactly(3L);
        assertThat(reply.metrics()).isEqualTo(new BacklogStats(1, 3, 1_000_000));
        assertThat(queue.metrics()).isEqualTo(new BacklogStats(1, 3, 1_001_000));
    }

    @Test
    void aPullOfMoreCandidatesThanTheQueueMayLeaseGetsThatMany() {
        queue.push("a", "b");
        TestQueue limited =
                new TestQueue(LimitsBuilder.documented().leasesPerQueueMax(1).build());
        limited.push("a", "b");
        List<ReadyMessage> candidates = queue.candidates(10, ConsumerType.HTTP_PULL);
        assertThat(limited.run(new Pull(candidates, 1_000, ConsumerType.HTTP_PULL))
                        .leases())
                .hasSize(1);
    }

    @Test
    void anExpiryWithNothingLeftToDoIsComplete() {
        queue.push("a");
        queue.pushDelayed("b", 10);
        assertThat(queue.decide(new Expire(10))).isFalse();
    }

    @Test
    void noMessageHasTheNumberZero() {
        queue.push("a");
        assertThat(queue.ack(new LeaseId(0, 1)).ackWarnings()).containsExactly(Ack.Warning.UNKNOWN);
    }

    @Test
    void theHeadOfAQueueWithoutScheduledMessagesNamesTheNextNumber() {
        queue.push("a");
        assertThat(queue.state.head().scheduledFromSeq()).isEqualTo(2);
    }

    @Test
    void aClosedQueueReservesNoMemory() {
        ByteBudget budget = ByteBudget.unbounded();
        QueueState state = new QueueState(QueueSettings.DEFAULT, null, Limits.DOCUMENTED, QueueImage.NEW, budget);
        List.of(TestQueue.message("a", 0), TestQueue.message("b", 10))
                .forEach(message ->
                        new Push(List.of(message)).decide(state, 1_000).events().forEach(state::apply));
        MessageHeader original = new MessageHeader(1, 500, 500, 1, false);
        Content content = new Content(1, 2, ContentType.TEXT, 0, new byte[1]);
        new AcceptDeadLetters(
                        List.of(new AcceptDeadLetters.DeadLetter(new QueueEvent.Origin(7, original), content)), false)
                .decide(state, 1_000)
                .events()
                .forEach(state::apply);
        assertThat(budget.reservedBytes())
                .as("one block for each window")
                .isEqualTo(4L * Window.CHARGE_ELEMENTS * Window.ELEMENT_BYTES);
        state.close();
        assertThat(budget.reservedBytes()).isZero();
    }
}
