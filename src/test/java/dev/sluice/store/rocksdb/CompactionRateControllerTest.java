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

    private final FixedDebt debt = new FixedDebt();
    private long nowNanos = Long.MAX_VALUE - SECOND_NANOS / 2;
    private final CompactionRateController controller = new CompactionRateController(nowNanos);

    /** A compaction debt that the test sets. */
    private static final class FixedDebt implements CompactionRateController.CompactionDebt {
        private long[] fullMemtables = {0, 0};
        private long pendingCompactionBytes;
        private int queries;

        @Override
        public LongStream fullMemtables() {
            queries++;
            return LongStream.of(fullMemtables);
        }

        @Override
        public long pendingCompactionBytes() {
            return pendingCompactionBytes;
        }
    }

    @BeforeAll
    static void loadNativeCode() {
        RocksDB.loadLibrary();
    }

    @AfterEach
    void close() {
        controller.close();
    }

    @Test
    void thereIsNoLimitBeforeTheFirstUpdate() {
        assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MAX);
    }

    @Test
    void aLowWriteRateHasTheMinimumLimit() {
        writeForASecond(4 * MIB);

        assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MIN);
    }

    @Test
    void theLimitFollowsTheWriteRate() {
        writeForASecond(20 * MIB);
        assertThat(bytesPerSecond()).isBetween(79 * MIB, 81 * MIB);

        writeForASecond(10 * MIB);
        assertThat(bytesPerSecond()).isBetween(39 * MIB, 41 * MIB);
    }

    @Test
    void aHighWriteRateHasNoLimit() {
        writeForASecond(65 * MIB);

        assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MAX);
    }

    @Test
    void aMemtableThatWaitsForTheFlushOfAnotherLiftsTheLimit() {
        debt.fullMemtables = new long[] {0, 1};
        writeForASecond(MIB);
        assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MIN);

        debt.fullMemtables = new long[] {0, 2};
        writeForASecond(MIB);
        assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MAX);
    }

    /** Column families are flushed together, so each flush starts with one full memtable per family. */
    @Test
    void memtablesOfDifferentFamiliesDoNotWaitForEachOther() {
        debt.fullMemtables = new long[] {1, 1};
        writeForASecond(MIB);

        assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MIN);
    }

    @Test
    void theLimitDoublesWithTheCompactionDebt() {
        debt.pendingCompactionBytes = 512 * MIB;
        writeForASecond(MIB);
        assertThat(bytesPerSecond()).isEqualTo(2 * CompactionRateController.BYTES_PER_SECOND_MIN);

        debt.pendingCompactionBytes = 3 * 512 * MIB;
        writeForASecond(MIB);
        assertThat(bytesPerSecond()).isEqualTo(8 * CompactionRateController.BYTES_PER_SECOND_MIN);

        debt.pendingCompactionBytes = Long.MAX_VALUE;
        writeForASecond(MIB);
        assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MAX);
    }

    @Test
    void anUnthrottledTaskHasNoLimit() {
        writeForASecond(MIB);

        controller.unthrottled(() -> {
            assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MAX);
            writeForASecond(MIB);
            assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MAX);
        });

        writeForASecond(MIB);
        assertThat(bytesPerSecond()).isEqualTo(CompactionRateController.BYTES_PER_SECOND_MIN);
    }

    @Test
    void theDebtIsQueriedTenTimesPerSecond() {
        writeForASecond(MIB);

        assertThat(debt.queries).isEqualTo(10);
    }

    private void writeForASecond(long bytes) {
        for (int i = 0; i < 1_000; i++) {
            nowNanos += SECOND_NANOS / 1_000;
            controller.update(nowNanos, bytes / 1_000, debt);
        }
    }

    private long bytesPerSecond() {
        return controller.limiter().getBytesPerSecond();
    }
}
