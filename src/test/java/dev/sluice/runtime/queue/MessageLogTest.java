package dev.sluice.runtime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.DeadLetterReason;
import dev.sluice.queue.Lease;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.ScheduledMessage;
import dev.sluice.store.Samples;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The lines of {@code sluice dev --verbose}. */
class MessageLogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(MessageLog.LOGGER);
    private final Level levelBefore = logger.getLevel();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final ManualScheduler scheduler = new ManualScheduler();
    private final MessageLog log = new MessageLog(() -> "orders", scheduler);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void restore() {
        logger.detachAppender(lines);
        logger.setLevel(levelBefore);
    }

    private List<String> lines() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private void pushed(ContentType type, byte[] body, long delayMillis, QueueEvent.Origin origin) {
        MessageHeader header = new MessageHeader(1, 1_000, 1_000, body.length, false);
        log.log(new QueueEvent.Enqueued(
                header, new Content(1, 2, type, 0, body), scheduler.nowMillis() + delayMillis, origin));
    }

    private void pushed(String body) {
        pushed(ContentType.TEXT, body.getBytes(StandardCharsets.UTF_8), 0, null);
    }

    @Test
    void everyEventOfAMessageHasItsLine() {
        pushed("hello");
        pushed(ContentType.JSON, "{}".getBytes(StandardCharsets.UTF_8), 1_500, null);
        pushed(ContentType.BYTES, new byte[] {1}, 499, new QueueEvent.Origin(2, Samples.arrival(7)));
        MessageHeader header = Samples.arrival(3);
        Lease lease = new Lease(header, 2, 9_000);
        log.log(Samples.leased(lease));
        log.log(new QueueEvent.Released(new ScheduledMessage(header, 2, scheduler.nowMillis() + 10_000)));
        log.log(new QueueEvent.Rescheduled(new ScheduledMessage(header, 2, scheduler.nowMillis() - 5), 0));
        for (QueueEvent.Cause cause : QueueEvent.Cause.values()) {
            log.log(new QueueEvent.Removed(header, QueueEvent.MessageLocation.LEASED, 0, cause));
        }
        log.log(new QueueEvent.DeadLettering(lease, DeadLetterReason.RETRIED, 0));
        log.log(new QueueEvent.DeadLettered(header));
        log.log(new QueueEvent.Purged(4, 0));
        assertThat(lines())
                .containsExactly(
                        "orders #1 pushed, 5 bytes of text: hello",
                        "orders #1 pushed, available in 2 s, 2 bytes of json: {}",
                        "orders #1 arrived as a dead letter, 1 bytes of bytes",
                        "orders #3 delivered, attempt 2",
                        "orders #3 not acknowledged, available in 10 s",
                        "orders #3 rescheduled",
                        "orders #3 acknowledged",
                        "orders #3 deleted, its retention is over",
                        "orders #3 purged",
                        "orders #3 deleted, it failed its last attempt and there is no dead letter queue",
                        "orders #3 failed its last attempt, moves to the dead letter queue",
                        "orders purged");
    }

    @Test
    void aLongBodyIsShownByItsBeginning() {
        pushed("a".repeat(80));
        pushed("b".repeat(81));
        assertThat(lines())
                .containsExactly(
                        "orders #1 pushed, 80 bytes of text: " + "a".repeat(80),
                        "orders #1 pushed, 81 bytes of text: " + "b".repeat(80) + "…");
    }

    @Test
    void charactersThatAffectATerminalAreReplaced() {
        pushed("a\u001b[31m\nb\u202e\u009b\u007fc");
        assertThat(lines()).singleElement().asString().endsWith(": a·[31m·b···c");
    }

    @Test
    void withoutTheLevelNothingIsLogged() {
        logger.setLevel(Level.WARN);
        pushed("secret");
        assertThat(lines()).isEmpty();
    }
}
