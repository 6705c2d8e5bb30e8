package dev.sluice.api.json;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;

/**
 * What is wrong with a request that may still turn out not to be JSON at all: a decoder notes faults and reads on, because
 * malformed JSON anywhere wins over a wrong shape, and a wrong shape over a limit (docs/api.md 10.2). The first of each counts.
 */
public final class ValidationErrors {
    private QueueException shape;
    private QueueException limit;

    /** Forgets everything. */
    public void clear() {
        shape = null;
        limit = null;
    }

    /** Whether anything was noted. */
    public boolean any() {
        return shape != null || limit != null;
    }

    /** Notes that a value has the wrong shape. */
    public void shape(QueueError error, String detail) {
        if (shape == null) {
            shape = new QueueException(error, detail);
        }
    }

    /** Notes a value of the wrong kind: {@code Expected string, received object at "body"}. */
    public void expected(String expected, JsonCursor.JsonType received, JsonPath path) {
        if (shape == null) {
            shape(
                    QueueError.MESSAGE_BODY_INVALID,
                    "Expected " + expected + ", received " + received.text() + path.at());
        }
    }

    /** Notes a missing value: {@code Required at "body"}. */
    public void required(JsonPath path) {
        if (shape == null) {
            shape(QueueError.MESSAGE_BODY_INVALID, "Required" + path.at());
        }
    }

    /** Notes that a limit is exceeded. */
    public void limit(QueueError error, String detail) {
        if (limit == null) {
            limit = new QueueException(error, detail);
        }
    }

    /** Throws the shape fault that was noted, if any. */
    public void raiseShape() {
        if (shape != null) {
            throw shape;
        }
    }

    /** Throws what was noted, if anything: shape before limit. */
    public void raise() {
        raiseShape();
        if (limit != null) {
            throw limit;
        }
    }

    /**
     * Where in a request a value stands, for texts; made of constants and an index, so that it costs nothing unless shown.
     *
     * @param list name of the list it is in, empty if none
     * @param index its place in that list
     * @param field name of the field, empty for the value itself
     */
    public record JsonPath(String list, int index, String field) {
        /** The whole request body. */
        public static final JsonPath ROOT = new JsonPath("", 0, "");

        /** A field of the request body. */
        public static JsonPath of(String field) {
            return new JsonPath("", 0, field);
        }

        /** A field of the same value. */
        public JsonPath field(String name) {
            return new JsonPath(list, index, name);
        }

        /** With the word before it, empty for the whole body: {@code  at "messages[3].body"}. */
        public String at() {
            String place = list.isEmpty() ? "" : list + '[' + index + ']';
            if (place.isEmpty() && field.isEmpty()) {
                return "";
            }
            return " at \"" + place + (place.isEmpty() || field.isEmpty() ? "" : ".") + field + '"';
        }
    }
}
