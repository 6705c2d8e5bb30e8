package dev.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.Push;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueSettings;
import dev.sluice.queue.ReadMetrics;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.runtime.bus.ReplyHandler;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.delivery.WorkerTarget;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.store.QueueReads;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Two queues that are each other's dead letter queue, with a Worker on both that retries everything, over several days
 * and with power losses.
 */
class DeadLetterCycleSimulationTest {
    private static final int RETENTION_SECONDS = 86_400;
    private static final long HOUR_MILLIS = 3_600_000;
    private static final int MESSAGES = 5;

    private int deliveries;

    /** Responds at once. */
    private final class Refusing implements WorkerTarget {
        @Override
        public Future<BatchResult> deliver(Batch batch) {
            Map<Long, Integer> retries = new HashMap<>();
            batch.deliveries()
                    .forEach(delivery -> retries.put(delivery.message().header().seq(), 0));
            deliveries += retries.size();
            return Future.succeededFuture(new BatchResult(retries));
        }

        @Override
        public int bytesOf(Content content) {
            return content.body().length;
        }

        @Override
        public long timeoutMillis() {
            return 30_000;
        }
    }

    @Test
    void aDeadLetterCycleDeliversRarelyAndEndsByRetention() {
        for (long seed = 1; seed <= 20; seed++) {
            play(seed);
        }
    }

    private void play(long seed) {
        deliveries = 0;
        SimulatedScheduler scheduler = new SimulatedScheduler(new Random(seed));
        SimulatedStore store = new SimulatedStore(scheduler);
        Map<Long, QueueDefinition> definitions = new HashMap<>();
        definitions.put(1L, definition(1, "q2"));
        definitions.put(2L, definition(2, "q1"));
        SimulatedProcess process = process(scheduler, store, definitions);
        List<NewMessage> messages = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            messages.add(new NewMessage(1, i, ContentType.TEXT, new byte[8], NewMessage.DELAY_UNSET));
        }
        process.send(1, new QueueRequest.Execute<>(new Push(messages)), ReplyHandler.ignoring());
        for (int hour = 0; hour < 25; hour++) {
            // At full speed one minute has some ten thousand deliveries, so a fault shows here and not after a
            // simulated day.
            for (int minute = 0; minute < 60; minute++) {
                scheduler.run(HOUR_MILLIS / 60);
                assertThat(deliveries).as("seed %s, hour %s", seed, hour).isLessThan(MESSAGES * (40 + 2 * hour));
            }
            if (hour % 5 == 1) {
                process.kill();
                store.kill();
                process = process(scheduler, store, definitions);
                // Activates queues with Workers as the deployer does at a start.
                for (long number = 1; number <= 2; number++) {
                    process.send(number, new QueueRequest.Execute<>(new ReadMetrics()), ReplyHandler.ignoring());
                }
            }
        }
        assertThat(deliveries).as("seed %s", seed).isGreaterThan(MESSAGES * 20);
        assertThat(store.records().messageCount()).as("seed %s", seed).isZero();
        for (long number = 1; number <= 2; number++) {
            assertThat(QueueReads.load(store.records(), number).head().count()).isZero();
        }
        int before = deliveries;
        scheduler.run(24 * HOUR_MILLIS);
        assertThat(deliveries).isEqualTo(before);
    }

    private SimulatedProcess process(
            SimulatedScheduler scheduler, SimulatedStore store, Map<Long, QueueDefinition> definitions) {
        Refusing worker = new Refusing();
        RuntimeResources resources = new RuntimeResources(
                store,
                Limits.DOCUMENTED,
                MemoryBudgets.unbounded(),
                RuntimeOptions.DEFAULT,
                script -> worker,
                new ContinuousClock(scheduler.clocks()),
                new Meters());
        return new SimulatedProcess(scheduler, store, resources, definitions);
    }

    private static QueueDefinition definition(long number, String deadLetterQueue) {
        ConsumerSettings settings = new ConsumerSettings(10, 0, 0, 30_000, 0, ConsumerSettings.CONCURRENCY_UNSET);
        return new QueueDefinition(
                number,
                "a",
                "id" + number,
                "q" + number,
                "",
                new QueueSettings(0, false, RETENTION_SECONDS),
                new Consumer("c", ConsumerType.WORKER, "w", deadLetterQueue, settings, 0),
                0,
                0);
    }
}
