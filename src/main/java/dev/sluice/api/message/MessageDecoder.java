package dev.sluice.api.message;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.json.JsonCursor;
import dev.sluice.api.json.JsonField;
import dev.sluice.api.json.ValidationErrors;
import dev.sluice.config.MessagesConfig;
import dev.sluice.queue.Limits;
import dev.sluice.queue.NewMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the bodies of push requests to messages (docs/api.md 6.1 and 6.2), from bytes to bytes.
 *
 * <p>Errors in order of precedence: JSON (10208), structure (10207, 10203, 10202), limits (10206, 10204, 10205).
 * Malformed JSON after an error of structure still counts as malformed. Unknown fields are ignored. Of duplicate keys
 * the last one wins. An optional field that is null counts as absent. Numbers in JSON bodies keep their spelling. One
 * instance per event loop.
 */
public final class MessageDecoder {
    private static final byte[] MESSAGES = "messages".getBytes(StandardCharsets.US_ASCII);

    private final Limits limits;
    private final JsonCursor cursor;
    private final MessageFields fields;
    private final JsonField delay = new JsonField("delay_seconds");
    private final ValidationErrors errors = new ValidationErrors();
    private final ValidationErrors listErrors = new ValidationErrors();

    public MessageDecoder(Limits limits, MessagesConfig messages, MessageIds ids) {
        this.limits = limits;
        this.cursor = new JsonCursor(limits.jsonDepthMax());
        this.fields = new MessageFields(limits, messages, ids);
    }

    /**
     * The message of a single push; the request body is the message object.
     *
     * @throws dev.sluice.api.error.EdgeException 10208, 10207, 10203, 10204
     */
    public NewMessage single(byte[] request) {
        errors.clear();
        cursor.open(request);
        NewMessage message = fields.read(cursor, request, errors, ValidationErrors.JsonPath.ROOT, true);
        cursor.close();
        errors.throwFirst();
        return Objects.requireNonNull(message);
    }

    /**
     * The messages of a batch push. The delay of the batch applies to messages without their own.
     *
     * @throws dev.sluice.api.error.EdgeException 10208, 10207, 10203, 10202, 10206, 10204, 10205
     */
    public List<NewMessage> batch(byte[] request) {
        errors.clear();
        listErrors.clear();
        delay.clear();
        cursor.open(request);
        List<NewMessage> read = root(request);
        cursor.close();
        errors.throwFirst();
        if (read == null) {
            errors.addMissing(ValidationErrors.JsonPath.of("messages"));
        } else if (!listErrors.any() && read.isEmpty()) {
            errors.addStructural(EdgeError.MESSAGE_BODY_INVALID, "Expected at least 1 message at \"messages\"");
        }
        int delaySeconds = batchDelay(request);
        listErrors.throwStructural();
        errors.throwFirst();
        listErrors.throwFirst();
        List<NewMessage> messages = Objects.requireNonNull(read);
        checkSum(messages);
        return delaySeconds == NewMessage.DELAY_UNSET ? messages : delayed(messages, delaySeconds);
    }

    private @Nullable List<NewMessage> root(byte[] request) {
        @Nullable List<NewMessage> messages = null;
        JsonCursor.JsonType kind = cursor.kind();
        if (kind != JsonCursor.JsonType.OBJECT) {
            errors.addWrongType("object", kind, ValidationErrors.JsonPath.ROOT);
            cursor.skip();
            return null;
        }
        if (cursor.enterObject()) {
            do {
                if (cursor.nameIs(MESSAGES)) {
                    messages = list(request);
                } else if (!delay.tryRead(cursor)) {
                    cursor.skip();
                }
            } while (cursor.nextField());
        }
        return messages;
    }

    private List<NewMessage> list(byte[] request) {
        listErrors.clear();
        List<NewMessage> messages = new ArrayList<>();
        JsonCursor.JsonType kind = cursor.kind();
        if (kind != JsonCursor.JsonType.ARRAY) {
            listErrors.addWrongType("array", kind, ValidationErrors.JsonPath.of("messages"));
            cursor.skip();
            return messages;
        }
        int count = 0;
        boolean more = cursor.enterArray();
        while (more) {
            boolean wanted = count < limits.batchMessagesMax();
            if (!wanted) {
                listErrors.addLimit(
                        EdgeError.BATCH_COUNT_INVALID,
                        "A batch holds at most " + limits.batchMessagesMax() + " messages.");
            }
            ValidationErrors.JsonPath path = new ValidationErrors.JsonPath("messages", count++, "");
            NewMessage message = fields.read(cursor, request, listErrors, path, wanted);
            if (message != null) {
                messages.add(message);
            }
            more = cursor.nextElement();
        }
        return messages;
    }

    private int batchDelay(byte[] request) {
        if (!delay.isPresent()) {
            return NewMessage.DELAY_UNSET;
        }
        long seconds = delay.integer(request, 0, limits.delaySecondsMax());
        if (seconds == JsonField.NOT_AN_INTEGER) {
            errors.addStructural(
                    EdgeError.BATCH_DELAY_INVALID,
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
            errors.addLimit(
                    EdgeError.BATCH_TOO_LARGE,
                    "Messages of the batch are larger than " + limits.batchBytesMax() + " bytes together.");
            errors.throwFirst();
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
