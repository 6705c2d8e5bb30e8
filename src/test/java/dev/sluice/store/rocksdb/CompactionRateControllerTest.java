package dev.sluice.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.rocksdb.RocksDB;

class CompactionRateControllerTest {
    private static final long MIB = 1024 * 1024;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Waiting waiting = new Waiting();
    private long nowNanos = Long.MAX_VALUE - SECOND_NANOS / 2;
    private final CompactionRateController pace = new CompactionRateController(nowNanos);

    /** What waits, as a test says. */
    private static final class Waiting implements CompactionRateController.Debt {
        private long[] fullMemtables = {0, 0};
        private long bytesToMerge;
        private int looks;

        @Override
        public LongStream fullMemtables() {
            looks++;
            return LongStream.of(fullMemtables);
        }

        @Override
        public long bytesToMerge() {
            return bytesToMerge;
        }
    }

    @BeforeAll
    static void loadNativeCode() {
        RocksDB.loadLibrary();
    }

    @AfterEach
    void close() {
        pace.close();
    }

    @Test
    void anOpeningIsNotHeldUp() {
        assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MAX);
    }

    @Test
    void littleComesInSoTheLeastIsEnough() {
        writeForASecond(4 * MIB);

        assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MIN);
    }

    @Test
    void thePaceFollowsWhatComesIn() {
        writeForASecond(20 * MIB);
        assertThat(bytesPerSecond()).isBetween(79 * MIB, 81 * MIB);

        writeForASecond(10 * MIB);
        assertThat(bytesPerSecond()).isBetween(39 * MIB, 41 * MIB);
    }

    @Test
    void aStoreThatIsFilledAsFastAsCanBeHasNoLimit() {
        writeForASecond(65 * MIB);

        assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MAX);
    }

    @Test
    void aMemtableThatWaitsForAnotherOneLiftsTheLimit() {
        waiting.fullMemtables = new long[] {0, 1};
        writeForASecond(MIB);
        assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MIN);

        waiting.fullMemtables = new long[] {0, 2};
        writeForASecond(MIB);
        assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MAX);
    }

    /** Families are flushed together, so one full memtable of each is what every flush begins with. */
    @Test
    void memtablesOfDifferentFamiliesDoNotWaitForEachOther() {
        waiting.fullMemtables = new long[] {1, 1};
        writeForASecond(MIB);

        assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MIN);
    }

    @Test
    void mergesThatPileUpDoubleThePaceAgainAndAgain() {
        waiting.bytesToMerge = 512 * MIB;
        writeForASecond(MIB);
        assertThat(bytesPerSecond()).isEqualTo(2 * CompactionRateController.BYTES_PER_SECOND_MIN);

        waiting.bytesToMerge = 3 * 512 * MIB;
        writeForASecond(MIB);
        assertThat(bytesPerSecond()).isEqualTo(8 * CompactionRateController.BYTES_PER_SECOND_MIN);

        waiting.bytesToMerge = Long.MAX_VALUE;
        writeForASecond(MIB);
        assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MAX);
    }

    @Test
    void whatSomebodyWaitsForHasNoLimitHoweverLittleComesIn() {
        writeForASecond(MIB);

        pace.unthrottled(() -> {
            assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MAX);
            writeForASecond(MIB);
            assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MAX);
        });

        writeForASecond(MIB);
        assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MIN);
    }

    @Test
    void whatWaitsIsAskedForOnlyAFewTimesASecond() {
        writeForASecond(MIB);

        assertThat(waiting.looks).isEqualTo(10);
    }

    private void writeForASecond(long bytes) {
        for (int i = 0; i < 1_000; i++) {
            nowNanos += SECOND_NANOS / 1_000;
            pace.update(nowNanos, bytes / 1_000, waiting);
        }
    }

    private long bytesPerSecond() {
        return pace.limiter().getBytesPerSecond();
    }
}
