package dev.sluice.api.binding;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.api.json.JsonCursor;
import dev.sluice.api.json.JsonField;
import dev.sluice.api.json.JsonText;
import dev.sluice.api.json.Utf8Text;
import dev.sluice.api.json.ValidationErrors;
import dev.sluice.api.json.ValidationErrors.JsonPath;
import dev.sluice.api.message.DelayField;
import dev.sluice.api.message.MessageIds;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.NewMessage;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the requests of the queue binding to messages. A body must fit its content type, so that every consumer can
 * read it. A message without a content type has the type v8, as in workerd. Precedence and codes of errors are those of
 * a push (docs/api.md 10.2). One instance per event loop.
 */
final class BindingDecoder {
    /** Content type of a single message. */
    static final CharSequence FORMAT = HttpHeaders.createOptimized("x-msg-fmt");
    /** Delay in seconds of a single message, or of the messages of a batch without their own. */
    static final CharSequence DELAY = HttpHeaders.createOptimized("x-msg-delay-secs");

    private static final byte[] MESSAGES = "messages".getBytes(StandardCharsets.US_ASCII);
    private static final String TYPES = "Expected \"text\", \"json\", \"bytes\" or \"v8\"";
    /** The first byte of a serialized V8 value, before the version of the format. */
    private static final byte V8_HEADER = (byte) 0xff;

    private static final int DELAY_DIGITS_MAX = 9;

    private final Limits limits;
    private final MessageIds ids;
    private final JsonCursor cursor;
    private final JsonText text;
    private final JsonField body = new JsonField("body");
    private final JsonField contentType = new JsonField("contentType");
    private final DelayField delay;
    private final ValidationErrors errors = new ValidationErrors();
    private final ValidationErrors listErrors = new ValidationErrors();

    BindingDecoder(Limits limits, MessageIds ids) {
        this.limits = limits;
        this.ids = ids;
        this.delay = new DelayField("delaySecs", limits.delaySecondsMax());
        this.cursor = new JsonCursor(limits.jsonDepthMax());
        this.text = new JsonText(limits.jsonDepthMax());
    }

    /**
     * One message.
     *
     * @param format name of the content type, null for v8
     * @param delaySeconds decimal digits, or null
     * @throws EdgeException 10203, 10204, 10207
     */
    NewMessage single(byte[] content, @Nullable String format, @Nullable String delaySeconds) {
        errors.clear();
        ContentType type = format == null ? ContentType.V8 : ContentType.ofWireName(format);
        if (type == null) {
            errors.addStructural(EdgeError.MESSAGE_METADATA_INVALID, TYPES + " in the header X-Msg-Fmt");
        }
        int seconds = delaySeconds(delaySeconds, EdgeError.MESSAGE_METADATA_INVALID, errors);
        errors.throwFirst();
        NewMessage message = message(Objects.requireNonNull(type), content, seconds, errors, JsonPath.ROOT);
        errors.throwFirst();
        return Objects.requireNonNull(message);
    }

    /**
     * The messages of a batch.
     *
     * @param delaySeconds for messages without a delay: decimal digits, or null
     * @throws EdgeException 10208, 10207, 10203, 10202, 10206, 10204, 10205
     */
    List<NewMessage> batch(byte[] request, @Nullable String delaySeconds) {
        errors.clear();
        listErrors.clear();
        int batchSeconds = delaySeconds(delaySeconds, EdgeError.BATCH_DELAY_INVALID, errors);
        cursor.open(request);
        List<NewMessage> read = root(request, batchSeconds);
        cursor.close();
        if (read == null) {
            errors.addMissing(JsonPath.of("messages"));
        } else if (!listErrors.any() && read.isEmpty()) {
            errors.addStructural(EdgeError.MESSAGE_BODY_INVALID, "Expected at least 1 message at \"messages\"");
        }
        listErrors.throwStructural();
        errors.throwFirst();
        listErrors.throwFirst();
        List<NewMessage> messages = Objects.requireNonNull(read);
        checkSum(messages);
        return messages;
    }

    private @Nullable List<NewMessage> root(byte[] request, int batchSeconds) {
        JsonCursor.JsonType kind = cursor.kind();
        if (kind != JsonCursor.JsonType.OBJECT) {
            errors.addWrongType("object", kind, JsonPath.ROOT);
            cursor.skip();
            return null;
        }
        @Nullable List<NewMessage> messages = null;
        if (cursor.enterObject()) {
            do {
                if (cursor.nameIs(MESSAGES)) {
                    messages = list(request, batchSeconds);
                } else {
                    cursor.skip();
                }
            } while (cursor.nextField());
        }
        return messages;
    }

    private List<NewMessage> list(byte[] request, int batchSeconds) {
        listErrors.clear();
        List<NewMessage> messages = new ArrayList<>();
        JsonCursor.JsonType kind = cursor.kind();
        if (kind != JsonCursor.JsonType.ARRAY) {
            listErrors.addWrongType("array", kind, JsonPath.of("messages"));
            cursor.skip();
            return messages;
        }
        int count = 0;
        boolean more = cursor.enterArray();
        while (more) {
            if (count == limits.batchMessagesMax()) {
                listErrors.addLimit(
                        EdgeError.BATCH_COUNT_INVALID,
                        "A batch holds at most " + limits.batchMessagesMax() + " messages.");
            }
            NewMessage message = element(request, batchSeconds, new JsonPath("messages", count++, ""));
            if (message != null) {
                messages.add(message);
            }
            more = cursor.nextElement();
        }
        return messages;
    }

    /** Reads the message at the cursor. Returns null if there is any error, also an earlier one. */
    private @Nullable NewMessage element(byte[] request, int batchSeconds, JsonPath path) {
        JsonCursor.JsonType kind = cursor.kind();
        if (kind != JsonCursor.JsonType.OBJECT) {
            listErrors.addWrongType("object", kind, path);
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
        if (body.kind() == null) {
            listErrors.addMissing(path.field(body.name()));
        } else if (body.kind() != JsonCursor.JsonType.STRING) {
            listErrors.addWrongType("string", body.kind(), path.field(body.name()));
        }
        ContentType type = type(request, path);
        int seconds = delay.seconds(request, batchSeconds, listErrors, path);
        if (type == null || listErrors.any()) {
            return null;
        }
        byte[] content = base64(body.utf8(request));
        if (content == null) {
            listErrors.addStructural(
                    EdgeError.MESSAGE_BODY_INVALID,
                    "Expected base64" + path.field(body.name()).at());
            return null;
        }
        return message(type, content, seconds, listErrors, path.field(body.name()));
    }

    private @Nullable ContentType type(byte[] request, JsonPath path) {
        if (!contentType.isPresent()) {
            return ContentType.V8;
        }
        ContentType type = contentType.kind() == JsonCursor.JsonType.STRING
                ? ContentType.ofWireName(contentType.string(request))
                : null;
        if (type == null) {
            listErrors.addStructural(
                    EdgeError.MESSAGE_METADATA_INVALID,
                    TYPES + path.field(contentType.name()).at());
        }
        return type;
    }

    private static byte @Nullable [] base64(byte @Nullable [] characters) {
        if (characters == null) {
            return null;
        }
        try {
            return Base64.getDecoder().decode(characters);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The message, or null if its body is too large or does not fit its type. */
    private @Nullable NewMessage message(
            ContentType type, byte[] content, int delaySeconds, ValidationErrors found, JsonPath path) {
        byte @Nullable [] stored =
                switch (type) {
                    case TEXT -> Utf8Text.isWellFormed(content) ? content : null;
                    case JSON -> text.compact(content);
                    case BYTES -> content;
                    case V8 -> content.length > 2 && content[0] == V8_HEADER ? content : null;
                };
        if (stored == null) {
            found.addStructural(
                    EdgeError.MESSAGE_BODY_INVALID,
                    switch (type) {
                                case TEXT -> "Expected UTF-8 text";
                                case JSON -> "Expected JSON text";
                                case BYTES, V8 -> "Expected a value as V8 serializes it";
                            }
                            + path.at());
            return null;
        }
        if (stored.length > limits.messageBytesMax()) {
            found.addLimit(
                    EdgeError.MESSAGE_TOO_LARGE, "Message is larger than " + limits.messageBytesMax() + " bytes.");
            return null;
        }
        ids.next();
        return new NewMessage(ids.high(), ids.low(), type, stored, delaySeconds);
    }

    private int delaySeconds(@Nullable String given, EdgeError error, ValidationErrors found) {
        if (given == null) {
            return NewMessage.DELAY_UNSET;
        }
        boolean digits = !given.isEmpty()
                && given.length() <= DELAY_DIGITS_MAX
                && given.chars().allMatch(c -> c >= '0' && c <= '9');
        int seconds = digits ? Integer.parseInt(given) : -1;
        if (seconds < 0 || seconds > limits.delaySecondsMax()) {
            found.addStructural(
                    error,
                    "Expected integer from 0 to " + limits.delaySecondsMax() + " in the header X-Msg-Delay-Secs");
        }
        return seconds;
    }

    private void checkSum(List<NewMessage> messages) {
        long bytes = 0;
        for (NewMessage message : messages) {
            bytes += message.body().length;
        }
        if (bytes > limits.batchBytesMax()) {
            throw new EdgeException(
                    EdgeError.BATCH_TOO_LARGE,
                    "Messages of the batch are larger than " + limits.batchBytesMax() + " bytes together.");
        }
    }
}
