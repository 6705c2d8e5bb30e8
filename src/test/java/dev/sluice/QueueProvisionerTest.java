package dev.sluice;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QueueProvisionerTest {
    @Test
    void aStartThatIsRefusedAQueueEndsWithItsErrorHoweverManyQueuesFollow() {
        String queues = IntStream.range(0, 5_000)
                .mapToObj(i -> "{account: " + RunningServer.ACCOUNT + ", name: q" + i + "}")
                .collect(Collectors.joining(", ", "queues=[", "]"));

        assertThatThrownBy(() -> new RunningServer("limits.queues_per_account_max=1", queues))
                .rootCause()
                .isInstanceOf(StartException.class)
                .hasMessageStartingWith("queue 'q1' in queues[]: ");
    }
}
