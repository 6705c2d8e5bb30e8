package dev.sluice.api.message;

import dev.sluice.api.json.JsonCursor;
import dev.sluice.api.json.JsonField;
import dev.sluice.api.json.ValidationErrors;
import dev.sluice.queue.Limits;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.QueueError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the bodies of push requests into messages (docs/api.md 6.1 and 6.2), straight from bytes to bytes.
 *
 * <p>Checks in this order: JSON (10208), shape (10207, 10203, 10202), limits (10206, 10204, 10205); malformed JSON behind a
 * wrong shape still counts as malformed. Unknown fields are ignored, of duplicate keys the last one counts, an optional field
 * that is null counts as absent. Numbers inside JSON bodies keep their spelling. One instance per event loop.
 */
public final class MessageDecoder {
    private static final byte[] MESSAGES = "messages".getBytes(StandardCharsets.US_ASCII);

    private final Limits limits;
    private final JsonCursor cursor;
    private final MessageFields fields;
    private final JsonField delay = new JsonField("delay_seconds");
    private final ValidationErrors faults = new ValidationErrors();
    private final ValidationErrors listFaults = new ValidationErrors();

    /** A decoder that measures by these limits. */
    public MessageDecoder(Limits limits, MessagesFormat format, MessageIds ids) {
        this.limits = limits;
        this.cursor = new JsonCursor(limits.jsonDepthMax());
        this.fields = new MessageFields(limits, format, ids);
    }

    /**
     * The message of a single push; the request body is the message object.
     *
     * @throws dev.sluice.queue.QueueException 10208, 10207, 10203, 10204
     */
    public NewMessage single(byte[] request) {
        faults.clear();
        cursor.open(request);
        NewMessage message = fields.read(cursor, request, faults, ValidationErrors.JsonPath.ROOT, true);
        cursor.close();
        faults.raise();
        return message;
    }

    /**
     * The messages of a batch push, the batch's delay filled in where a message has none of its own.
     *
     * @throws dev.sluice.queue.QueueException 10208, 10207, 10203, 10202, 10206, 10204, 10205
     */
    public List<NewMessage> batch(byte[] request) {
        faults.clear();
        listFaults.clear();
        delay.clear();
        cursor.open(request);
        List<NewMessage> messages = root(request);
        cursor.close();
        faults.raise();
        if (messages == null) {
            faults.required(ValidationErrors.JsonPath.of("messages"));
        } else if (!listFaults.any() && messages.isEmpty()) {
            faults.shape(QueueError.MESSAGE_BODY_INVALID, "Expected at least 1 message at \"messages\"");
        }
        int delaySeconds = batchDelay(request);
        listFaults.raiseShape();
        faults.raise();
        listFaults.raise();
        checkSum(messages);
        return delaySeconds == NewMessage.DELAY_UNSET ? messages : delayed(messages, delaySeconds);
    }

    private List<NewMessage> root(byte[] request) {
        List<NewMessage> messages = null;
        JsonCursor.JsonType kind = cursor.kind();
        if (kind != JsonCursor.JsonType.OBJECT) {
            faults.expected("object", kind, ValidationErrors.JsonPath.ROOT);
            cursor.skip();
            return null;
        }
        if (cursor.enterObject()) {
            do {
                if (cursor.nameIs(MESSAGES)) {
                    messages = list(request);
                } else if (!delay.take(cursor)) {
                    cursor.skip();
                }
            } while (cursor.nextField());
        }
        return messages;
    }

    private List<NewMessage> list(byte[] request) {
        listFaults.clear();
        List<NewMessage> messages = new ArrayList<>();
        JsonCursor.JsonType kind = cursor.kind();
        if (kind != JsonCursor.JsonType.ARRAY) {
            listFaults.expected("array", kind, ValidationErrors.JsonPath.of("messages"));
            cursor.skip();
            return messages;
        }
        int count = 0;
        boolean more = cursor.enterArray();
        while (more) {
            boolean wanted = count < limits.batchMessagesMax();
            if (!wanted) {
                listFaults.limit(
                        QueueError.BATCH_COUNT_INVALID,
                        "A batch holds at most " + limits.batchMessagesMax() + " messages.");
            }
            ValidationErrors.JsonPath path = new ValidationErrors.JsonPath("messages", count++, "");
            NewMessage message = fields.read(cursor, request, listFaults, path, wanted);
            if (message != null) {
                messages.add(message);
            }
            more = cursor.nextElement();
        }
        return messages;
    }

    private int batchDelay(byte[] request) {
        if (!delay.given()) {
            return NewMessage.DELAY_UNSET;
        }
        long seconds = delay.integer(request, 0, limits.delaySecondsMax());
        if (seconds == JsonField.NOT_AN_INTEGER) {
            faults.shape(
                    QueueError.BATCH_DELAY_INVALID,
                    "delay_seconds of the batch must be an integer from 0 to " + limits.delaySecondsMax() + '.');
        }
        return (int) seconds;
    }

    private void checkSum(List<NewMessage> messages) {
        long bytes = 0;
        for (NewMessage message : messages) {
            bytes += message.body().length;
        }
        if (bytes > limits.batchBytesMax()) {
            faults.limit(
                    QueueError.BATCH_TOO_LARGE,
                    "Messages of the batch are larger than " + limits.batchBytesMax() + " bytes together.");
            faults.raise();
        }
    }

    private static List<NewMessage> delayed(List<NewMessage> messages, int delaySeconds) {
        messages.replaceAll(message -> message.delaySeconds() != NewMessage.DELAY_UNSET
                ? message
                : new NewMessage(
                        message.idHigh(), message.idLow(), message.contentType(), message.body(), delaySeconds));
        return messages;
    }
}
