package dev.sluice.store;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.content;
import static dev.sluice.store.Samples.delayed;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.leased;
import static dev.sluice.store.Samples.withOriginalTimestamp;
import static dev.sluice.store.StoreResults.commitAsync;
import static dev.sluice.store.StoreResults.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.Lease;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueHead;
import dev.sluice.queue.ScheduledMessage;
import dev.sluice.store.memory.MemoryStore;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Which records contradict each other, on a store in memory. {@code StoreCheckTest} has the same check on disk. Every test
 * names all findings, so it also shows what is no contradiction.
 */
class RecordVerifierTest {
    private static final long Q = 7;
    private static final long DEAD = 8;

    private final MemoryStore store = new MemoryStore();
    private final StoreBatch batch = Samples.batch();
    private CheckTotals totals;

    /**
     * Message 1 is leased, 2 and 4 are arrivals, 3 is scheduled, 5 dead-lettered to queue 8 and not yet confirmed. Every
     * bound is as tight as it can be.
     */
    private void sound() {
        batch.add(Q, enqueued(arrival(1)));
        batch.add(Q, leased(new Lease(arrival(1), 1, 5_000)));
        batch.add(Q, enqueued(arrival(2)));
        batch.add(Q, enqueued(delayed(3), 6_000));
        batch.add(Q, enqueued(arrival(4)));
        batch.add(Q, enqueued(delayed(5), 3_000));
        batch.add(Q, new QueueEvent.Leased(new Lease(delayed(5), 1, 5_000), 3_000));
        batch.add(DEAD, deadLetterOf(withOriginalTimestamp(1, 1_005), delayed(5)));
        batch.head(Q, head(6, 2, 5, 50, 1, 6_000, 3, 1_004, 1));
        batch.head(DEAD, new QueueHead(2, 1, 1, 10, 0, 1, 0, 1, 1_005, 2_001, 1, 0, Long.MAX_VALUE));
    }

    private static QueueHead head(
            long nextSeq,
            long arrivalsFromSeq,
            long count,
            long bytes,
            long scheduledCount,
            long scheduleFromMillis,
            long scheduledFromSeq,
            long storedAtMillis,
            long purgedBelowSeq) {
        return new QueueHead(
                nextSeq,
                arrivalsFromSeq,
                count,
                bytes,
                scheduledCount,
                0,
                scheduleFromMillis,
                scheduledFromSeq,
                0,
                storedAtMillis,
                purgedBelowSeq,
                0,
                Long.MAX_VALUE);
    }

    private static QueueEvent deadLetterOf(MessageHeader deadLetter, MessageHeader original) {
        return new QueueEvent.Enqueued(
                deadLetter, content(deadLetter.seq()), deadLetter.storedAtMillis(), new QueueEvent.Origin(Q, original));
    }

    private void put(ColumnFamily family, byte[] key, byte... value) {
        batch.records().put(family, key, value);
    }

    private void putHeader(byte[] key, MessageHeader header) {
        RecordBytes value = new RecordBytes(RecordFormat.HEADER_BYTES_MAX);
        RecordFormat.writeHeader(value, header);
        put(ColumnFamily.INDEX, key, value.toByteArray());
    }

    private List<String> findings() {
        get(commitAsync(store, batch));
        CheckReport report = new CheckReport();
        totals = get(store.read(Q, snapshot -> RecordVerifier.run(snapshot, report)));
        assertThat(report.total()).isEqualTo(report.kept().size());
        return report.kept().stream()
                .map(finding -> finding.where() + ": " + finding.what())
                .toList();
    }

    @Test
    void recordsThatAgreeAreCountedAndHaveNoFinding() {
        sound();
        batch.putCatalog(new byte[] {1}, new byte[] {2});
        assertThat(findings()).isEmpty();
        assertThat(totals).isEqualTo(new CheckTotals(2, 5, 50));
    }

    @Test
    void aMessageOutsideTheNumbersOfItsHeadIsFound() {
        sound();
        batch.head(Q, head(4, 2, 5, 50, 1, 6_000, 3, 1_004, 2));
        assertThat(findings())
                .containsExactly(
                        "queue 7: message 1 is not from 2 to below 4, as its head says",
                        "queue 7: message 4 is not from 2 to below 4, as its head says");
    }

    @Test
    void aMessageThatIsNewerThanItsHeadIsFound() {
        sound();
        batch.head(Q, head(6, 2, 5, 50, 1, 6_000, 3, 1_003, 1));
        assertThat(findings()).containsExactly("queue 7: message 4 is newer than its head says");
    }

    @Test
    void aScheduledMessageBeforeTheBoundsOfItsHeadIsFound() {
        sound();
        batch.head(Q, head(6, 2, 5, 50, 1, 6_001, 3, 1_004, 1));
        assertThat(findings())
                .containsExactly("queue 7: the waiting message 3 lies before the first one that its head names");
    }

    @Test
    void aScheduledMessageBelowTheFirstNumberOfItsHeadIsFound() {
        sound();
        batch.head(Q, head(6, 2, 5, 50, 1, 6_000, 4, 1_004, 1));
        assertThat(findings())
                .containsExactly("queue 7: the waiting message 3 lies before the first one that its head names");
    }

    @Test
    void anOriginalTimestampBeforeTheBoundOfItsHeadIsFound() {
        sound();
        batch.head(DEAD, new QueueHead(2, 1, 1, 10, 0, 1, 0, 1, 1_006, 2_001, 1, 0, Long.MAX_VALUE));
        assertThat(findings())
                .containsExactly(
                        "queue 8: the original timestamp of message 1 lies before the first one that its head names");
    }

    @Test
    void anOriginalTimestampAtAnotherTimeIsFound() {
        sound();
        putHeader(
                KeyFormat.timeKey(KeyFormat.SPACE_ORIGINAL_TIMESTAMP, DEAD, 1_500, 1), withOriginalTimestamp(1, 1_005));
        assertThat(findings())
                .containsExactly(
                        "queue 8: the original timestamp of message 1 stands at another time",
                        "queue 8: it holds 2 original timestamps, its head says 1");
    }

    @Test
    void aMessageWithoutTheEntryOfItsOriginalTimestampIsFound() {
        sound();
        batch.records()
                .delete(ColumnFamily.INDEX, KeyFormat.timeKey(KeyFormat.SPACE_ORIGINAL_TIMESTAMP, DEAD, 1_005, 1));
        assertThat(findings())
                .containsExactly(
                        "queue 8: message 1 has no entry for its original timestamp",
                        "queue 8: it holds 0 original timestamps, its head says 1");
    }

    @Test
    void aLeaseThatContradictsItsMessageOrIsNoDeliveryIsFound() {
        sound();
        MessageHeader other = new MessageHeader(1, 1_001, 1_001, 11, false);
        batch.add(Q, leased(new Lease(other, 0, 5_000)));
        assertThat(findings())
                .containsExactly(
                        "queue 7: the lease of message 1 contradicts the message",
                        "queue 7: the lease of message 1 is its delivery 0");
    }

    @Test
    void aLeaseAmongTheMessagesThatWereNeverDeliveredIsFound() {
        sound();
        batch.head(Q, head(6, 1, 5, 50, 1, 6_000, 3, 1_004, 1));
        assertThat(findings())
                .containsExactly("queue 7: the lease of message 1 is among the messages that were never delivered");
    }

    @Test
    void aWaitingMessageAmongThoseThatWereNeverDeliveredIsFound() {
        sound();
        batch.add(Q, new QueueEvent.Released(new ScheduledMessage(arrival(2), 1, 7_000)));
        batch.head(Q, head(6, 2, 5, 50, 2, 6_000, 2, 1_004, 1));
        assertThat(findings())
                .containsExactly("queue 7: the waiting message 2 is among the messages that were never delivered");
    }

    @Test
    void aWaitingMessageThatIsLeasedTooIsFound() {
        sound();
        batch.add(Q, leased(new Lease(delayed(3), 1, 5_000)));
        assertThat(findings()).containsExactly("queue 7: the waiting message 3 is leased too");
    }

    @Test
    void aWaitingMessageThatIsNotInTheScheduleIsFound() {
        sound();
        batch.records().delete(ColumnFamily.INDEX, KeyFormat.timeKey(KeyFormat.SPACE_SCHEDULE, Q, 6_000, 3));
        assertThat(findings()).containsExactly("queue 7: the waiting message 3 is not in the schedule as it should be");
    }

    @Test
    void aWaitingMessageWithOtherDeliveriesInTheScheduleIsFoundFromBothSides() {
        sound();
        RecordBytes other = new RecordBytes(40);
        RecordFormat.writeSchedule(other, delayed(3), 2);
        put(ColumnFamily.INDEX, KeyFormat.timeKey(KeyFormat.SPACE_SCHEDULE, Q, 6_000, 3), other.toByteArray());
        assertThat(findings())
                .containsExactly(
                        "queue 7: the waiting message 3 is not in the schedule as it should be",
                        "queue 7: the scheduled message 3 is not waiting as it should be");
    }

    @Test
    void aSecondPlaceInTheScheduleIsFound() {
        sound();
        RecordBytes second = new RecordBytes(40);
        RecordFormat.writeSchedule(second, delayed(3), 0);
        put(ColumnFamily.INDEX, KeyFormat.timeKey(KeyFormat.SPACE_SCHEDULE, Q, 6_500, 3), second.toByteArray());
        assertThat(findings()).containsExactly("queue 7: the scheduled message 3 is not waiting as it should be");
    }

    @Test
    void aMessageInNoPlaceIsFound() {
        sound();
        batch.head(Q, head(6, 3, 5, 50, 1, 6_000, 3, 1_004, 1));
        assertThat(findings())
                .containsExactly("queue 7: message 2 is in no place: not an arrival, not waiting, not leased");
    }

    @Test
    void aMessageThatIsStoredTwiceIsFound() {
        sound();
        batch.add(Q, enqueued(arrival(3)));
        batch.head(Q, head(6, 2, 6, 60, 1, 6_000, 3, 1_004, 1));
        assertThat(findings()).containsExactly("queue 7: message 3 is stored twice");
    }

    @Test
    void aMessageInTheWrongKeySpaceIsFound() {
        sound();
        RecordBytes value = new RecordBytes(RecordFormat.messageBytes(delayed(2), content(2)));
        RecordFormat.writeMessage(value, delayed(2), content(2));
        put(ColumnFamily.MESSAGES, KeyFormat.seqKey(KeyFormat.SPACE_MESSAGES, Q, 2), value.toByteArray());
        assertThat(findings())
                .containsExactly(
                        "queue 7: message 2 lies in the wrong space",
                        "queue 7: message 2 is in no place: not an arrival, not waiting, not leased");
    }

    @Test
    void aMessageThatIsStillStoredAfterItsTransferIsFound() {
        sound();
        putHeader(KeyFormat.seqKey(KeyFormat.SPACE_DEAD_LETTERED, Q, 2), arrival(2));
        batch.head(Q, head(6, 2, 6, 60, 1, 6_000, 3, 1_004, 1));
        assertThat(findings()).containsExactly("queue 7: message 2 is still stored although it was dead-lettered");
    }

    @Test
    void aMarkerOfADeletedQueueOrFromBeforeAPurgeIsNoFinding() {
        sound();
        putHeader(KeyFormat.seqKey(KeyFormat.SPACE_DEAD_LETTERED, 55, 2), arrival(2));
        putHeader(KeyFormat.seqKey(KeyFormat.SPACE_DEAD_LETTERED, DEAD, 1), arrival(1));
        batch.add(DEAD, new QueueEvent.Purged(2, 1));
        putHeader(KeyFormat.seqKey(KeyFormat.SPACE_DEAD_LETTERED, DEAD, 1), arrival(1));
        batch.head(DEAD, new QueueHead(2, 2, 0, 0, 0, 0, 0, 1, 0, 2_001, 2, 1, Long.MAX_VALUE));
        assertThat(findings()).isEmpty();
        assertThat(totals).isEqualTo(new CheckTotals(2, 4, 40));
    }

    @Test
    void aMarkerCountsWithItsSizeAndItsOriginalTimestampUntilItIsConfirmed() {
        MessageHeader moved = withOriginalTimestamp(1, 900);
        putHeader(KeyFormat.seqKey(KeyFormat.SPACE_DEAD_LETTERED, Q, 1), moved);
        batch.head(Q, new QueueHead(2, 2, 1, 10, 0, 1, 0, 1, 0, 2_001, 1, 0, Long.MAX_VALUE));
        assertThat(findings()).isEmpty();
        assertThat(totals).isEqualTo(new CheckTotals(1, 0, 0));
    }

    @Test
    void countsThatDifferFromTheHeadAreFound() {
        sound();
        batch.head(Q, head(6, 2, 6, 49, 2, 6_000, 3, 1_004, 1));
        assertThat(findings())
                .containsExactly(
                        "queue 7: it holds 4 messages, its head says 5",
                        "queue 7: it holds 40 bytes, its head says 39",
                        "queue 7: it holds 1 waiting messages, its head says 2");
    }

    @Test
    void aHeadThatContradictsItselfIsFound() {
        for (long[] numbers : new long[][] {{0, 0, 0}, {5, 6, 1}, {5, 5, 6}, {1, 1, 1}, {5, 5, 5}}) {
            batch.head(Q, head(numbers[0], numbers[1], 0, 0, 0, 0, 1, 0, numbers[2]));
            boolean sound = numbers[0] > 0 && numbers[1] <= numbers[0] && numbers[2] <= numbers[0];
            assertThat(findings())
                    .as("%s %s %s", numbers[0], numbers[1], numbers[2])
                    .isEqualTo(
                            sound
                                    ? List.of()
                                    : List.of("queue 7: the head contradicts itself: next message " + numbers[0]
                                            + ", arrivals from " + numbers[1] + ", purged below " + numbers[2]));
        }
    }

    @Test
    void everyRecordOfAQueueWithoutAHeadIsFound() {
        batch.add(Q, enqueued(arrival(1)));
        batch.add(Q, leased(new Lease(arrival(1), 1, 5_000)));
        batch.add(Q, enqueued(delayed(2), 6_000));
        batch.add(Q, enqueued(withOriginalTimestamp(3, 5)));
        assertThat(findings())
                .containsExactly(
                        "queue 7: message 1 belongs to a queue without a head",
                        "queue 7: message 3 belongs to a queue without a head",
                        "queue 7: message 2 belongs to a queue without a head",
                        "queue 7: the lease of message 1 belongs to a queue without a head",
                        "queue 7: the waiting message 2 belongs to a queue without a head",
                        "queue 7: the scheduled message 2 belongs to a queue without a head",
                        "queue 7: the original timestamp of message 3 belongs to a queue without a head");
        assertThat(totals).isEqualTo(new CheckTotals(0, 0, 0));
    }

    @Test
    void indexRecordsWithoutTheirMessageAreFound() {
        sound();
        batch.records().delete(ColumnFamily.MESSAGES, KeyFormat.seqKey(KeyFormat.SPACE_MESSAGES, Q, 1));
        batch.records().delete(ColumnFamily.MESSAGES, KeyFormat.seqKey(KeyFormat.SPACE_DELAYED, Q, 3));
        batch.records().delete(ColumnFamily.MESSAGES, KeyFormat.seqKey(KeyFormat.SPACE_MESSAGES, DEAD, 1));
        batch.head(Q, head(6, 2, 3, 30, 1, 6_000, 3, 1_004, 1));
        batch.head(DEAD, new QueueHead(2, 1, 0, 0, 0, 1, 0, 1, 1_005, 2_001, 1, 0, Long.MAX_VALUE));
        assertThat(findings())
                .containsExactly(
                        "queue 7: the lease of message 1 belongs to no message",
                        "queue 7: the waiting message 3 belongs to no message",
                        "queue 8: the original timestamp of message 1 belongs to no message");
    }

    @Test
    void aRecordThatCannotBeReadIsAFindingAndTheCheckContinues() {
        sound();
        put(ColumnFamily.MESSAGES, KeyFormat.seqKey(KeyFormat.SPACE_MESSAGES, Q, 0), (byte) 8);
        put(ColumnFamily.MESSAGES, new byte[] {0x77, 1});
        put(ColumnFamily.MESSAGES, new byte[] {});
        put(ColumnFamily.INDEX, new byte[] {(byte) 0xFE, 0, 0, 0, 0, 0, 0, 0, 9});
        put(ColumnFamily.INDEX, new byte[] {KeyFormat.SPACE_LEASE, 0, 0, 0, 0, 0, 0, 0});
        assertThat(findings())
                .containsExactly(
                        "the store: a stored key is empty",
                        "queue 7: a stored message has the unknown flags 8",
                        "the store: a record lies in the unknown space 119",
                        "the store: a stored key is only 8 bytes long",
                        "queue 9: a record lies in the unknown space 254");
        assertThat(totals).isEqualTo(new CheckTotals(2, 5, 50));
    }

    @Test
    void aReportKeepsAThousandFindingsAndCountsTheRest() {
        CheckReport report = new CheckReport();
        for (int i = 1; i <= 1_001; i++) {
            report.add("queue " + i, "wrong");
        }
        assertThat(report.total()).isEqualTo(1_001);
        assertThat(report.kept()).hasSize(1_000).last().isEqualTo(new CheckReport.Finding("queue 1000", "wrong"));
    }
}
