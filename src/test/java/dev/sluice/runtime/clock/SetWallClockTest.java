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

/**
 * A queue with a Worker, the activation timer, and timers, while the wall clock is set and the machine is suspended.
 */
class SetWallClockTest {
    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;
    private static final int RETENTION_SECONDS = 3_600;

    private final ScriptedWorker target = new ScriptedWorker();
    private final PushedQueue queue = new PushedQueue(target, PushedQueue.SETTINGS);

    private void take() {
        target.take();
        queue.scheduler.run();
    }

    @Test
    void aPartialBatchIsSentOnTimeWhenTheWallClockIsSet() {
        for (long byMillis : new long[] {-HOUR, 2 * HOUR, -10 * DAY, 10 * DAY}) {
            int before = target.batches.size();
            queue.push(1);
            queue.scheduler.clocks.setWall(byMillis);
            queue.scheduler.pass(4_999);
            assertThat(target.batches).hasSize(before);
            queue.scheduler.pass(1);
            assertThat(target.batches).hasSize(before + 1);
            take();
        }
    }

    @Test
    void aDelayKeepsItsLengthWhenTheWallClockIsSet() {
        for (long byMillis : new long[] {-HOUR, 2 * HOUR, -10 * DAY, 10 * DAY}) {
            int before = target.batches.size();
            queue.push(1, 3, 2);
            queue.scheduler.clocks.setWall(byMillis);
            queue.scheduler.pass(3_000 + 4_999);
            assertThat(target.batches).hasSize(before);
            queue.scheduler.pass(1);
            assertThat(target.batches).hasSize(before + 1);
            take();
        }
    }

    /** Timers stop during a suspension. A timer for a day must not be late by that time. */
    @Test
    void aQueueWithATimerForADayDeliversDueMessagesAfterASuspension() {
        queue.push(1, 86_400, 2);
        queue.scheduler.pass(HOUR / 2);
        queue.push(1, 10_800, 2);
        queue.scheduler.clocks.suspend(3 * HOUR);
        queue.scheduler.pass(10_000);
        assertThat(target.batches).hasSize(1);
        take();

        queue.push(1);
        queue.scheduler.pass(10_000);
        assertThat(target.batches).hasSize(2);
        take();

        queue.scheduler.clocks.suspend(21 * HOUR);
        queue.scheduler.pass(10_000);
        assertThat(target.batches).hasSize(3);
    }

    @Test
    void retentionKeepsItsLengthWhenTheWallClockIsSet() {
        queue.configure(new QueueSettings(0, true, RETENTION_SECONDS), queue.definition.consumer());
        queue.push(3);
        for (long byMillis : new long[] {2 * HOUR, -2 * HOUR, 10 * DAY, -20 * DAY}) {
            queue.scheduler.clocks.setWall(byMillis);
            queue.scheduler.pass(10_000);
            assertThat(queue.backlog()).isEqualTo(3);
        }
        queue.scheduler.pass(HOUR - 40_000 - 1);
        assertThat(queue.backlog()).isEqualTo(3);
        queue.scheduler.pass(6_000);
        assertThat(queue.backlog()).isZero();
    }

    @Test
    void messagesThatExpiredDuringASuspensionAreDeleted() {
        queue.configure(new QueueSettings(0, true, RETENTION_SECONDS), queue.definition.consumer());
        queue.push(3);
        queue.scheduler.clocks.suspend(2 * HOUR);
        queue.scheduler.pass(6_000);
        assertThat(queue.backlog()).isZero();
    }

    @Test
    void aBatchThatWasNotSentBecauseOfASuspensionIsNoAttempt() {
        queue.configure(QueueSettings.DEFAULT, PushedQueue.worker("w", new ConsumerSettings(2, 0, 0, 30_000, 0, 1)));
        queue.push(2);
        queue.scheduler.clocks.suspend(3 * HOUR);
        queue.scheduler.pass(29_000);
        target.doNotSend();
        queue.scheduler.pass(10_000);
        assertThat(target.shown(1)).containsExactly("m1#1", "m2#1");
    }

    @Test
    void aPauseAfterFailuresKeepsItsLengthWhenTheWallClockIsSet() {
        queue.configure(QueueSettings.DEFAULT, PushedQueue.worker("w", new ConsumerSettings(1, 100, 0, 30_000, 0, 1)));
        queue.push(1);
        for (int failures = 0; failures < 10; failures++) {
            target.refuse();
            queue.scheduler.pass(10_000);
        }
        int before = target.batches.size();
        target.refuse();
        queue.scheduler.run();
        queue.scheduler.clocks.setWall(-HOUR);
        queue.scheduler.pass(9_999);
        assertThat(target.batches).hasSize(before);
        queue.scheduler.pass(1);
        assertThat(target.batches).hasSize(before + 1);
    }

    @Test
    void passiveQueuesAreActivatedOnTimeWhenTheWallClockIsSet() {
        ManualScheduler scheduler = queue.scheduler;
        List<Long> activated = new ArrayList<>();
        ActivationTimer activationTimer = new ActivationTimer(scheduler, activated::add);
        activationTimer.put(7, scheduler.nowMillis() + 30_000);
        activationTimer.put(8, scheduler.nowMillis() + 3 * HOUR);

        scheduler.clocks.setWall(-HOUR);
        scheduler.pass(29_999);
        assertThat(activated).isEmpty();
        scheduler.pass(1);
        assertThat(activated).containsExactly(7L);
        scheduler.clocks.setWall(4 * HOUR);
        scheduler.pass(10_000);
        assertThat(activated).containsExactly(7L);
        scheduler.clocks.suspend(3 * HOUR);
        scheduler.pass(5_000);
        assertThat(activated).containsExactly(7L, 8L);
    }
}
