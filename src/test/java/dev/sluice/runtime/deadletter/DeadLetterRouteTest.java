package dev.sluice.runtime.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueSettings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeadLetterRouteTest {
    private final Map<String, QueueDefinition> queues = new HashMap<>();

    private void queue(int number, int deadLetterQueue) {
        Consumer consumer = new Consumer(
                "c",
                ConsumerType.HTTP_PULL,
                "",
                deadLetterQueue == 0 ? "" : "q" + deadLetterQueue,
                ConsumerSettings.defaultsOf(ConsumerType.HTTP_PULL),
                0);
        queues.put(
                "q" + number,
                new QueueDefinition(
                        number, "a", "id" + number, "q" + number, "", QueueSettings.DEFAULT, consumer, 0, 0));
    }

    private boolean leads(int from, int to) {
        return DeadLetterRoute.reaches(queues.get("q" + from), to, (account, name) -> queues.get(name));
    }

    @Test
    void aRouteThatEndsReachesTheQueuesOnIt() {
        queue(1, 2);
        queue(2, 3);
        queue(3, 0);
        assertThat(leads(1, 3)).isTrue();
        assertThat(leads(2, 1)).isFalse();
        queue(3, 4);
        assertThat(leads(2, 1)).as("a queue that is not there yet").isFalse();
    }

    @Test
    void aCycleOfAnyLengthReachesItsStart() {
        for (int length = 1; length <= 12; length++) {
            for (int number = 1; number <= length; number++) {
                queue(number, number % length + 1);
            }
            for (int number = 1; number <= length; number++) {
                assertThat(leads(number % length + 1, number)).isTrue();
            }
        }
    }

    @Test
    void aRouteIntoACycleReachesItsQueuesButNotItsOwnStart() {
        for (int tail = 1; tail <= 7; tail++) {
            for (int length = 1; length <= 7; length++) {
                for (int number = 1; number < tail + length; number++) {
                    queue(number, number + 1);
                }
                queue(tail + length, tail + 1);
                for (int number = 1; number <= tail; number++) {
                    assertThat(leads(number + 1, number)).isFalse();
                }
                for (int number = tail + 1; number <= tail + length; number++) {
                    assertThat(leads(1, number)).isTrue();
                }
            }
        }
    }

    @Test
    void aVeryLongRouteCountsAsCyclic() {
        for (int number = 1; number <= 2_000; number++) {
            queue(number, number + 1);
        }
        assertThat(leads(1_500, 1)).isFalse();
        assertThat(leads(2, 1)).isTrue();
    }
}
