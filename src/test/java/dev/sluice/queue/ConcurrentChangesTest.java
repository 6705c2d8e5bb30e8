package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConcurrentChangesTest {
    private final ConcurrentChanges<MessageHeader> changes = new ConcurrentChanges<>(IndexOrder.ARRIVALS, 2);

    private static MessageHeader message(long seq) {
        return new MessageHeader(seq, 0, 0, 0, false);
    }

    @Test
    void additionsBeyondTheCapacityAreReplacedByTheSmallestOfThem() {
        changes.add(message(20));
        changes.add(message(10));
        assertThat(changes.dropped()).isNull();
        changes.add(message(40));
        changes.add(message(30));
        changes.add(message(50));
        assertThat(IntStream.range(0, changes.added().size())
                        .mapToObj(i -> changes.added().get(i).seq()))
                .containsExactly(10L, 20L);
        assertThat(changes.dropped()).isEqualTo(message(30));
    }

    @Test
    void fourRemovalsPerAdditionAreRecorded() {
        for (long seq = 1; seq <= 8; seq++) {
            assertThat(changes.remove(0, seq)).isTrue();
        }
        assertThat(changes.remove(0, 9)).isFalse();
        assertThat(changes.wasRemoved(8)).isTrue();
    }

    @Test
    void aRemovedAdditionIsNoAddition() {
        changes.add(message(20));
        changes.remove(0, 20);
        assertThat(changes.added().size()).isZero();
        assertThat(changes.wasRemoved(20)).isTrue();
        assertThat(changes.wasRemoved(21)).isFalse();
        changes.clear();
        assertThat(changes.wasRemoved(20)).isFalse();
    }
}
