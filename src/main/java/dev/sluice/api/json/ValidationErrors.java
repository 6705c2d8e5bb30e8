package dev.sluice.api.json;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import org.jspecify.annotations.Nullable;

/**
 * The errors of a request whose JSON is not validated to its end yet. A decoder adds errors and reads on, because of
 * their precedence (docs/api.md 10.2): malformed JSON anywhere comes first, then an error of structure, then a limit.
 * Only the first error of each kind is kept. Reused from request to request.
 */
public final class ValidationErrors {
    private @Nullable EdgeException structural;
    private @Nullable EdgeException limit;

    public void clear() {
        structural = null;
        limit = null;
    }

    public boolean any() {
        return structural != null || limit != null;
    }

    /** Adds an error of structure: a wrong type, a missing value, or a value that is not allowed. */
    public void addStructural(EdgeError error, String detail) {
        if (structural == null) {
            structural = new EdgeException(error, detail);
        }
    }

    /** Adds a value of the wrong type: {@code Expected string, received object at "body"}. */
    public void addWrongType(String expected, JsonCursor.JsonType received, JsonPath path) {
        if (structural == null) {
            addStructural(
                    EdgeError.MESSAGE_BODY_INVALID,
                    "Expected " + expected + ", received " + received.text() + path.at());
        }
    }

    /** Adds a missing value: {@code Required at "body"}. */
    public void addMissing(JsonPath path) {
        if (structural == null) {
            addStructural(EdgeError.MESSAGE_BODY_INVALID, "Required" + path.at());
        }
    }

    /** Adds a limit that is exceeded. */
    public void addLimit(EdgeError error, String detail) {
        if (limit == null) {
            limit = new EdgeException(error, detail);
        }
    }

    /** Throws the error of structure, if there is one. */
    public void throwStructural() {
        if (structural != null) {
            throw structural;
        }
    }

    /** Throws the error that takes precedence, if there is one. */
    public void throwFirst() {
        throwStructural();
        if (limit != null) {
            throw limit;
        }
    }

    /**
     * The position of a value in a request, for error messages. Made of constants and an index, so that it costs little
     * unless it is shown.
     *
     * @param list name of the list that contains the value, empty if none
     * @param index index in that list
     * @param field name of the field, empty for the value itself
     */
    public record JsonPath(String list, int index, String field) {
        /** The whole request body. */
        public static final JsonPath ROOT = new JsonPath("", 0, "");

        /** A field of the request body. */
        public static JsonPath of(String field) {
            return new JsonPath("", 0, field);
        }

        /** A field of the value at this position. */
        public JsonPath field(String name) {
            return new JsonPath(list, index, name);
        }

        /** The position as the end of a message: {@code  at "messages[3].body"}; empty for the whole body. */
        public String at() {
            String element = list.isEmpty() ? "" : list + '[' + index + ']';
            if (element.isEmpty() && field.isEmpty()) {
                return "";
            }
            return " at \"" + element + (element.isEmpty() || field.isEmpty() ? "" : ".") + field + '"';
        }
    }
}
