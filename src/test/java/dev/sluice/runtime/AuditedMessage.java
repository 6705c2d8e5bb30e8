package dev.sluice.runtime;

import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.NewMessage;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * What the auditor knows about one message. Times are those at which the simulated clients sent a request or received a
 * result.
 */
final class AuditedMessage {
    private static final int BODY_BYTES_MAX = 60;

    final long pushedTo;
    final NewMessage message;
    final long pushSentMillis;
    /** When its push succeeded. */
    long storedMillis = Long.MAX_VALUE;
    /** Its push was refused, so it must not be stored. */
    boolean refused;
    /** A request was sent that may have removed it, whatever its outcome. */
    boolean mayBeRemoved;
    /** How often it was found at the end. */
    int found;

    private final Map<Long, QueueHistory> histories = new HashMap<>();

    /** What was observed of it in one queue. A dead letter has two, one after the other. */
    static final class QueueHistory {
        /** Requests sent after this time must not return it. */
        long removedMillis = Long.MAX_VALUE;

        int delivery;
        long sentMillis;
        long receivedMillis = Long.MIN_VALUE;
        long leaseMillis;
        int pendingRetries;
        long retriedMillis = Long.MIN_VALUE;

        /** Whether a retry may have ended the last lease. */
        boolean mayBeReleased() {
            return pendingRetries > 0 || retriedMillis >= sentMillis;
        }
    }

    AuditedMessage(long id, long pushedTo, int delaySeconds, Random random, long nowMillis) {
        this.pushedTo = pushedTo;
        this.pushSentMillis = nowMillis;
        byte[] body = new byte[random.nextInt(BODY_BYTES_MAX)];
        random.nextBytes(body);
        ContentType type = ContentType.values()[random.nextInt(ContentType.values().length)];
        this.message = new NewMessage(~id, id, type, body, delaySeconds);
    }

    long id() {
        return message.idLow();
    }

    QueueHistory in(long queue) {
        return histories.computeIfAbsent(queue, number -> new QueueHistory());
    }

    /** Whether the content is exactly what was pushed. */
    boolean matches(Content content) {
        return content.idHigh() == message.idHigh()
                && content.contentType() == message.contentType()
                && Arrays.equals(content.body(), message.body());
    }
}
