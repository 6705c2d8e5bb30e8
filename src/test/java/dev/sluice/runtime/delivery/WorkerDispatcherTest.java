package dev.sluice.runtime.delivery;

import static dev.sluice.runtime.queue.PushedQueue.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.Content;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.QueueSettings;
import dev.sluice.runtime.queue.PushedQueue;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** When batches are sent, how many at once, and how their results are handled. */
class WorkerDispatcherTest {
    private final ScriptedWorker target = new ScriptedWorker();
    private final PushedQueue queue = new PushedQueue(target, SETTINGS);

    @Test
    void aFullBatchIsSentAtOnce() {
        queue.push(10);
        assertThat(target.sizes()).containsExactly(10);
    }

    @Test
    void aPartialBatchWaitsForTheMaxWaitTimeOfItsFirstMessage() {
        queue.push(3);
        queue.scheduler.pass(3_000);
        queue.push(2);
        queue.scheduler.pass(1_999);
        assertThat(target.sizes()).isEmpty();

        queue.scheduler.pass(1);
        assertThat(target.sizes()).containsExactly(5);
    }

    @Test
    void messagesLeftByAFullBatchWaitForTheirOwnMaxWaitTime() {
        queue.push(15);
        queue.scheduler.pass(4_999);
        assertThat(target.sizes()).containsExactly(10);
        queue.scheduler.pass(1);
        assertThat(target.sizes()).containsExactly(10, 5);
    }

    @Test
    void delayedMessagesThatFillABatchAreSentWhenTheyAreReady() {
        queue.push(10, 7, 2);
        queue.scheduler.pass(6_999);
        assertThat(target.sizes()).isEmpty();
        queue.scheduler.pass(1);
        assertThat(target.sizes()).containsExactly(10);
    }

    @Test
    void noMoreThanMaxConcurrencyBatchesAreInFlight() {
        queue.push(100);
        assertThat(target.inFlight()).isEqualTo(2);

        target.take();
        queue.scheduler.run();
        assertThat(target.inFlight()).isEqualTo(2);
        assertThat(target.batches).hasSize(3);
    }

    @Test
    void withoutMaxConcurrencyTheDefaultApplies() {
        queue.configure(
                QueueSettings.DEFAULT,
                PushedQueue.worker(
                        "w", new ConsumerSettings(1, 3, 0, 30_000, 5_000, ConsumerSettings.CONCURRENCY_UNSET)));
        queue.push(100);
        assertThat(target.inFlight()).isEqualTo(WorkerDispatcher.CONCURRENCY_DEFAULT);
    }

    @Test
    void noBatchIsSentWhileTheDeliveryBudgetOfAllQueuesIsFull() {
        ByteBudget deliveries = queue.budgets.deliveries();
        deliveries.reserve(Long.MAX_VALUE);
        queue.push(10);
        queue.scheduler.pass(1_000);
        assertThat(target.sizes()).isEmpty();
        assertThat(queue.executor.state().leaseCount()).isZero();

        deliveries.release(Long.MAX_VALUE);
        queue.scheduler.pass(100);
        assertThat(target.sizes()).containsExactly(10);
        assertThat(deliveries.reservedBytes()).as("m1 to m10 and the request").isEqualTo(2 * (9 * 2 + 3));

        target.take();
        queue.scheduler.run();
        assertThat(deliveries.reservedBytes()).isZero();
    }

    @Test
    void bodiesInFlightAreLimitedInBytes() {
        queue.configure(
                QueueSettings.DEFAULT, PushedQueue.worker("w", new ConsumerSettings(100, 3, 0, 30_000, 5_000, 250)));
        queue.push(400, 0, 128_000);
        assertThat(target.sizes()).as("4 MiB each").containsExactly(32, 32, 32, 32);

        target.take();
        queue.scheduler.run();
        assertThat(target.sizes()).containsExactly(32, 32, 32, 32, 32);
    }

    @Test
    void anAcknowledgedBatchIsRemoved() {
        queue.push(20);
        target.take();
        target.take();
        queue.scheduler.run();
        assertThat(queue.backlog()).isZero();
    }

    @Test
    void retriedMessagesAreDeliveredAgainAfterTheirDelayAndTheRestIsRemoved() {
        queue.push(10);
        target.takeAllButTheFirst(60);
        queue.scheduler.run();
        assertThat(queue.backlog()).isEqualTo(1);

        queue.scheduler.pass(64_999);
        assertThat(target.batches).hasSize(1);
        queue.scheduler.pass(1);
        assertThat(target.shown(1)).containsExactly("m1#2");
    }

    @Test
    void aRefusedBatchIsDeliveredAgainAfterTheRetryDelay() {
        queue.configure(QueueSettings.DEFAULT, PushedQueue.worker("w", new ConsumerSettings(2, 3, 30, 30_000, 0, 1)));
        queue.push(2);
        target.refuse();
        queue.scheduler.pass(29_999);
        assertThat(target.batches).hasSize(1);

        queue.scheduler.pass(1);
        assertThat(target.shown(1)).containsExactly("m1#2", "m2#2");
    }

    @Test
    void aMessageIsRemovedAfterItsLastAttempt() {
        queue.push(10);
        for (int attempt = 1; attempt <= 4; attempt++) {
            assertThat(target.batches).hasSize(attempt);
            target.refuse();
            queue.scheduler.pass(10_000);
        }
        assertThat(target.shown(3)).contains("m1#4");
        assertThat(target.batches).hasSize(4);
        assertThat(queue.backlog()).isZero();
    }

    @Test
    void aBatchThatWasNotSentKeepsItsPositionAndIsNoAttempt() {
        queue.configure(QueueSettings.DEFAULT, PushedQueue.worker("w", new ConsumerSettings(2, 0, 30, 30_000, 0, 1)));
        queue.push(4);
        for (int times = 0; times < 10; times++) {
            target.doNotSend();
            queue.scheduler.pass(10_000);
        }
        assertThat(target.shown(10)).containsExactly("m1#1", "m2#1");
        assertThat(queue.backlog()).isEqualTo(4);

        target.take();
        queue.scheduler.run();
        assertThat(target.shown(11)).containsExactly("m3#1", "m4#1");
    }

    @Test
    void aTargetThatThrowsIsRetriedWithBackoffAndUsesNoAttempt() {
        List<WorkerTarget.Batch> tried = new ArrayList<>();
        queue.targets.put("broken", new WorkerTarget() {
            @Override
            public Future<BatchResult> deliver(Batch batch) {
                tried.add(batch);
                throw new IllegalStateException("no");
            }

            @Override
            public int bytesOf(Content content) {
                return content.body().length;
            }

            @Override
            public long timeoutMillis() {
                return 1_000;
            }
        });
        queue.configure(QueueSettings.DEFAULT, PushedQueue.worker("broken", SETTINGS));
        queue.push(10);
        queue.scheduler.pass(60_000);
        assertThat(queue.backlog()).isEqualTo(10);
        assertThat(tried).hasSizeBetween(8, 20);
    }

    @Test
    void anUnavailableTargetDoesNotUseUpTheAttemptsOfTheBacklog() {
        queue.push(1_000);
        for (int second = 0; second < 60; second++) {
            while (target.inFlight() > 0) {
                target.refuse();
                queue.scheduler.run();
            }
            queue.scheduler.pass(1_000);
        }
        assertThat(target.batches.size()).isBetween(8, 20);
        assertThat(queue.backlog()).isGreaterThan(900);

        queue.scheduler.pass(10_000);
        target.take();
        queue.scheduler.run();
        assertThat(target.inFlight()).isEqualTo(2);
    }

    @Test
    void aPausedQueueSendsNoBatchUntilItIsResumed() {
        queue.push(30);
        queue.pause(true);
        target.take();
        target.take();
        queue.scheduler.pass(60_000);
        assertThat(target.batches).hasSize(2);
        assertThat(queue.backlog()).isEqualTo(10);
        assertThat(queue.dispatcher.nextMillis()).isEqualTo(Long.MAX_VALUE);

        queue.pause(false);
        assertThat(target.batches).hasSize(3);
    }

    @Test
    void aBatchOfADeletedConsumerEndsNormally() {
        queue.push(30);
        queue.configure(QueueSettings.DEFAULT, null);
        target.take();
        target.refuse();
        queue.scheduler.pass(60_000);

        assertThat(queue.backlog()).isEqualTo(20);
        assertThat(target.batches).hasSize(2);
    }

    @Test
    void theNewConsumerGetsTheNextBatchAndTheResultOfTheOldOneStillCounts() {
        ScriptedWorker other = new ScriptedWorker();
        queue.targets.put("other", other);
        queue.push(30);
        queue.configure(QueueSettings.DEFAULT, PushedQueue.worker("other", SETTINGS));
        target.take();
        target.take();
        queue.scheduler.run();

        assertThat(other.sizes()).containsExactly(10);
        assertThat(queue.backlog()).isEqualTo(10);
    }

    @Test
    void aConsumerWithAnUnmappedScriptIsMetadataOnly() {
        queue.configure(QueueSettings.DEFAULT, PushedQueue.worker("unmapped", SETTINGS));
        queue.push(30);
        queue.scheduler.pass(60_000);
        assertThat(queue.backlog()).isEqualTo(30);
        assertThat(queue.dispatcher.nextMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aReloadedQueueReadsWithOnePullAndSendsFullBatches() {
        queue.pause(true);
        queue.push(15);
        queue.reload();
        queue.pause(false);
        assertThat(target.sizes()).containsExactly(10);

        queue.scheduler.pass(5_000);
        assertThat(target.sizes()).containsExactly(10, 5);
    }

    @Test
    void aTargetWithoutAResultKeepsItsLeasesForTwiceTheTimeoutAndAMargin() {
        queue.push(10);
        queue.scheduler.pass(79_999);
        assertThat(target.batches).hasSize(1);
        queue.scheduler.pass(1);
        assertThat(target.shown(1)).contains("m1#2");
    }

    @Test
    void aBusyQueueIsNotIdleAndAnIdleQueueReportsItsNextDeadline() {
        queue.push(10);
        assertThat(queue.dispatcher.nextMillis()).isZero();
        assertThat(queue.dispatcher.whenIdle().isComplete()).isFalse();
        target.take();
        queue.scheduler.run();
        assertThat(queue.dispatcher.nextMillis()).isEqualTo(Long.MAX_VALUE);

        queue.push(1);
        assertThat(queue.dispatcher.nextMillis()).isEqualTo(queue.scheduler.nowMillis() + 5_000);
    }

    @Test
    void aStoreFailureEndsTheBatchesWithoutALoop() {
        queue.push(30);
        queue.store.close();
        target.take();
        target.refuse();
        queue.scheduler.pass(60_000);
        assertThat(target.batches).hasSize(2);
        assertThat(queue.dispatcher.whenIdle().isComplete()).isTrue();
    }

    @Test
    void onlyChangesOfTheTargetsHealthAreLogged() {
        Logger logger = (Logger) LoggerFactory.getLogger(WorkerHealth.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            queue.push(400);
            for (int batch = 1; batch <= 30; batch++) {
                if (batch % 3 == 0) {
                    target.refuse();
                } else {
                    target.take();
                }
                queue.scheduler.run();
            }
            queue.scheduler.pass(10_000);
            target.take();
            queue.scheduler.run();
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list.stream().map(ILoggingEvent::getFormattedMessage))
                .containsExactly(
                        "queue 'jobs': worker 'w' does not take a batch: it responded with 500",
                        "queue 'jobs': worker 'w' takes batches again");
    }

    @Test
    void retriesWithoutADelayUseTheDelayOfTheConsumer() {
        queue.configure(QueueSettings.DEFAULT, PushedQueue.worker("w", new ConsumerSettings(2, 3, 30, 30_000, 0, 1)));
        queue.push(2);
        target.takeAllButTheFirst(NewMessage.DELAY_UNSET);
        queue.scheduler.pass(29_999);
        assertThat(target.batches).hasSize(1);
        queue.scheduler.pass(1);
        assertThat(target.shown(1)).isEqualTo(List.of("m1#2"));
    }
}
