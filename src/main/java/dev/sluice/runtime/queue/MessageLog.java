package dev.sluice.runtime.queue;

import dev.sluice.queue.Content;
import dev.sluice.queue.QueueEvent;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs one line per event of a message, for development. The logger is off unless {@code sluice dev --verbose} turns it
 * on, because the lines contain the beginning of bodies. An event is logged when it is decided, before it is stored.
 */
public final class MessageLog {
    /** Name of the logger; level INFO turns it on. */
    public static final String LOGGER = "dev.sluice.messages";

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);
    private static final int BODY_BYTES_SHOWN = 80;
    private static final long MILLIS_PER_SECOND = 1_000;

    private final Supplier<String> queueName;
    private final QueueScheduler scheduler;

    MessageLog(Supplier<String> queueName, QueueScheduler scheduler) {
        this.queueName = queueName;
        this.scheduler = scheduler;
    }

    void log(QueueEvent event) {
        if (LOG.isInfoEnabled()) {
            String text = textOf(event);
            if (text != null) {
                LOG.info("{} {}", queueName.get(), text);
            }
        }
    }

    /** The text of an event, or null for one that a user does not see. */
    private @Nullable String textOf(QueueEvent event) {
        return switch (event.kind()) {
            case ENQUEUED -> enqueued((QueueEvent.Enqueued) event);
            case LEASED -> leased((QueueEvent.Leased) event);
            case RELEASED -> {
                QueueEvent.Released released = (QueueEvent.Released) event;
                yield number(released.message().header().seq()) + "not acknowledged"
                        + delay(released.message().availableAtMillis());
            }
            case RESCHEDULED -> {
                QueueEvent.Rescheduled rescheduled = (QueueEvent.Rescheduled) event;
                yield number(rescheduled.message().header().seq()) + "rescheduled"
                        + delay(rescheduled.message().availableAtMillis());
            }
            case REMOVED -> removed((QueueEvent.Removed) event);
            case DEAD_LETTERING ->
                number(((QueueEvent.DeadLettering) event).lease().header().seq())
                        + "failed its last attempt, moves to the dead letter queue";
            case DEAD_LETTERED, MOVE_BEGUN, MOVED, MOVE_ENDED, MOVE_RECEIVED -> null;
            case PURGED -> "purged";
        };
    }

    private String enqueued(QueueEvent.Enqueued event) {
        Content content = event.content();
        return number(event.header().seq())
                + (event.origin() == null ? "pushed" : "arrived as a dead letter")
                + delay(event.availableAtMillis()) + ", "
                + event.header().bodyBytes() + " bytes of "
                + content.contentType().wireName()
                + (content.contentType().isUnicode() ? ": " + beginningOf(content.body()) : "");
    }

    private static String leased(QueueEvent.Leased event) {
        return number(event.lease().header().seq()) + "delivered, attempt "
                + event.lease().delivery();
    }

    private static String removed(QueueEvent.Removed event) {
        String what =
                switch (event.cause()) {
                    case ACKED -> "acknowledged";
                    case EXPIRED -> "deleted, its retention is over";
                    case PURGED -> "purged";
                    case EXHAUSTED -> "deleted, it failed its last attempt and there is no dead letter queue";
                };
        return number(event.header().seq()) + what;
    }

    private static String number(long seq) {
        return "#" + seq + " ";
    }

    private String delay(long availableAtMillis) {
        long millis = availableAtMillis - scheduler.nowMillis();
        long seconds = (millis + MILLIS_PER_SECOND / 2) / MILLIS_PER_SECOND;
        return seconds <= 0 ? "" : ", available in " + seconds + " s";
    }

    /** Harmless in a terminal: control characters, and characters that change the direction of text, are replaced. */
    private static String beginningOf(byte[] body) {
        int length = Math.min(BODY_BYTES_SHOWN, body.length);
        String text =
                new String(body, 0, length, StandardCharsets.UTF_8).replaceAll("[\\p{Cntrl}\\p{Cf}\\x7f-\\x9f]", "·");
        return length < body.length ? text + "…" : text;
    }
}
