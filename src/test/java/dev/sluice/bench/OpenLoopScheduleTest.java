package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenLoopScheduleTest {
    private static final long BEGIN = -5_000_000_000L;
    private static final long MILLI = 1_000_000;

    private final OpenLoopSchedule pace = new OpenLoopSchedule(1_000);

    @Test
    void requestsAreDueAtEvenTimes() {
        pace.begin(BEGIN);

        assertThat(pace.isDue(BEGIN)).isTrue();
        assertThat(pace.take()).isEqualTo(BEGIN);
        assertThat(pace.isDue(BEGIN + MILLI - 1)).isFalse();
        assertThat(pace.isDue(BEGIN + MILLI)).isTrue();
        assertThat(pace.dueNanos()).isEqualTo(BEGIN + MILLI);
    }

    @Test
    void aRequestThatIsTakenLateKeepsItsTime() {
        pace.begin(BEGIN);
        long late = BEGIN + 10 * MILLI;
        for (int i = 0; i <= 10; i++) {
            assertThat(pace.isDue(late)).isTrue();
            assertThat(pace.take()).isEqualTo(BEGIN + i * MILLI);
        }

        assertThat(pace.isDue(late)).isFalse();
    }

    @Test
    void whatWasDueBeforeTheEndIsOwedAfterIt() {
        pace.begin(BEGIN);
        pace.take();
        pace.end(BEGIN + 3 * MILLI);

        assertThat(pace.owed()).isEqualTo(2);
        assertThat(pace.isDue(BEGIN + 100 * MILLI)).isTrue();
        pace.take();
        pace.take();
        assertThat(pace.isDue(BEGIN + 100 * MILLI)).isFalse();
        assertThat(pace.owed()).isZero();
    }
}
