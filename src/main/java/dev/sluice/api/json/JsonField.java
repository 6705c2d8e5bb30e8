package dev.sluice.api.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One field of a JSON object: its name, and the kind and range of the value that was read. Of duplicate keys the last
 * one wins. Reused from object to object.
 */
public final class JsonField {
    /** The result of {@link #integer} for a value that is not an integer. */
    public static final long NOT_AN_INTEGER = Long.MIN_VALUE;

    private static final double EXACT_MAX = 1L << 53;

    private final String name;
    private final byte[] nameBytes;
    private JsonCursor.@Nullable JsonType kind;
    private int start;
    private int end;
    private boolean escaped;

    public JsonField(String name) {
        this.name = name;
        this.nameBytes = name.getBytes(StandardCharsets.US_ASCII);
    }

    public String name() {
        return name;
    }

    /** Removes the value. */
    public void clear() {
        kind = null;
    }

    /** Reads and skips the value at the cursor if the current field has this name. Returns whether it has. */
    public boolean tryRead(JsonCursor cursor) {
        if (!cursor.nameIs(nameBytes)) {
            return false;
        }
        kind = cursor.kind();
        cursor.skip();
        start = cursor.start();
        end = cursor.end();
        escaped = kind == JsonCursor.JsonType.STRING && cursor.escaped();
        return true;
    }

    /** The kind of the value, or null if there is none. */
    public JsonCursor.@Nullable JsonType kind() {
        return kind;
    }

    /** Whether there is a value other than null. A null counts as absent where a field is optional. */
    public boolean isPresent() {
        return kind != null && kind != JsonCursor.JsonType.NULL;
    }

    /** The value as an integer, in any spelling ({@code 30}, {@code 30.0}, {@code 3e1}), or {@link #NOT_AN_INTEGER}. */
    public long integer(byte[] bytes) {
        if (kind != JsonCursor.JsonType.NUMBER) {
            return NOT_AN_INTEGER;
        }
        if (end - start <= 9) {
            int value = 0;
            int at = start;
            while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
                value = value * 10 + bytes[at++] - '0';
            }
            if (at == end) {
                return value;
            }
        }
        double value = Double.parseDouble(new String(bytes, start, end - start, StandardCharsets.ISO_8859_1));
        return value == Math.rint(value) && Math.abs(value) <= EXACT_MAX ? (long) value : NOT_AN_INTEGER;
    }

    /** The value as an integer from {@code min} to {@code max}, or {@link #NOT_AN_INTEGER}. */
    public long integer(byte[] bytes, int min, int max) {
        long value = integer(bytes);
        return value >= min && value <= max ? value : NOT_AN_INTEGER;
    }

    /** Whether the value is this (ASCII) string. */
    public boolean isString(byte[] bytes, byte[] expected) {
        if (kind != JsonCursor.JsonType.STRING) {
            return false;
        }
        if (escaped) {
            byte[] unescaped = JsonStrings.unescape(bytes, start + 1, end - 1);
            return unescaped != null && Arrays.equals(unescaped, expected);
        }
        return Arrays.equals(bytes, start + 1, end - 1, expected, 0, expected.length);
    }

    /** The characters of a string value as UTF-8, or null if it contains an unpaired surrogate. */
    public byte @Nullable [] utf8(byte[] bytes) {
        return escaped
                ? JsonStrings.unescape(bytes, start + 1, end - 1)
                : Arrays.copyOfRange(bytes, start + 1, end - 1);
    }

    /** The characters of a string value. */
    public String string(byte[] bytes) {
        return escaped
                ? JsonStrings.unescapeToString(bytes, start + 1, end - 1)
                : new String(bytes, start + 1, end - start - 2, StandardCharsets.UTF_8);
    }

    /** The value as compact JSON text. */
    public byte[] compact(byte[] bytes) {
        return JsonStrings.compact(bytes, start, end);
    }
}
