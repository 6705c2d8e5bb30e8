package dev.sluice.api.control;

import dev.sluice.api.json.Utf8Text;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;

/** Reads the JSON body of a control-plane request. */
public final class JsonBody {
    private JsonBody() {}

    /**
     * Decodes a body.
     *
     * @throws QueueException REQUEST_INVALID if the body is not UTF-8, not JSON, not an object, or contains an
     *     unpaired surrogate
     */
    public static JsonObject read(Buffer body) {
        byte[] bytes = body.getBytes();
        if (!Utf8Text.isWellFormed(bytes)) {
            throw new QueueException(QueueError.REQUEST_INVALID, Utf8Text.NOT_UTF_8);
        }
        Object value;
        try {
            value = Json.decodeValue(text(bytes));
        } catch (DecodeException e) {
            throw new QueueException(QueueError.REQUEST_INVALID, "Request body is not valid JSON.");
        }
        if (!(value instanceof JsonObject object)) {
            throw new QueueException(QueueError.REQUEST_INVALID, "Request body must be a JSON object.");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(object.encode())) {
            throw new QueueException(QueueError.REQUEST_INVALID, "Request body holds half a surrogate pair.");
        }
        return object;
    }

    /** Decodes to a string first, because Jackson would guess the encoding of bytes. A byte order mark is skipped. */
    private static String text(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    /**
     * An integer field as an int. A number beyond its range becomes the largest or smallest int, which no limit allows.
     *
     * @param otherwise the result if the field is absent or null
     */
    public static int integer(JsonObject object, String field, int otherwise) {
        Object value = object.getValue(field);
        return value == null ? otherwise : (int) ((Number) value).doubleValue();
    }
}
