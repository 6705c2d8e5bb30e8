package dev.sluice.api.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Scanning and writing of UTF-8 text, shared by the reading and the writing of JSON strings. Pure. */
public final class Utf8Text {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder())
            .withInvokeExactBehavior();
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';
    private static final byte[] HEX_DIGITS = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    /** The error message for a body in another encoding. */
    public static final String NOT_UTF_8 =
            "Request body is not valid UTF-8. JSON is sent in UTF-8 only, and not compressed.";
    /** By byte: how many bytes the escape of it is longer than itself. */
    private static final byte[] ESCAPE_BYTES = escapeBytes();

    private Utf8Text() {}

    /** Whether the bytes are well-formed UTF-8. */
    public static boolean isWellFormed(byte[] bytes) {
        int at = 0;
        while (at >= 0 && at < bytes.length) {
            at = bytes[at] >= 0 ? at + 1 : afterMultibyte(bytes, at, bytes.length);
        }
        return at >= 0;
    }

    /**
     * Index of the first byte in {@code [from, to)} that is not plain, or {@code to}. Plain bytes need no escape in a
     * JSON string: ASCII except control characters, quote and backslash. Checks eight bytes at a time.
     */
    static int plainEnd(byte[] bytes, int from, int to) {
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            long word = (long) WORDS.get(bytes, at);
            long quotes = word ^ QUOTES;
            long backslashes = word ^ BACKSLASHES;
            long special = word | (word - ONES * 0x20) | (quotes - ONES) | (backslashes - ONES);
            if ((special & HIGHS) != 0) {
                break;
            }
        }
        while (at < to && isPlain(bytes[at])) {
            at++;
        }
        return at;
    }

    private static boolean isPlain(byte b) {
        return b >= 0x20 && b != '"' && b != '\\';
    }

    /**
     * Index after the multi-byte character at {@code at}, or -1 if it is not well-formed UTF-8 (Unicode, table 3-7).
     */
    static int afterMultibyte(byte[] bytes, int at, int to) {
        int lead = bytes[at] & 0xff;
        if (lead < 0xe0) {
            return lead >= 0xc2 && areContinuations(bytes, at + 1, 1, to) ? at + 2 : -1;
        }
        if (at + 1 >= to) {
            return -1;
        }
        int second = bytes[at + 1] & 0xff;
        if (lead < 0xf0) {
            boolean allowed = lead == 0xe0 ? second >= 0xa0 : lead != 0xed || second < 0xa0;
            return allowed && areContinuations(bytes, at + 1, 2, to) ? at + 3 : -1;
        }
        boolean allowed = lead == 0xf0 ? second >= 0x90 : lead < 0xf4 || lead == 0xf4 && second < 0x90;
        return allowed && areContinuations(bytes, at + 1, 3, to) ? at + 4 : -1;
    }

    private static boolean areContinuations(byte[] bytes, int at, int count, int to) {
        if (at + count > to) {
            return false;
        }
        for (int i = at; i < at + count; i++) {
            if ((bytes[i] & 0xc0) != 0x80) {
                return false;
            }
        }
        return true;
    }

    /** Writes a code point that is not a surrogate as UTF-8. Returns the index after it. */
    static int put(byte[] target, int at, int codePoint) {
        int to = at;
        if (codePoint < 0x80) {
            target[to++] = (byte) codePoint;
        } else if (codePoint < 0x800) {
            target[to++] = (byte) (0xc0 | codePoint >> 6);
            target[to++] = (byte) (0x80 | codePoint & 0x3f);
        } else if (codePoint < 0x10000) {
            target[to++] = (byte) (0xe0 | codePoint >> 12);
            target[to++] = (byte) (0x80 | codePoint >> 6 & 0x3f);
            target[to++] = (byte) (0x80 | codePoint & 0x3f);
        } else {
            target[to++] = (byte) (0xf0 | codePoint >> 18);
            target[to++] = (byte) (0x80 | codePoint >> 12 & 0x3f);
            target[to++] = (byte) (0x80 | codePoint >> 6 & 0x3f);
            target[to++] = (byte) (0x80 | codePoint & 0x3f);
        }
        return to;
    }

    /**
     * Writes the escape that {@code JSON.stringify} would write for this UTF-16 code unit: the two-character escape if
     * there is one, otherwise a backslash, u and four lower-case digits. At most 6 bytes. Returns the index after it.
     */
    static int putEscape(byte[] target, int at, int unit) {
        int to = at;
        target[to++] = '\\';
        switch (unit) {
            case '"', '\\' -> target[to++] = (byte) unit;
            case '\b' -> target[to++] = 'b';
            case '\f' -> target[to++] = 'f';
            case '\n' -> target[to++] = 'n';
            case '\r' -> target[to++] = 'r';
            case '\t' -> target[to++] = 't';
            default -> {
                target[to++] = 'u';
                for (int shift = 12; shift >= 0; shift -= 4) {
                    target[to++] = hexDigit(unit >> shift);
                }
            }
        }
        return to;
    }

    /** How many bytes UTF-8 text takes in a JSON string, escaped as {@link #putEscape} does. */
    public static int escapedLength(byte[] text, int from, int to) {
        int length = to - from;
        int at = from;
        while (true) {
            at = plainEnd(text, at, to);
            if (at == to) {
                return length;
            }
            // Bytes that need an escape tend to come together.
            for (int end = Math.min(to, at + Long.BYTES); at < end; at++) {
                length += ESCAPE_BYTES[text[at] & 0xff];
            }
        }
    }

    private static byte[] escapeBytes() {
        byte[] more = new byte[256];
        byte[] escape = new byte[6];
        for (int unit = 0; unit < 0x20; unit++) {
            more[unit] = (byte) (putEscape(escape, 0, unit) - 1);
        }
        more['"'] = 1;
        more['\\'] = 1;
        return more;
    }

    /** The lower-case digit of the low four bits. */
    static byte hexDigit(int nibble) {
        return HEX_DIGITS[nibble & 0xf];
    }

    /** The value of a hexadecimal digit in either case, or -1. */
    public static int hexValue(byte digit) {
        if (digit >= '0' && digit <= '9') {
            return digit - '0';
        }
        int lower = digit | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /** The UTF-16 code unit of the four hexadecimal digits at {@code at}, or -1. */
    static int unit(byte[] bytes, int at, int to) {
        if (at + 4 > to) {
            return -1;
        }
        int unit = 0;
        for (int i = at; i < at + 4; i++) {
            int value = hexValue(bytes[i]);
            if (value < 0) {
                return -1;
            }
            unit = unit << 4 | value;
        }
        return unit;
    }
}
