package dev.sluice.api.json;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import java.util.Arrays;

/**
 * Reads one JSON text (RFC 8259) over its bytes: forward, validating everything it passes, UTF-8 included, and copying
 * nothing. A value is {@linkplain #kind() looked at}, then entered or {@linkplain #skip() skipped}; a skipped value leaves its
 * range behind, so that it can be read again in the knowledge that it is well-formed.
 *
 * <p>Whatever is not JSON ends in MESSAGE_BODY_MALFORMED (10208), nesting beyond the limit too. A UTF-8 byte order mark at
 * the start is passed over, as {@code PullRequest.json()} does it. One instance serves one event loop, request after request.
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

    private static final QueueException NO_JSON = new QueueException(QueueError.MESSAGE_BODY_MALFORMED);
    private static final QueueException NO_UTF_8 =
            new QueueException(QueueError.MESSAGE_BODY_MALFORMED, Utf8Text.NO_UTF_8);

    private final int depthMax;
    private final long[] objects;
    private byte[] bytes;
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

    /** Starts on a text; the cursor stands at its value. */
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

    /** Demands that nothing but white space follows, and lets go of the text. */
    public void close() {
        skipSpace();
        if (at < limit) {
            throw malformed();
        }
        bytes = null;
    }

    /** What the value at the cursor is, as far as its first byte tells. */
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

    /** Goes into the object at the cursor: true if it has a field, whose value is then at the cursor. */
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

    /** After a field's value: true if there is another field, whose value is then at the cursor. */
    public boolean nextField() {
        if (!another('}')) {
            return false;
        }
        name();
        return true;
    }

    /** Goes into the array at the cursor: true if it has an element, which is then at the cursor. */
    public boolean enterArray() {
        push(false);
        skipSpace();
        if (current() == ']') {
            leave();
            return false;
        }
        return true;
    }

    /** After an element: true if there is another one, which is then at the cursor. */
    public boolean nextElement() {
        return another(']');
    }

    /** Whether the field whose value is at the cursor has this (ASCII) name, however it is spelled. */
    public boolean nameIs(byte[] name) {
        if (!nameEscaped) {
            return Arrays.equals(bytes, nameStart, nameEnd, name, 0, name.length);
        }
        byte[] unescaped = JsonStrings.unescape(bytes, nameStart, nameEnd);
        return unescaped != null && Arrays.equals(unescaped, name);
    }

    /** Passes the value at the cursor, however deep it goes; {@link #start()} and {@link #end()} tell where it was. */
    public void skip() {
        start = at;
        int outside = depth;
        do {
            boolean atValue = open();
            while (!atValue && depth > outside) {
                boolean inObject = (objects[depth >> 6] >>> depth & 1) != 0;
                atValue = inObject ? nextField() : nextElement();
            }
        } while (depth > outside);
        end = at;
    }

    /** First byte of the value that was skipped last. */
    int start() {
        return start;
    }

    /** The byte after the value that was skipped last. */
    int end() {
        return end;
    }

    /** Whether the string that was skipped last has an escape in it. Means nothing after other kinds. */
    boolean escaped() {
        return escaped;
    }

    /** Passes a scalar, an empty container, or the opening of another one and its first name: true in that last case. */
    private boolean open() {
        switch (current()) {
            case '{':
                return enterObject();
            case '[':
                return enterArray();
            case '"':
                escaped = string();
                return false;
            case 't':
                pass(JsonScalars.afterWord(JsonScalars.TRUE, bytes, at, limit));
                return false;
            case 'f':
                pass(JsonScalars.afterWord(JsonScalars.FALSE, bytes, at, limit));
                return false;
            case 'n':
                pass(JsonScalars.afterWord(JsonScalars.NULL, bytes, at, limit));
                return false;
            default:
                pass(JsonScalars.afterNumber(bytes, at, limit));
                return false;
        }
    }

    private void push(boolean object) {
        if (++depth > depthMax) {
            throw new QueueException(
                    QueueError.MESSAGE_BODY_MALFORMED, "Request body is nested deeper than " + depthMax + " levels.");
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

    private boolean another(char closing) {
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

    /** Passes a string; answers whether it has an escape. */
    private boolean string() {
        boolean escapes = false;
        at++;
        while (true) {
            at = Utf8Text.plainEnd(bytes, at, limit);
            byte odd = current();
            if (odd == '"') {
                at++;
                return escapes;
            } else if (odd < 0) {
                pass(Utf8Text.afterMultibyte(bytes, at, limit));
            } else if (odd == '\\') {
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

    private void pass(int after) {
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

    /** Says so if the whole text is not UTF-8: then its encoding is the likely reason, wherever the cursor has stopped. */
    private QueueException malformed() {
        return Utf8Text.isWellFormed(bytes) ? NO_JSON : NO_UTF_8;
    }
}
