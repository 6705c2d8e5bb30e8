package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stores messages, all or none. Returns the backlog including them (docs/api.md 6.1, 6.2).
 *
 * @param span the recorded span of the request, to which the group commit links; null if there is none
 */
public record Push(List<NewMessage> messages, @Nullable TraceContext span) implements QueueCommand<BacklogStats> {
    private static final long MILLIS_PER_SECOND = 1_000;

    /** A push whose request is not recorded. */
    public Push(List<NewMessage> messages) {
        this(messages, null);
    }

    /**
     * @throws QueueException STORAGE_LIMIT if the backlog would exceed its limit, OVERLOADED if messages arrive too
     *     fast
     */
    @Override
    public Decision<BacklogStats> decide(QueueState state, long nowMillis) {
        Backlog backlog = state.backlog();
        long bytes = admit(state, nowMillis);
        long storedAt = Math.max(nowMillis, backlog.storedAtMillis());
        long seq = backlog.nextSeq();
        List<QueueEvent> events = new ArrayList<>(messages.size());
        for (NewMessage message : messages) {
            int delay = message.delaySeconds() == NewMessage.DELAY_UNSET
                    ? state.settings().deliveryDelaySeconds()
                    : message.delaySeconds();
            Content content = new Content(
                    message.idHigh(),
                    message.idLow(),
                    message.contentType(),
                    delay,
                    message.body(),
                    null,
                    message.trace());
            MessageHeader header = new MessageHeader(seq++, storedAt, storedAt, message.body().length, delay > 0);
            events.add(new QueueEvent.Enqueued(header, content, storedAt + delay * MILLIS_PER_SECOND, null));
        }
        BacklogStats before = state.metrics();
        long oldest = before.backlogCount() == 0 ? storedAt : Math.min(before.oldestTimestampMillis(), storedAt);
        return new Decision<>(
                events,
                new BacklogStats(before.backlogCount() + messages.size(), before.backlogBytes() + bytes, oldest));
    }

    /** Returns the size of the messages unless a limit refuses them. */
    private long admit(QueueState state, long nowMillis) {
        long bytes = 0;
        for (NewMessage message : messages) {
            bytes += message.body().length;
        }
        long backlogBytesMax = state.limits().backlogBytesMax();
        if (backlogBytesMax > 0 && state.backlog().bytes() + bytes > backlogBytesMax) {
            throw new QueueException(QueueError.STORAGE_LIMIT);
        }
        if (!state.pushRate().allows(messages.size(), nowMillis)) {
            throw new QueueException(QueueError.OVERLOADED);
        }
        return bytes;
    }
}
