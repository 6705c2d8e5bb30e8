package dev.sluice.api.message;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.json.JsonCursor;
import dev.sluice.api.json.JsonField;
import dev.sluice.api.json.ValidationErrors;
import dev.sluice.config.MessagesConfig;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.NewMessage;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads one message object of a push (docs/api.md 6.1). Its fields may come in any order, so the range of the body is
 * kept until the end of the object, when its content type is known.
 */
final class MessageFields {
    private static final byte[] TEXT = ContentType.TEXT.wireName().getBytes(StandardCharsets.US_ASCII);
    private static final byte[] JSON = ContentType.JSON.wireName().getBytes(StandardCharsets.US_ASCII);

    private final JsonField body = new JsonField("body");
    private final JsonField contentType = new JsonField("content_type");
    private final DelayField delay;
    private final Limits limits;
    private final boolean strictJsonBodies;
    private final MessageIds ids;

    MessageFields(Limits limits, MessagesConfig messages, MessageIds ids) {
        this.limits = limits;
        this.delay = new DelayField("delay_seconds", limits.delaySecondsMax());
        this.strictJsonBodies = messages.strictJsonBodies();
        this.ids = ids;
    }

    /**
     * Reads the message at the cursor and adds its errors.
     *
     * @param wanted false to check the structure only
     * @return null if it is not wanted, or if there is any error, also an earlier one
     */
    @Nullable
    NewMessage read(
            JsonCursor cursor, byte[] bytes, ValidationErrors errors, ValidationErrors.JsonPath path, boolean wanted) {
        JsonCursor.JsonType kind = cursor.kind();
        if (kind != JsonCursor.JsonType.OBJECT) {
            errors.addWrongType("object", kind, path);
            cursor.skip();
            return null;
        }
        body.clear();
        contentType.clear();
        delay.clear();
        if (cursor.enterObject()) {
            do {
                if (!body.tryRead(cursor) && !contentType.tryRead(cursor) && !delay.tryRead(cursor)) {
                    cursor.skip();
                }
            } while (cursor.nextField());
        }
        ContentType type = check(bytes, errors, path);
        int delaySeconds = delay.seconds(bytes, NewMessage.DELAY_UNSET, errors, path);
        return wanted && !errors.any() ? message(type, bytes, delaySeconds, errors, path) : null;
    }

    private ContentType check(byte[] bytes, ValidationErrors errors, ValidationErrors.JsonPath path) {
        ContentType type = ContentType.JSON;
        if (contentType.isString(bytes, TEXT)) {
            type = ContentType.TEXT;
        } else if (contentType.isPresent() && !contentType.isString(bytes, JSON)) {
            errors.addStructural(
                    EdgeError.MESSAGE_METADATA_INVALID,
                    "Expected \"text\" or \"json\""
                            + path.field(contentType.name()).at());
        }
        checkKind(type, errors, path);
        return type;
    }

    private void checkKind(ContentType type, ValidationErrors errors, ValidationErrors.JsonPath path) {
        JsonCursor.JsonType kind = body.kind();
        if (kind == null) {
            errors.addMissing(path.field(body.name()));
        } else if (type == ContentType.TEXT) {
            if (kind != JsonCursor.JsonType.STRING) {
                errors.addWrongType("string", kind, path.field(body.name()));
            }
        } else if (strictJsonBodies && kind != JsonCursor.JsonType.OBJECT && kind != JsonCursor.JsonType.ARRAY) {
            errors.addWrongType("object", kind, path.field(body.name()));
        }
    }

    private @Nullable NewMessage message(
            ContentType type, byte[] bytes, int delaySeconds, ValidationErrors errors, ValidationErrors.JsonPath path) {
        byte[] content = type == ContentType.TEXT ? body.utf8(bytes) : body.compact(bytes);
        if (content == null) {
            errors.addStructural(
                    EdgeError.MESSAGE_BODY_INVALID,
                    "Expected Unicode text, received half a surrogate pair"
                            + path.field(body.name()).at());
            return null;
        }
        if (content.length > limits.messageBytesMax()) {
            errors.addLimit(
                    EdgeError.MESSAGE_TOO_LARGE, "Message is larger than " + limits.messageBytesMax() + " bytes.");
            return null;
        }
        ids.next();
        return new NewMessage(ids.high(), ids.low(), type, content, delaySeconds);
    }
}
