package dev.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.queue.QueueError;
import dev.sluice.store.memory.MemoryStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AdmissionTest {
    private static final long FREE_BYTES_MIN = 1_000;

    private final Logger log = (Logger) LoggerFactory.getLogger(Admission.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final FaultyStore store = new FaultyStore(new MemoryStore());

    @BeforeEach
    void capture() {
        lines.start();
        log.addAppender(lines);
    }

    @AfterEach
    void release() {
        log.detachAppender(lines);
    }

    @Test
    void aChangeOfTheFreeSpaceIsLoggedOnce() {
        store.freeBytes = 2_000L;
        Admission admission = new Admission(store, RuntimeOptions.DEFAULT.withFreeBytesMin(FREE_BYTES_MIN));
        admission.measureSpace();
        assertThat(lines.list).isEmpty();
        assertThat(admission.refusalOfPush(1)).isNull();

        store.freeBytes = 400L;
        admission.measureSpace();
        admission.measureSpace();
        assertThat(admission.refusalOfPush(1).error()).isEqualTo(QueueError.STORAGE_LIMIT);

        store.freeBytes = 1_000L;
        admission.measureSpace();
        admission.measureSpace();
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "The disk is nearly full: pushes are refused until there are 600 more bytes free",
                        "There is enough free disk space again: pushes are accepted");
        assertThat(admission.refusalOfPush(1)).isNull();
    }

    @Test
    void aDiskThatIsNearlyFullAtTheStartIsLoggedToo() {
        store.freeBytes = 400L;
        new Admission(store, RuntimeOptions.DEFAULT.withFreeBytesMin(FREE_BYTES_MIN)).measureSpace();

        assertThat(lines.list).hasSize(1);
    }
}
