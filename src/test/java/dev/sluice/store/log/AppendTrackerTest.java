package dev.sluice.store.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** When the owner of a shard may say that an append is stored. {@code OwnershipModelTest} searches all orders. */
class AppendTrackerTest {
    private static final UUID OWNER = new UUID(1, 2);
    private static final UUID OTHER = new UUID(3, 4);
    private static final byte[] PAYLOAD = {1};

    /** The claim of epoch 5 is at offset 9, so append 0 is expected at offset 10. */
    private final AppendTracker tracker = new AppendTracker(new LogOwnership(5, OWNER, 0), 9);

    private static Optional<LogRecord> record(LogRecord record) {
        return Optional.of(record);
    }

    private void requireEnd(AppendTracker.Step step, String reason) {
        assertThat(step).isInstanceOfSatisfying(AppendTracker.End.class, end -> assertThat(end.reason())
                .contains(reason));
        assertThat(tracker.hasEnded()).isTrue();
        assertThat(tracker.next()).isInstanceOf(AppendTracker.End.class);
    }

    @Test
    void appendsAreAcknowledgedInOrderWhereTheyAreExpected() {
        assertThat(tracker.next()).isEqualTo(new AppendTracker.Wait());
        tracker.appended(1, 11);
        assertThat(tracker.next()).as("append 0 has no result").isEqualTo(new AppendTracker.Wait());
        tracker.appended(0, 10);
        assertThat(tracker.next()).isEqualTo(new AppendTracker.Acknowledge(0, 10));
        assertThat(tracker.next()).isEqualTo(new AppendTracker.Acknowledge(1, 11));
        assertThat(tracker.next()).isEqualTo(new AppendTracker.Wait());
        assertThat(tracker.expectedOffset()).isEqualTo(12);
        assertThat(tracker.ownership()).isEqualTo(new LogOwnership(5, OWNER, 2));
        assertThat(tracker.hasEnded()).isFalse();
    }

    @Test
    void theFirstResultOfAnAppendCounts() {
        tracker.appended(0, 10);
        tracker.appended(0, 99);
        assertThat(tracker.next()).isEqualTo(new AppendTracker.Acknowledge(0, 10));
    }

    @Test
    void voidRecordsBeforeAnAppendDoNoHarm() {
        tracker.appended(0, 13);
        assertThat(tracker.next()).isEqualTo(new AppendTracker.ReadGap(10, 13));
        AppendTracker.Step step = tracker.gapRead(List.of(
                Optional.empty(),
                record(LogRecord.group(4, 0, OTHER, PAYLOAD)),
                record(LogRecord.claim(5, OTHER, PAYLOAD))));
        assertThat(step).isEqualTo(new AppendTracker.Acknowledge(0, 13));
        assertThat(tracker.expectedOffset()).isEqualTo(14);
    }

    @Test
    void aClaimBeforeAnAppendEndsTheEpoch() {
        tracker.appended(0, 11);
        requireEnd(tracker.gapRead(List.of(record(LogRecord.claim(6, OTHER, PAYLOAD)))), "claim");
        assertThat(tracker.expectedOffset()).as("where a reader goes on").isEqualTo(10);
    }

    @Test
    void aCopyOfAnOwnRecordBeforeAnAppendEndsTheEpoch() {
        tracker.appended(0, 11);
        requireEnd(tracker.gapRead(List.of(record(LogRecord.beat(5, 0, OWNER)))), "copy of an own record");
    }

    @Test
    void aGapThatIsNotCompleteEndsTheEpoch() {
        tracker.appended(0, 12);
        requireEnd(tracker.gapRead(List.of(Optional.empty())), "cannot be read");
    }

    @Test
    void aTrimmedGapEndsTheEpoch() {
        tracker.appended(0, 12);
        requireEnd(tracker.gapRead(null), "cannot be read");
    }

    @Test
    void anOffsetBeforeTheExpectedOneEndsTheEpoch() {
        tracker.appended(0, 9);
        requireEnd(tracker.next(), "expected 10");
    }

    @Test
    void anUnknownOffsetEndsTheEpoch() {
        tracker.appended(0, -1);
        requireEnd(tracker.next(), "offset -1");
    }

    @Test
    void afterAFailureNothingIsAcknowledged() {
        tracker.appended(0, 10);
        tracker.failed();
        requireEnd(tracker.next(), "failed");
        assertThat(tracker.ownership().nextIndex()).isZero();
    }

    @Test
    void aCopyOfATrackerIsIndependent() {
        tracker.appended(0, 10);
        AppendTracker copy = tracker.copy();
        copy.failed();
        assertThat(tracker.next()).isEqualTo(new AppendTracker.Acknowledge(0, 10));
        assertThat(copy.hasEnded()).isTrue();
        assertThat(copy.copy().hasEnded()).isTrue();
        assertThat(copy).hasToString("epoch 5, next index 0 at 10, ended, results {0=10}");
    }

    @Test
    void onlyTheNextRecordOfTheOwnerIsValid() {
        LogOwnership ownership = new LogOwnership(5, OWNER, 3);
        assertThat(ownership.isValid(LogRecord.group(5, 3, OWNER, PAYLOAD))).isTrue();
        assertThat(ownership.after(LogRecord.beat(5, 3, OWNER))).isEqualTo(new LogOwnership(5, OWNER, 4));
        assertThat(ownership.after(LogRecord.claim(6, OTHER, PAYLOAD))).isEqualTo(new LogOwnership(6, OTHER, 0));
        for (LogRecord invalid : List.of(
                LogRecord.group(5, 2, OWNER, PAYLOAD),
                LogRecord.group(5, 4, OWNER, PAYLOAD),
                LogRecord.group(5, 3, OTHER, PAYLOAD),
                LogRecord.group(4, 3, OWNER, PAYLOAD),
                LogRecord.group(6, 3, OWNER, PAYLOAD),
                LogRecord.claim(5, OWNER, PAYLOAD),
                LogRecord.claim(7, OWNER, PAYLOAD))) {
            assertThat(ownership.isValid(invalid)).as("%s", invalid).isFalse();
            assertThat(ownership.after(invalid)).isSameAs(ownership);
        }
        assertThat(ownership.isHeldBy(5, OWNER)).isTrue();
        assertThat(ownership.isHeldBy(5, OTHER)).isFalse();
        assertThat(ownership.isHeldBy(6, OWNER)).isFalse();
    }

    @Test
    void recordsAreEqualIfAllTheirFieldsAre() {
        LogRecord record = LogRecord.group(5, 3, OWNER, PAYLOAD);
        assertThat(record)
                .isEqualTo(LogRecord.group(5, 3, OWNER, new byte[] {1}))
                .hasSameHashCodeAs(LogRecord.group(5, 3, OWNER, new byte[] {1}));
        assertThat(List.of(
                        LogRecord.group(4, 3, OWNER, PAYLOAD),
                        LogRecord.group(5, 2, OWNER, PAYLOAD),
                        LogRecord.group(5, 3, OTHER, PAYLOAD),
                        LogRecord.group(5, 3, OWNER, new byte[] {2}),
                        LogRecord.beat(5, 3, OWNER)))
                .doesNotContain(record);
        assertThatThrownBy(() -> LogRecord.beat(0, 0, OWNER)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LogRecord.beat(1, -1, OWNER)).isInstanceOf(IllegalArgumentException.class);
        assertThat(record).hasToString("GROUP 5/3 of " + OWNER + ", 1 bytes");
    }

    @Test
    void claimsAndPositionsAreReadAsTheyWereWritten() {
        LogClaim claim = new LogClaim(new LogIdentity("c".repeat(255), OWNER, OTHER, OWNER, 24, -1), OTHER, "node ü");
        assertThat(LogClaim.decode(claim.encode(), 0)).isEqualTo(claim);
        byte[] cut = Arrays.copyOf(claim.encode(), 40);
        assertThatThrownBy(() -> LogClaim.decode(cut, 7))
                .isInstanceOf(UnreadableLogException.class)
                .hasMessageContaining("only 40 bytes");
        LogClaim tooLong = new LogClaim(new LogIdentity("c", OWNER, OTHER, OWNER, 24, 3), OTHER, "n".repeat(256));
        assertThatThrownBy(tooLong::encode).isInstanceOf(IllegalArgumentException.class);

        LogPosition position = new LogPosition(7, -3, new LogOwnership(5, OWNER, 3), OTHER, -11, 13);
        assertThat(LogPosition.decode(position.encode())).isEqualTo(position);
        assertThat(position.encode()).hasSize(76);
        byte[] short75 = Arrays.copyOf(position.encode(), 75);
        assertThatThrownBy(() -> LogPosition.decode(short75))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("only 75 bytes");
    }
}
