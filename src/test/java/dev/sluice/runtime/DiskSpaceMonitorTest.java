package dev.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DiskSpaceMonitorTest {
    private static final long MIB = 1 << 20;

    @Test
    void aDiskWithFreeSpaceIsCheckedEverySecond() {
        assertThat(DiskSpaceMonitor.pauseMillis(1_000 * MIB)).isEqualTo(1_000);
        assertThat(DiskSpaceMonitor.pauseMillis(Long.MAX_VALUE)).isEqualTo(1_000);
    }

    @Test
    void aDiskIsCheckedBeforeAGibibytePerSecondCouldFillIt() {
        assertThat(DiskSpaceMonitor.pauseMillis(500 * MIB)).isEqualTo(500);
        assertThat(DiskSpaceMonitor.pauseMillis(32 * MIB)).isEqualTo(32);
    }

    @Test
    void aDiskJustAboveTheMinimumDoesNotKeepAThreadBusy() {
        assertThat(DiskSpaceMonitor.pauseMillis(0)).isEqualTo(20);
    }

    @Test
    void aDiskBelowTheMinimumIsCheckedEverySecond() {
        assertThat(DiskSpaceMonitor.pauseMillis(-1)).isEqualTo(1_000);
    }
}
