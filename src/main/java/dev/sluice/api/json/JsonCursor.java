package dev.sluice.api.json;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import java.util.Arrays;

/**
 * Reads one JSON text (RFC 8259) from its bytes, forward only. Validates everything it passes, including UTF-8, and
 * copies nothing. For each value the caller reads its {@linkplain #kind() kind}, then enters it or {@linkplain #skip()
 * skips} it. After a skip, the range of the value is known, so that it can be read again without validation.
 *
 * <p>Input that is not JSON, or is nested too deeply, fails with MESSAGE_BODY_MALFORMED (10208). A UTF-8 byte order
 * mark at the start is skipped. One instance per event loop, reused for every request.
 */
public final class JsonCursor {
    /** The kinds of JSON values, with the names that error texts use. */
    public enum JsonType {
        OBJECT("object"),
        ARRAY("array"),
        STRING("string"),
        NUMBER("number"),
        BOOLEAN("boolean"),
        NULL("null");

        private final String text;

        JsonType(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    @SuppressWarnings("StaticAssignmentOfThrowable") // No stack trace, no cause.
    private static final EdgeException NOT_JSON = new EdgeException(EdgeError.MESSAGE_BODY_MALFORMED);

    @SuppressWarnings("StaticAssignmentOfThrowable") // No stack trace, no cause.
    private static final EdgeException NOT_UTF_8 =
            new EdgeException(EdgeError.MESSAGE_BODY_MALFORMED, Utf8Text.NOT_UTF_8);

    private static final byte[] NONE = {};

    private final int depthMax;
    private final long[] objects;
    private byte[] bytes = NONE;
    private int at;
    private int limit;
    private int depth;
    private int start;
    private int end;
    private boolean escaped;
    private int nameStart;
    private int nameEnd;
    private boolean nameEscaped;

    public JsonCursor(int depthMax) {
        this.depthMax = depthMax;
        this.objects = new long[(depthMax >> 6) + 1];
    }

    /** Starts to read a text. The cursor is then at its value. */
    public void open(byte[] text) {
        bytes = text;
        at = 0;
        limit = text.length;
        depth = 0;
        if (limit >= 3 && text[0] == (byte) 0xef && text[1] == (byte) 0xbb && text[2] == (byte) 0xbf) {
            at = 3;
        }
        skipSpace();
    }

    /** Checks that only white space follows, and releases the text. */
    public void close() {
        skipSpace();
        if (at < limit) {
            throw malformed();
        }
        bytes = NONE;
    }

    /** The kind of the value at the cursor, judged by its first byte. */
    public JsonType kind() {
        return switch (current()) {
            case '{' -> JsonType.OBJECT;
            case '[' -> JsonType.ARRAY;
            case '"' -> JsonType.STRING;
            case 't', 'f' -> JsonType.BOOLEAN;
            case 'n' -> JsonType.NULL;
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> JsonType.NUMBER;
            default -> throw malformed();
        };
    }

    /**
     * Enters the object at the cursor. Returns true if it has a field; the cursor is then at the value of the field.
     */
    public boolean enterObject() {
        push(true);
        skipSpace();
        if (current() == '}') {
            leave();
            return false;
        }
        name();
        return true;
    }

    /** Moves on after the value of a field. Returns true if there is another field; the cursor is then at its value. */
    public boolean nextField() {
        if (!nextItem('}')) {
            return false;
        }
        name();
        return true;
    }

    /** Enters the array at the cursor. Returns true if it has an element; the cursor is then at it. */
    public boolean enterArray() {
        push(false);
        skipSpace();
        if (current() == ']') {
            leave();
            return false;
        }
        return true;
    }

    /** Moves on after an element. Returns true if there is another one; the cursor is then at it. */
    public boolean nextElement() {
        return nextItem(']');
    }

    /** Whether the current field has this ASCII name, with or without escapes. */
    public boolean nameIs(byte[] name) {
        if (!nameEscaped) {
            return Arrays.equals(bytes, nameStart, nameEnd, name, 0, name.length);
        }
        byte[] unescaped = JsonStrings.unescape(bytes, nameStart, nameEnd);
        return unescaped != null && Arrays.equals(unescaped, name);
    }

    /** Skips the value at the cursor, at any depth. {@link #start()} and {@link #end()} then return its range. */
    public void skip() {
        start = at;
        int outside = depth;
        do {
            boolean atValue = skipOrEnter();
            while (!atValue && depth > outside) {
                boolean inObject = (objects[depth >> 6] >>> depth & 1) != 0;
                atValue = inObject ? nextField() : nextElement();
            }
        } while (depth > outside);
        end = at;
    }

    /** Index of the first byte of the value that was skipped last. */
    int start() {
        return start;
    }

    /** Index after the last byte of the value that was skipped last. */
    int end() {
        return end;
    }

    /** Whether the string that was skipped last contains an escape. Undefined after values of other kinds. */
    boolean escaped() {
        return escaped;
    }

    /**
     * Skips a scalar or an empty container, or enters another container up to its first value. Returns true in that
     * last case.
     */
    private boolean skipOrEnter() {
        switch (current()) {
            case '{' -> {
                return enterObject();
            }
            case '[' -> {
                return enterArray();
            }
            case '"' -> escaped = string();
            case 't' -> moveTo(JsonScalars.afterWord(JsonScalars.TRUE, bytes, at, limit));
            case 'f' -> moveTo(JsonScalars.afterWord(JsonScalars.FALSE, bytes, at, limit));
            case 'n' -> moveTo(JsonScalars.afterWord(JsonScalars.NULL, bytes, at, limit));
            default -> moveTo(JsonScalars.afterNumber(bytes, at, limit));
        }
        return false;
    }

    private void push(boolean object) {
        if (++depth > depthMax) {
            throw new EdgeException(
                    EdgeError.MESSAGE_BODY_MALFORMED, "Request body is nested deeper than " + depthMax + " levels.");
        }
        if (object) {
            objects[depth >> 6] |= 1L << depth;
        } else {
            objects[depth >> 6] &= ~(1L << depth);
        }
        at++;
    }

    private void leave() {
        at++;
        depth--;
    }

    private boolean nextItem(char closing) {
        skipSpace();
        byte next = current();
        if (next == ',') {
            at++;
            skipSpace();
            return true;
        }
        if (next != closing) {
            throw malformed();
        }
        leave();
        return false;
    }

    private void name() {
        if (current() != '"') {
            throw malformed();
        }
        nameStart = at + 1;
        nameEscaped = string();
        nameEnd = at - 1;
        skipSpace();
        if (current() != ':') {
            throw malformed();
        }
        at++;
        skipSpace();
    }

    /** Skips a string. Returns whether it contains an escape. */
    private boolean string() {
        boolean escapes = false;
        at++;
        while (true) {
            at = Utf8Text.plainEnd(bytes, at, limit);
            byte next = current();
            if (next == '"') {
                at++;
                return escapes;
            } else if (next < 0) {
                moveTo(Utf8Text.afterMultibyte(bytes, at, limit));
            } else if (next == '\\') {
                escapes = true;
                escape();
            } else {
                throw malformed();
            }
        }
    }

    private void escape() {
        at++;
        switch (current()) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at++;
            case 'u' -> {
                if (Utf8Text.unit(bytes, at + 1, limit) < 0) {
                    throw malformed();
                }
                at += 5;
            }
            default -> throw malformed();
        }
    }

    private void moveTo(int after) {
        if (after < 0) {
            throw malformed();
        }
        at = after;
    }

    private byte current() {
        if (at >= limit) {
            throw malformed();
        }
        return bytes[at];
    }

    private void skipSpace() {
        while (at < limit) {
            byte b = bytes[at];
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return;
            }
            at++;
        }
    }

    /**
     * If the text is not UTF-8, the error says so: the encoding is the likely reason, wherever the cursor has stopped.
     */
    private EdgeException malformed() {
        return Utf8Text.isWellFormed(bytes) ? NOT_JSON : NOT_UTF_8;
    }
}
