package dev.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.queue.DeadlineTimer;
import dev.sluice.runtime.queue.SimulatedQueueScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The timer of one queue, and the activation timer of passive queues. */
class DeadlineTimerTest {
    private static final long HOUR_MILLIS = 3_600_000;

    private final SimulatedScheduler scheduler = new SimulatedScheduler(new Random(1));
    private final SimulatedQueueScheduler queueScheduler =
            new SimulatedQueueScheduler(scheduler, new ContinuousClock(scheduler.clocks()));
    private final List<Long> fired = new ArrayList<>();
    private final long startMillis = scheduler.nowMillis();

    private DeadlineTimer timer() {
        return new DeadlineTimer(queueScheduler, () -> fired.add(scheduler.nowMillis() - startMillis));
    }

    @Test
    void aTimerFiresOnceAtItsDeadline() {
        timer().arm(startMillis + 500);
        scheduler.run(499);
        assertThat(fired).isEmpty();
        scheduler.run(HOUR_MILLIS);
        assertThat(fired).containsExactly(500L);
    }

    @Test
    void aTimerFiresAtTheLastDeadlineThatWasSet() {
        DeadlineTimer timer = timer();
        timer.arm(startMillis + 500);
        timer.arm(startMillis + 100);
        timer.arm(startMillis + 800);
        scheduler.run(HOUR_MILLIS);
        assertThat(fired).containsExactly(800L);
    }

    @Test
    void aFarDeadlineIsReachedInSeveralWaits() {
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
    void theActivationTimerActivatesQueuesInOrderOfDeadlines() {
        List<Long> activated = new ArrayList<>();
        ActivationTimer activationTimer = new ActivationTimer(queueScheduler, activated::add);
        activationTimer.put(1, startMillis + 300);
        activationTimer.put(2, startMillis + 100);
        activationTimer.put(3, startMillis + 200);
        activationTimer.put(4, Long.MAX_VALUE);
        activationTimer.put(3, startMillis + 400);
        activationTimer.put(5, startMillis + 100);
        activationTimer.remove(5);
        scheduler.run(HOUR_MILLIS);
        assertThat(activated).containsExactly(2L, 1L, 3L);
    }

    @Test
    void manySimultaneousDeadlinesAreSpreadOverSeveralTasks() {
        List<Long> activated = new ArrayList<>();
        ActivationTimer activationTimer = new ActivationTimer(queueScheduler, activated::add);
        for (long number = 0; number < 1_000; number++) {
            activationTimer.put(number, 0);
        }
        scheduler.run(3);
        assertThat(activated.size()).isBetween(1, 200);
        scheduler.run(1_000);
        assertThat(activated).hasSize(1_000).doesNotHaveDuplicates();
    }
}
