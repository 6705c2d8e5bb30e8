package dev.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.queue.DeadlineTimer;
import dev.sluice.runtime.queue.SimulatedQueueScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The timer of one queue and the calendar of those that sleep. */
class TimeoutQueueTest {
    private static final long HOUR_MILLIS = 3_600_000;

    private final SimulatedScheduler scheduler = new SimulatedScheduler(new Random(1));
    private final SimulatedQueueScheduler turns =
            new SimulatedQueueScheduler(scheduler, new ContinuousClock(scheduler.clocks()));
    private final List<Long> fired = new ArrayList<>();
    private final long startMillis = scheduler.nowMillis();

    private DeadlineTimer timer() {
        return new DeadlineTimer(turns, () -> fired.add(scheduler.nowMillis() - startMillis));
    }

    @Test
    void aTimerFiresAtItsDeadlineAndOnce() {
        timer().arm(startMillis + 500);
        scheduler.run(499);
        assertThat(fired).isEmpty();
        scheduler.run(HOUR_MILLIS);
        assertThat(fired).containsExactly(500L);
    }

    @Test
    void aNearerDeadlineWinsAndALaterOneIsWaitedFor() {
        DeadlineTimer timer = timer();
        timer.arm(startMillis + 500);
        timer.arm(startMillis + 100);
        timer.arm(startMillis + 800);
        scheduler.run(HOUR_MILLIS);
        assertThat(fired).containsExactly(800L);
    }

    @Test
    void aFarDeadlineIsReachedInPieces() {
        timer().arm(startMillis + 30 * HOUR_MILLIS);
        scheduler.run(30 * HOUR_MILLIS - 1);
        assertThat(fired).isEmpty();
        scheduler.run(10);
        assertThat(fired).hasSize(1);
    }

    @Test
    void noDeadlineAndAClosedTimerDoNothing() {
        DeadlineTimer timer = timer();
        timer.arm(startMillis + 500);
        timer.arm(Long.MAX_VALUE);
        scheduler.run(HOUR_MILLIS);
        timer.close();
        timer.arm(scheduler.nowMillis());
        scheduler.run(HOUR_MILLIS);
        assertThat(fired).isEmpty();
    }

    @Test
    void theCalendarWakesInOrderOfDeadlines() {
        List<Long> woken = new ArrayList<>();
        ActivationTimer calendar = new ActivationTimer(woken::add);
        calendar.open(turns);
        calendar.put(1, startMillis + 300);
        calendar.put(2, startMillis + 100);
        calendar.put(3, startMillis + 200);
        calendar.put(4, Long.MAX_VALUE);
        calendar.put(3, startMillis + 400);
        calendar.put(5, startMillis + 100);
        calendar.remove(5);
        scheduler.run(HOUR_MILLIS);
        assertThat(woken).containsExactly(2L, 1L, 3L);
    }

    @Test
    void manyDeadlinesAtOnceAreWokenInSeveralTurns() {
        List<Long> woken = new ArrayList<>();
        ActivationTimer calendar = new ActivationTimer(woken::add);
        calendar.open(turns);
        for (long number = 0; number < 1_000; number++) {
            calendar.put(number, 0);
        }
        scheduler.run(3);
        assertThat(woken.size()).isBetween(1, 200);
        scheduler.run(1_000);
        assertThat(woken).hasSize(1_000).doesNotHaveDuplicates();
    }
}
