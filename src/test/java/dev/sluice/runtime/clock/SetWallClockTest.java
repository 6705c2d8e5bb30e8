package dev.sluice.runtime.clock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.QueueSettings;
import dev.sluice.runtime.ActivationTimer;
import dev.sluice.runtime.delivery.ScriptedWorker;
import dev.sluice.runtime.queue.ManualScheduler;
import dev.sluice.runtime.queue.PushedQueue;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A queue with a Worker, the calendar of passive queues, and timers, while the wall clock is set and the machine sleeps. */
class SetWallClockTest {
    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;
    private static final int RETENTION_SECONDS = 3_600;

    private final ScriptedWorker target = new ScriptedWorker();
    private final PushedQueue queue = new PushedQueue(target, PushedQueue.SETTINGS);

    private void take() {
        target.take();
        queue.turns.run();
    }

    @Test
    void aPartialBatchIsSentWhenItIsDueHoweverTheWallClockIsSet() {
        for (long byMillis : new long[] {-HOUR, 2 * HOUR, -10 * DAY, 10 * DAY}) {
            int before = target.batches.size();
            queue.push(1);
            queue.turns.clocks.setWall(byMillis);
            queue.turns.pass(4_999);
            assertThat(target.batches).hasSize(before);
            queue.turns.pass(1);
            assertThat(target.batches).hasSize(before + 1);
            take();
        }
    }

    @Test
    void aDelayKeepsItsLengthHoweverTheWallClockIsSet() {
        for (long byMillis : new long[] {-HOUR, 2 * HOUR, -10 * DAY, 10 * DAY}) {
            int before = target.batches.size();
            queue.push(1, 3, 2);
            queue.turns.clocks.setWall(byMillis);
            queue.turns.pass(3_000 + 4_999);
            assertThat(target.batches).hasSize(before);
            queue.turns.pass(1);
            assertThat(target.batches).hasSize(before + 1);
            take();
        }
    }

    /** Timers stand still while the machine sleeps; those that are set for a day must not be late by that. */
    @Test
    void aQueueWithATimerForADayDeliversWhatIsDueAfterASuspension() {
        queue.push(1, 86_400, 2);
        queue.turns.pass(HOUR / 2);
        queue.push(1, 10_800, 2);
        queue.turns.clocks.suspend(3 * HOUR);
        queue.turns.pass(10_000);
        assertThat(target.batches).hasSize(1);
        take();

        queue.push(1);
        queue.turns.pass(10_000);
        assertThat(target.batches).hasSize(2);
        take();

        queue.turns.clocks.suspend(21 * HOUR);
        queue.turns.pass(10_000);
        assertThat(target.batches).hasSize(3);
    }

    @Test
    void retentionKeepsItsLengthHoweverTheWallClockIsSet() {
        queue.configure(new QueueSettings(0, true, RETENTION_SECONDS), queue.definition.consumer());
        queue.push(3);
        for (long byMillis : new long[] {2 * HOUR, -2 * HOUR, 10 * DAY, -20 * DAY}) {
            queue.turns.clocks.setWall(byMillis);
            queue.turns.pass(10_000);
            assertThat(queue.backlog()).isEqualTo(3);
        }
        queue.turns.pass(HOUR - 40_000 - 1);
        assertThat(queue.backlog()).isEqualTo(3);
        queue.turns.pass(6_000);
        assertThat(queue.backlog()).isZero();
    }

    @Test
    void whatIsTooOldAfterASuspensionGoes() {
        queue.configure(new QueueSettings(0, true, RETENTION_SECONDS), queue.definition.consumer());
        queue.push(3);
        queue.turns.clocks.suspend(2 * HOUR);
        queue.turns.pass(6_000);
        assertThat(queue.backlog()).isZero();
    }

    @Test
    void aBatchThatWasNotSentBecauseTheMachineWasSuspendedIsNoAttempt() {
        queue.configure(QueueSettings.DEFAULT, PushedQueue.worker("w", new ConsumerSettings(2, 0, 0, 30_000, 0, 1)));
        queue.push(2);
        queue.turns.clocks.suspend(3 * HOUR);
        queue.turns.pass(29_000);
        target.doNotSend();
        queue.turns.pass(10_000);
        assertThat(target.shown(1)).containsExactly("m1#1", "m2#1");
    }

    @Test
    void aPauseAfterFailuresKeepsItsLengthHoweverTheWallClockIsSet() {
        queue.configure(QueueSettings.DEFAULT, PushedQueue.worker("w", new ConsumerSettings(1, 100, 0, 30_000, 0, 1)));
        queue.push(1);
        for (int failures = 0; failures < 10; failures++) {
            target.refuse();
            queue.turns.pass(10_000);
        }
        int before = target.batches.size();
        target.refuse();
        queue.turns.run();
        queue.turns.clocks.setWall(-HOUR);
        queue.turns.pass(9_999);
        assertThat(target.batches).hasSize(before);
        queue.turns.pass(1);
        assertThat(target.batches).hasSize(before + 1);
    }

    @Test
    void passiveQueuesAreWokenWhenTheyAreDueHoweverTheWallClockIsSet() {
        ManualScheduler turns = queue.turns;
        List<Long> woken = new ArrayList<>();
        ActivationTimer calendar = new ActivationTimer(woken::add);
        calendar.open(turns);
        calendar.put(7, turns.nowMillis() + 30_000);
        calendar.put(8, turns.nowMillis() + 3 * HOUR);

        turns.clocks.setWall(-HOUR);
        turns.pass(29_999);
        assertThat(woken).isEmpty();
        turns.pass(1);
        assertThat(woken).containsExactly(7L);
        turns.clocks.setWall(4 * HOUR);
        turns.pass(10_000);
        assertThat(woken).containsExactly(7L);
        turns.clocks.suspend(3 * HOUR);
        turns.pass(5_000);
        assertThat(woken).containsExactly(7L, 8L);
    }
}
