package dev.sluice.api.json;

import java.util.Arrays;

/**
 * The grammar of JSON numbers and literals (RFC 8259, 3 and 6). Pure. Each method returns the index after the value, or
 * -1 if there is no such value.
 */
final class JsonScalars {
    static final byte[] TRUE = JsonWriter.ascii("true");
    static final byte[] FALSE = JsonWriter.ascii("false");
    static final byte[] NULL = JsonWriter.ascii("null");

    private JsonScalars() {}

    /** Index after the literal at {@code from}. */
    static int afterWord(byte[] word, byte[] bytes, int from, int to) {
        int after = from + word.length;
        return after <= to && Arrays.equals(bytes, from, after, word, 0, word.length) ? after : -1;
    }

    /** Index after the number at {@code from}. */
    static int afterNumber(byte[] bytes, int from, int to) {
        int at = from < to && bytes[from] == '-' ? from + 1 : from;
        at = at < to && bytes[at] == '0' ? at + 1 : afterDigits(bytes, at, to);
        if (at >= 0 && at < to && bytes[at] == '.') {
            at = afterDigits(bytes, at + 1, to);
        }
        if (at >= 0 && at < to && (bytes[at] | 0x20) == 'e') {
            at++;
            if (at < to && (bytes[at] == '+' || bytes[at] == '-')) {
                at++;
            }
            at = afterDigits(bytes, at, to);
        }
        return at;
    }

    private static int afterDigits(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        return at == from ? -1 : at;
    }
}
