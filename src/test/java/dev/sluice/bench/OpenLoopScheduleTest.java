package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenLoopScheduleTest {
    private static final long BEGIN = -5_000_000_000L;
    private static final long MILLI = 1_000_000;

    private final OpenLoopSchedule schedule = new OpenLoopSchedule(1_000);

    @Test
    void pushesAreDueAtEvenIntervals() {
        schedule.begin(BEGIN);

        assertThat(schedule.isDue(BEGIN)).isTrue();
        assertThat(schedule.next()).isEqualTo(BEGIN);
        assertThat(schedule.isDue(BEGIN + MILLI - 1)).isFalse();
        assertThat(schedule.isDue(BEGIN + MILLI)).isTrue();
        assertThat(schedule.dueNanos()).isEqualTo(BEGIN + MILLI);
    }

    @Test
    void aLatePushKeepsItsDueTime() {
        schedule.begin(BEGIN);
        long late = BEGIN + 10 * MILLI;
        for (int i = 0; i <= 10; i++) {
            assertThat(schedule.isDue(late)).isTrue();
            assertThat(schedule.next()).isEqualTo(BEGIN + i * MILLI);
        }

        assertThat(schedule.isDue(late)).isFalse();
    }

    @Test
    void pushesThatWereDueBeforeTheEndCountAsUnsent() {
        schedule.begin(BEGIN);
        schedule.next();
        schedule.end(BEGIN + 3 * MILLI);

        assertThat(schedule.unsent()).isEqualTo(2);
        assertThat(schedule.isDue(BEGIN + 100 * MILLI)).isTrue();
        schedule.next();
        schedule.next();
        assertThat(schedule.isDue(BEGIN + 100 * MILLI)).isFalse();
        assertThat(schedule.unsent()).isZero();
    }
}
