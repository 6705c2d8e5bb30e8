package dev.sluice.queue;

import static dev.sluice.queue.TestQueue.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What memory knows about messages that it does not hold: lookups, counts and heads of windows. */
class BacklogTest {
    private static final Retention RETENTION = Retention.BY_SETTING;

    private final TestQueue queue = new TestQueue();

    private static MessageHeader header(long seq, long timestampMillis) {
        return new MessageHeader(seq, timestampMillis, 1_000, 1, false);
    }

    /** A queue whose windows hold one message each. */
    private static TestQueue narrow() {
        return loaded(QueueImage.NEW, 1);
    }

    private static TestQueue loaded(QueueImage image, int windowMessagesMax) {
        TestQueue loaded = new TestQueue();
        loaded.state = new QueueState(
                QueueSettings.DEFAULT,
                TestQueue.consumer(3, 0, ""),
                Limits.DOCUMENTED,
                image,
                ByteBudget.unbounded(),
                windowMessagesMax,
                RETENTION);
        return loaded;
    }

    /** Looks up a message; the store returns that it is an arrival. */
    private ReadRequest lookUp(long seq) {
        ReadRequest request = new ReadRequest(ReadRequest.ReadKind.LOOKUP, 0, 0, 1, new long[] {seq});
        queue.state.begin(request);
        return request;
    }

    private void supply(ReadRequest request, long seq) {
        queue.state.supply(request, List.of(new LookupResult(header(seq, 1_000), 0, LookupResult.NOT_SCHEDULED)), true);
    }

    private void requireLookup(long seq, Runnable change) {
        ReadRequest before = lookUp(seq);
        supply(before, seq);
        assertThat(queue.state.backlog().lookups().contains(seq)).isTrue();
        ReadRequest during = lookUp(seq);
        change.run();
        assertThat(queue.state.backlog().lookups().contains(seq))
                .as("a result from before the event")
                .isFalse();
        supply(during, seq);
        assertThat(queue.state.backlog().lookups().contains(seq))
                .as("rows that may be older than the event")
                .isFalse();
    }

    @Test
    void everyEventThatMovesAMessageDropsWhatALookupFoundOfIt() {
        queue.with(TestQueue.consumer(1, 0, "dead")).push("a", "b", "c", "d");
        requireLookup(1, () -> queue.pull(1));
        requireLookup(1, () -> queue.retry(new LeaseId(1, 1), 5));
        requireLookup(1, () -> queue.retry(new LeaseId(1, 1), 0));
        requireLookup(1, () -> queue.pull(1));
        requireLookup(1, () -> queue.retry(new LeaseId(1, 2), 0));
        assertThat(queue.events).extracting(QueueEvent::kind).containsExactly(QueueEvent.EventKind.DEAD_LETTERING);
        requireLookup(1, () -> queue.run(new ConfirmDeadLettered(List.of(1L))));
        queue.pull(1);
        requireLookup(2, () -> queue.ack(new LeaseId(2, 1)));
        requireLookup(3, () -> queue.run(new PurgeRefs(List.of(3L))));
        requireLookup(4, () -> queue.run(new Purge()));
    }

    @Test
    void anEventChangesNothingThatALookupFoundOfOtherMessages() {
        queue.push("a", "b");
        supply(lookUp(2), 2);
        queue.pull(1);
        assertThat(queue.state.backlog().lookups().contains(2)).isTrue();
    }

    @Test
    void theResultsOfALookupServeOneCommand() {
        queue.push("a");
        supply(lookUp(1), 1);
        queue.state.clearLookups();
        assertThat(queue.state.backlog().lookups().contains(1)).isFalse();
    }

    @Test
    void aLookupThatFailedTakesNoRows() {
        ReadRequest request = lookUp(1);
        queue.state.abandon(request);
        assertThatThrownBy(() -> supply(request, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aLoadedQueueKnowsThatItHasNoArrivalsIfEveryMessageIsElsewhere() {
        QueueHead head = new QueueHead(20, 5, 7, 7, 4, 0, 0, 1, 0, 1_000, 1, 0, Long.MAX_VALUE);
        List<Lease> leases = List.of(new Lease(header(1, 1_000), 1, 9_000), new Lease(header(2, 1_000), 1, 9_000));
        QueueState state = loaded(new QueueImage(head, leases, List.of(header(3, 1_000))), 8).state;
        assertThat(new ReadMetrics().requiredRead(state, 2_000).kind())
                .isEqualTo(ReadRequest.ReadKind.SCHEDULED_BY_SEQ);
        assertThat(state.arrivalsKnownBelowSeq()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aLoadedQueueWithOneArrivalMoreReadsIt() {
        QueueHead head = new QueueHead(20, 5, 8, 8, 4, 0, 0, 1, 0, 1_000, 1, 0, Long.MAX_VALUE);
        List<Lease> leases = List.of(new Lease(header(1, 1_000), 1, 9_000), new Lease(header(2, 1_000), 1, 9_000));
        QueueState state = loaded(new QueueImage(head, leases, List.of(header(3, 1_000))), 8).state;
        assertThat(new ReadMetrics().requiredRead(state, 2_000).kind()).isEqualTo(ReadRequest.ReadKind.ARRIVALS);
        assertThat(state.arrivalsKnownBelowSeq()).isEqualTo(5);
    }

    @Test
    void aQueueWhoseOtherMessagesAreRemovedOnDiskNeedsNoReadForTheRest() {
        TestQueue narrow = narrow();
        narrow.push("a", "b");
        assertThat(narrow.state.arrivalsKnownBelowSeq()).isEqualTo(2);
        PurgeRefs second = new PurgeRefs(List.of(2L));
        ReadRequest request = second.requiredRead(narrow.state, narrow.nowMillis);
        narrow.state.begin(request);
        narrow.state.supply(
                request,
                List.of(new LookupResult(
                        new MessageHeader(2, 1_000_000, 1_000_000, 1, false), 0, LookupResult.NOT_SCHEDULED)),
                true);
        assertThat(narrow.run(second)).containsExactly(true);
        assertThat(narrow.state.arrivalsKnownBelowSeq()).isEqualTo(Long.MAX_VALUE);
        narrow.ack(token(narrow.pullOne()));
        assertThat(narrow.metrics()).isEqualTo(BacklogStats.EMPTY);
    }

    @Test
    void whatIsBeyondTheWindowIsNotOlderThanItsEdge() {
        TestQueue narrow = narrow();
        narrow.push("a");
        narrow.after(5_000).push("b");
        narrow.pull(1);
        assertThat(narrow.state.nextReadyMillis()).isEqualTo(1_005_000);
        narrow.pushDelayed("c", 10);
        narrow.after(5_000).pushDelayed("d", 10);
        assertThat(narrow.state.head().scheduledFromSeq()).isEqualTo(3);
        Windows windows = narrow.state.backlog().windows();
        assertThat(windows.oldestScheduledStoredAtMillis()).isEqualTo(1_005_000);
        windows.scheduledBySeq.remove(0, 3);
        assertThat(windows.oldestScheduledStoredAtMillis()).isEqualTo(1_010_000);
        assertThat(windows.scheduledFromSeq(5)).isEqualTo(4);
    }

    @Test
    void withoutMessagesNothingIsOldAndNothingIsReadAhead() {
        queue.metrics();
        Windows windows = queue.state.backlog().windows();
        assertThat(windows.oldestArrivalStoredAtMillis()).isEqualTo(Long.MAX_VALUE);
        assertThat(windows.oldestScheduledStoredAtMillis()).isEqualTo(Long.MAX_VALUE);
        assertThat(windows.oldestTimestampMillis()).isEqualTo(Long.MAX_VALUE);
        assertThat(queue.state.readAhead()).isNull();
    }

    @Test
    void ofALoadedQueueNothingIsKnownToBeYoung() {
        QueueHead head = new QueueHead(20, 5, 8, 8, 4, 1, 700, 6, 300, 1_000, 1, 0, 0);
        Windows windows = loaded(new QueueImage(head, List.of(), List.of()), 8)
                .state
                .backlog()
                .windows();
        assertThat(windows.oldestArrivalStoredAtMillis()).isZero();
        assertThat(windows.oldestScheduledStoredAtMillis()).isZero();
        assertThat(windows.scheduleFromMillis()).isEqualTo(700);
        assertThat(windows.originalTimestampFromMillis()).isEqualTo(300);
        assertThat(windows.arrivalsFromSeq(20)).isEqualTo(5);
        assertThat(windows.scheduledFromSeq(20)).isEqualTo(6);
    }

    @Test
    void windowsAreReadAheadTheMostUrgentFirstAndEachOnce() {
        QueueHead head = new QueueHead(20, 5, 8, 8, 4, 1, 700, 6, 300, 1_000, 1, 0, 0);
        QueueState state = loaded(new QueueImage(head, List.of(), List.of()), 8).state;
        for (ReadRequest expected : List.of(
                new ReadRequest(ReadRequest.ReadKind.ARRIVALS, 0, 5, 8, null),
                new ReadRequest(ReadRequest.ReadKind.SCHEDULE, 700, 0, 8, null),
                new ReadRequest(ReadRequest.ReadKind.SCHEDULED_BY_SEQ, 0, 6, 8, null),
                new ReadRequest(ReadRequest.ReadKind.ORIGINAL_TIMESTAMPS, 300, 0, 8, null))) {
            assertThat(state.readAhead()).isEqualTo(expected);
            state.begin(state.readAhead());
        }
        assertThat(state.readAhead()).isNull();
        state.abandon(new ReadRequest(ReadRequest.ReadKind.SCHEDULE, 700, 0, 8, null));
        assertThat(state.readAhead().kind()).isEqualTo(ReadRequest.ReadKind.SCHEDULE);
    }

    @Test
    void aDeadLetterKeepsItsTimestampInTheMetricsUntilItIsRemoved() {
        MessageHeader original = new MessageHeader(9, 400, 400, 1, false);
        Content content = new Content(1, 2, ContentType.TEXT, 0, new byte[1]);
        queue.push("younger");
        queue.run(new AcceptDeadLetters(
                List.of(new AcceptDeadLetters.DeadLetter(new QueueEvent.Origin(7, original), content)), false));
        assertThat(queue.metrics().oldestTimestampMillis()).isEqualTo(400);
        assertThat(queue.state.head().originalTimestampCount()).isEqualTo(1);
        assertThat(queue.state.head().originalTimestampFromMillis()).isEqualTo(400);
        queue.run(new PurgeRefs(List.of(2L)));
        assertThat(queue.metrics().oldestTimestampMillis()).isEqualTo(1_000_000);
        assertThat(queue.state.head().originalTimestampCount()).isZero();
    }

    @Test
    void aPurgeResetsAllCounts() {
        queue.push("a", "b");
        queue.pushDelayed("c", 10);
        queue.pull(1);
        assertThat(queue.after(7).run(new Purge())).isEqualTo(1_000_007);
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
        QueueHead head = queue.state.head();
        assertThat(head.count()).isZero();
        assertThat(head.scheduledCount()).isZero();
        assertThat(head.arrivalsFromSeq()).isEqualTo(4);
        assertThat(head.purgedBelowSeq()).isEqualTo(4);
        assertThat(head.purgedAtMillis()).isEqualTo(1_000_007);
        assertThat(head.deadlineMillis()).isEqualTo(Long.MAX_VALUE);
        assertThat(queue.run(new ReadPurge())).isEqualTo(1_000_007);
    }
}
