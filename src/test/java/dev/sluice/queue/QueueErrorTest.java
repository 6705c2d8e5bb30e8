package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class QueueErrorTest {
    @Test
    void everyErrorIsFoundByItsNumber() {
        for (QueueError error : QueueError.values()) {
            assertThat(QueueError.ofNumber(error.number())).isEqualTo(error);
        }
    }

    @Test
    void theNumbersOnTheEventBusDoNotChange() {
        assertThat(Stream.of(QueueError.values()).map(QueueError::number))
                .startsWith(1, 10, 11, 12, 13, 14, 15, 16)
                .doesNotHaveDuplicates();
        assertThat(QueueError.OVERLOADED.number()).isEqualTo(10);
        assertThat(QueueError.UNAVAILABLE.number()).isEqualTo(15);
        assertThat(QueueError.QUEUE_SETTINGS_INVALID.number()).isEqualTo(24);
    }

    @Test
    void anUnknownNumberIsAnInternalError() {
        assertThat(QueueError.ofNumber(0)).isEqualTo(QueueError.INTERNAL);
    }

    @Test
    void everyErrorHasATextOfItsOwnThatAnExceptionShowsUnlessItHasABetterOne() {
        assertThat(Stream.of(QueueError.values()).map(QueueError::text))
                .doesNotHaveDuplicates()
                .allMatch(text -> !text.isBlank());
        assertThat(new QueueException(QueueError.QUEUE_UNKNOWN)).hasMessage("Queue not found.");
        assertThat(new QueueException(QueueError.QUEUE_UNKNOWN, "No queue 'a'."))
                .hasMessage("No queue 'a'.");
    }
}
