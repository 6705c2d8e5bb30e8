package dev.sluice.runtime;

import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.NewMessage;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** What the auditor knows of one message. Times are those at which the outside world asked or learnt. */
final class AuditedMessage {
    private static final int BODY_BYTES_MAX = 60;

    final long pushedTo;
    final NewMessage message;
    final long pushSentMillis;
    /** When its push was answered with success. */
    long storedMillis = Long.MAX_VALUE;
    /** Its push was refused for good. */
    boolean refused;
    /** Something was asked that may have taken it away, with whatever outcome. */
    boolean mayBeGone;
    /** How often it turned up in the end. */
    int found;

    private final Map<Long, Stay> stays = new HashMap<>();

    /** What was seen of it in one queue; a dead letter stays in two, one after the other. */
    static final class Stay {
        /** Requests sent later must not see it any more. */
        long goneMillis = Long.MAX_VALUE;

        int delivery;
        long sentMillis;
        long answeredMillis = Long.MIN_VALUE;
        long leaseMillis;
        int retriesUnderWay;
        long retriedMillis = Long.MIN_VALUE;

        /** Whether a retry may have ended the last lease. */
        boolean mayBeReleased() {
            return retriesUnderWay > 0 || retriedMillis >= sentMillis;
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

    Stay in(long queue) {
        return stays.computeIfAbsent(queue, number -> new Stay());
    }

    /** Whether that is what was pushed, bit for bit. */
    boolean matches(Content content) {
        return content.idHigh() == message.idHigh()
                && content.contentType() == message.contentType()
                && Arrays.equals(content.body(), message.body());
    }
}
