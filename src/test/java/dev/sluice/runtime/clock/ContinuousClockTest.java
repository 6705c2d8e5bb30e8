package dev.sluice.runtime.clock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.runtime.SettableClocks;
import org.junit.jupiter.api.Test;

/** The continuous clock on machine clocks that are set, suspended and restarted. */
class ContinuousClockTest {
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long RETENTION_MAX = 14 * DAY;
    private static final long RETENTION = 4 * DAY;

    private final SettableClocks clocks = new SettableClocks();
    private ContinuousClock clock = newClock();

    private ContinuousClock newClock() {
        ContinuousClock newClock = new ContinuousClock(clocks);
        newClock.startNew(0);
        return newClock;
    }

    /** Another process resumes from the stored state of this one. */
    private void goOnFrom(ClockState saved) {
        clock = new ContinuousClock(clocks);
        clock.resume(saved, RETENTION_MAX, 0);
    }

    private boolean isTooOld(long storedMillis) {
        return clock.keptUntilMillis(storedMillis, RETENTION) <= clock.nowMillis();
    }

    @Test
    void doesNotGoBackBehindTheNewestMessageIfItsLatestStateWasNotStored() {
        ClockState early = clock.state();
        clocks.restart();
        clocks.setWall(5 * HOUR);
        goOnFrom(early);
        long storedMillis = clock.nowMillis();
        clocks.restart();
        clocks.setWall(-5 * HOUR);

        clock = new ContinuousClock(clocks);
        clock.resume(early, RETENTION_MAX, storedMillis);

        assertThat(clock.nowMillis()).isGreaterThanOrEqualTo(storedMillis);
        assertThat(clock.wallMillis(clock.nowMillis())).isEqualTo(clocks.wallMillis());
    }

    @Test
    void startsWithTheTimeOfTheWallClock() {
        clocks.setWall(-3 * DAY);
        clock = newClock();

        assertThat(clock.nowMillis()).isEqualTo(clocks.wallMillis());
        assertThat(clock.wallMillis(clock.nowMillis())).isEqualTo(clocks.wallMillis());
    }

    @Test
    void settingTheWallClockChangesOnlyDisplayedTimes() {
        for (long byMillis : new long[] {10 * DAY, -10 * DAY, 2 * HOUR, -2 * HOUR, -HOUR, 1_500}) {
            long changesBefore = clock.events();
            long beforeMillis = clock.nowMillis();
            clocks.setWall(byMillis);
            clocks.pass(5);

            assertThat(clock.nowMillis()).isEqualTo(beforeMillis + 5);
            assertThat(clock.wallMillis(clock.nowMillis())).isEqualTo(clocks.wallMillis());
            assertThat(clock.events()).isEqualTo(changesBefore + 1);
            clock.compareClocks();
            assertThat(clock.events()).isEqualTo(changesBefore + 1);
        }
    }

    @Test
    void timeZeroIsDisplayedAsZero() {
        clocks.setWall(DAY);
        clock.compareClocks();

        assertThat(clock.wallMillis(0)).isZero();
    }

    @Test
    void aSuspensionIsAddedAtTheNextReadingOfTheClock() {
        long beforeMillis = clock.nowMillis();
        clocks.suspend(3 * HOUR);

        assertThat(clock.nowMillis()).isEqualTo(beforeMillis + 3 * HOUR);
        assertThat(clock.wallMillis(clock.nowMillis())).isEqualTo(clocks.wallMillis());
    }

    @Test
    void aSuspensionThatTheWallClockDoesNotShowIsAddedAtTheNextCheck() {
        long beforeMillis = clock.nowMillis();
        clocks.suspend(3 * HOUR);
        clocks.setWall(-3 * HOUR);
        clock.compareClocks();

        assertThat(clock.nowMillis()).isEqualTo(beforeMillis + 3 * HOUR);
        assertThat(clock.wallMillis(clock.nowMillis())).isEqualTo(clocks.wallMillis());
    }

    @Test
    void withoutABootClockASuspensionCountsAsASetWallClock() {
        clocks.withoutBootClock();
        clock = newClock();
        long beforeMillis = clock.nowMillis();
        clocks.suspend(3 * HOUR);

        assertThat(clock.nowMillis()).isEqualTo(beforeMillis);
        assertThat(clock.wallMillis(clock.nowMillis())).isEqualTo(clocks.wallMillis());
    }

    @Test
    void aProcessOfTheSameBootResumesEvenIfTheWallClockWasSet() {
        for (long byMillis : new long[] {0, 10 * DAY, -10 * DAY, 2 * HOUR, -2 * HOUR}) {
            long storedMillis = clock.nowMillis();
            ClockState saved = clock.state();
            clocks.pass(MINUTE);
            clocks.suspend(HOUR);
            clocks.setWall(byMillis);
            goOnFrom(saved);

            long exactMillis = storedMillis + HOUR + MINUTE;
            assertThat(clock.nowMillis()).isBetween(exactMillis - ContinuousClock.BOOT_CLOCK_MILLIS, exactMillis);
            assertThat(clock.wallMillis(clock.nowMillis())).isEqualTo(clocks.wallMillis());
            assertThat(isTooOld(storedMillis)).isFalse();
        }
    }

    @Test
    void afterAnotherBootTheClockResumesFromTheWallClock() {
        clocks.setWall(10 * DAY);
        long beforeMillis = clock.nowMillis();
        ClockState saved = clock.state();
        clocks.pass(HOUR);
        clocks.restart();
        goOnFrom(saved);

        assertThat(clock.nowMillis()).isEqualTo(beforeMillis + HOUR);
        assertThat(clock.wallMillis(beforeMillis)).isEqualTo(clocks.wallMillis() - HOUR);
    }

    @Test
    void aWallClockInThePastAtStartDoesNotSetTheTimeBack() {
        long beforeMillis = clock.nowMillis();
        ClockState saved = clock.state();
        clocks.pass(HOUR);
        clocks.restart();
        clocks.setWall(-10 * DAY);
        goOnFrom(saved);
        assertThat(clock.nowMillis()).isEqualTo(beforeMillis);
        clocks.setWallRight();

        assertThat(clock.nowMillis()).isEqualTo(beforeMillis);
        assertThat(clock.wallMillis(clock.nowMillis())).isEqualTo(clocks.wallMillis());
    }

    @Test
    void afterALongDowntimeRetentionWaitsUntilTheWallClockIsTrusted() {
        long storedMillis = clock.nowMillis();
        ClockState saved = clock.state();
        clocks.pass(10 * DAY);
        clocks.restart();
        goOnFrom(saved);

        assertThat(clock.nowMillis()).isEqualTo(storedMillis + 10 * DAY);
        assertThat(isTooOld(storedMillis)).isFalse();
        clocks.pass(ClockGap.STEADY_MILLIS - 1);
        assertThat(isTooOld(storedMillis)).isFalse();
        clocks.pass(1);
        assertThat(isTooOld(storedMillis)).isTrue();
        assertThat(isTooOld(clock.nowMillis() - RETENTION)).isTrue();
        assertThat(isTooOld(clock.nowMillis() - RETENTION + 1)).isFalse();
        assertThat(clock.keptUntilMillis(clock.nowMillis(), RETENTION)).isEqualTo(clock.nowMillis() + RETENTION);
    }

    @Test
    void aDowntimeThatTheWallClockOverstatesDoesNotShortenRetention() {
        long storedMillis = clock.nowMillis();
        ClockState saved = clock.state();
        clocks.pass(HOUR);
        clocks.restart();
        clocks.setWall(10 * DAY);
        goOnFrom(saved);
        clocks.pass(2 * MINUTE);
        long duringMillis = clock.nowMillis();
        clocks.setWallRight();
        clock.compareClocks();
        clocks.pass(ClockGap.STEADY_MILLIS);

        assertThat(isTooOld(storedMillis)).isFalse();
        clocks.pass(RETENTION - HOUR - 2 * MINUTE - ClockGap.STEADY_MILLIS - 1);
        assertThat(isTooOld(storedMillis)).isFalse();
        clocks.pass(1);
        assertThat(isTooOld(storedMillis)).isTrue();
        assertThat(isTooOld(duringMillis)).isFalse();
        clocks.pass(HOUR + 2 * MINUTE);
        assertThat(isTooOld(duringMillis)).isTrue();
    }

    @Test
    void aTemporaryForwardStepAfterAStartDoesNotChangeAges() {
        long storedMillis = clock.nowMillis();
        ClockState saved = clock.state();
        clocks.pass(10 * DAY);
        clocks.restart();
        goOnFrom(saved);
        clocks.setWall(2 * HOUR);
        clock.compareClocks();
        clocks.setWallRight();
        clock.compareClocks();

        clocks.pass(ClockGap.STEADY_MILLIS - 1);
        assertThat(isTooOld(storedMillis)).isFalse();
        clocks.pass(1);
        assertThat(isTooOld(storedMillis)).isTrue();
    }

    @Test
    void uncertainAgesStayUncertainAfterARestartOfTheProcess() {
        long storedMillis = clock.nowMillis();
        ClockState saved = clock.state();
        clocks.restart();
        clocks.setWall(10 * DAY);
        goOnFrom(saved);
        goOnFrom(clock.state());
        assertThat(isTooOld(storedMillis)).isFalse();
        clocks.setWallRight();
        goOnFrom(clock.state());
        clocks.pass(2 * ClockGap.STEADY_MILLIS);
        goOnFrom(clock.state());

        assertThat(isTooOld(storedMillis)).isFalse();
        clocks.pass(RETENTION);
        assertThat(isTooOld(storedMillis)).isTrue();
    }

    @Test
    void severalStartsWithAWrongClockDoNotShortenRetention() {
        long storedMillis = clock.nowMillis();
        for (int i = 0; i < 3; i++) {
            ClockState saved = clock.state();
            clocks.restart();
            clocks.setWall(10 * DAY);
            goOnFrom(saved);
            clocks.setWallRight();
            clock.compareClocks();
            clocks.pass(ClockGap.STEADY_MILLIS);
        }
        assertThat(isTooOld(storedMillis)).isFalse();
        clocks.pass(RETENTION);
        assertThat(isTooOld(storedMillis)).isTrue();
    }

    @Test
    void aStoreWithoutClockStateStartsFromTheWallClockAndRetentionWaits() {
        long storedMillis = clocks.trueMillis() - 10 * DAY;
        clock.startNew(storedMillis);

        assertThat(clock.nowMillis()).isEqualTo(clocks.wallMillis());
        assertThat(isTooOld(storedMillis)).isFalse();
        clocks.pass(ClockGap.STEADY_MILLIS);
        assertThat(isTooOld(storedMillis)).isTrue();
    }

    @Test
    void aStoreWithoutClockStateStartsFromItsNewestMessageIfThatIsInTheFuture() {
        long storedMillis = clocks.trueMillis();
        clocks.setWall(-3_000 * DAY);
        clock = new ContinuousClock(clocks);
        clock.startNew(storedMillis);

        assertThat(clock.nowMillis()).isEqualTo(storedMillis);
        assertThat(clock.wallMillis(storedMillis)).isEqualTo(clocks.wallMillis());
        clocks.pass(2 * ClockGap.STEADY_MILLIS);
        assertThat(isTooOld(storedMillis - 1)).isFalse();
    }

    @Test
    void errorsDoNotAddUpOverManyRestarts() {
        long shownMillis = clock.wallMillis(clock.nowMillis());
        long storedMillis = clock.nowMillis();
        for (int i = 0; i < 1_000; i++) {
            ClockState saved = clock.state();
            // The boot clock has a resolution of a hundredth of a second.
            goOnFrom(new ClockState(
                    saved.timeMillis(), saved.offsetMillis(), saved.bootId(), saved.bootMillis() - 9, saved.gap()));
        }
        assertThat(clock.wallMillis(storedMillis)).isEqualTo(shownMillis);
        assertThat(clock.nowMillis()).isEqualTo(clocks.wallMillis());
    }

    @Test
    void theClocksOfThisMachineAreRead() {
        ClockSource machine = new SystemClockSource();
        ClockSource.ClockReading first = machine.read();
        ClockSource.ClockReading second = machine.read();

        assertThat(second.monotonicNanos()).isGreaterThanOrEqualTo(first.monotonicNanos());
        assertThat(second.bootMillis()).isGreaterThanOrEqualTo(first.bootMillis());
        if (System.getProperty("os.name").equals("Linux")) {
            assertThat(first.bootMillis()).isPositive();
            assertThat(machine.bootId()).isNotEmpty();
        }
    }
}
