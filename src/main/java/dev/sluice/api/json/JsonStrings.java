package dev.sluice.api.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Decodes and compacts ranges of JSON text that are already validated. Pure. */
final class JsonStrings {
    private JsonStrings() {}

    /**
     * The characters of a JSON string as UTF-8.
     *
     * @param from after the opening quote
     * @param to the closing quote
     * @return null if an escape stands for an unpaired surrogate, which UTF-8 cannot encode
     */
    static byte @Nullable [] unescape(byte[] bytes, int from, int to) {
        byte[] text = new byte[to - from];
        int written = 0;
        int at = from;
        while (at < to) {
            if (bytes[at] != '\\') {
                text[written++] = bytes[at++];
                continue;
            }
            int codePoint = codePoint(bytes, at, to);
            if (isSurrogate(codePoint)) {
                return null;
            }
            at = afterEscape(bytes, at, codePoint);
            written = Utf8Text.put(text, written, codePoint);
        }
        return written == text.length ? text : Arrays.copyOf(text, written);
    }

    /** The characters of a JSON string as a Java string, which can hold an unpaired surrogate. */
    static String unescapeToString(byte[] bytes, int from, int to) {
        StringBuilder text = new StringBuilder(to - from);
        int at = from;
        while (at < to) {
            if (bytes[at] != '\\') {
                int plainFrom = at;
                while (at < to && bytes[at] != '\\') {
                    at++;
                }
                text.append(new String(bytes, plainFrom, at - plainFrom, StandardCharsets.UTF_8));
                continue;
            }
            int codePoint = codePoint(bytes, at, to);
            at = afterEscape(bytes, at, codePoint);
            text.appendCodePoint(codePoint);
        }
        return text.toString();
    }

    /**
     * A JSON value as compact JSON text (docs/api.md 11.7): no white space outside strings, the order of keys and the
     * spelling of numbers kept, strings as {@code JSON.stringify} writes them. Never longer than the original.
     */
    static byte[] compact(byte[] bytes, int from, int to) {
        byte[] text = Arrays.copyOfRange(bytes, from, to);
        int written = 0;
        int at = 0;
        while (at < text.length) {
            byte b = text[at++];
            if (b == ' ' || b == '\n' || b == '\r' || b == '\t') {
                continue;
            }
            text[written++] = b;
            if (b != '"') {
                continue;
            }
            while (true) {
                int plainEnd = rawEnd(text, at);
                if (written < at) {
                    System.arraycopy(text, at, text, written, plainEnd - at);
                }
                written += plainEnd - at;
                at = plainEnd;
                if (text[at] == '"') {
                    text[written++] = text[at++];
                    break;
                }
                int codePoint = codePoint(text, at, text.length);
                at = afterEscape(text, at, codePoint);
                written = putCharacter(text, written, codePoint);
            }
        }
        return written == text.length ? text : Arrays.copyOf(text, written);
    }

    /** Index of the next quote or backslash in a string. */
    private static int rawEnd(byte[] text, int from) {
        int at = Utf8Text.plainEnd(text, from, text.length);
        while (text[at] < 0) {
            at = Utf8Text.plainEnd(text, at + 1, text.length);
        }
        return at;
    }

    private static int putCharacter(byte[] text, int at, int codePoint) {
        boolean escape = codePoint < 0x20 || codePoint == '"' || codePoint == '\\' || isSurrogate(codePoint);
        return escape ? Utf8Text.putEscape(text, at, codePoint) : Utf8Text.put(text, at, codePoint);
    }

    /** The code point of the escape at {@code at}, of two escapes if they form a surrogate pair. */
    private static int codePoint(byte[] bytes, int at, int to) {
        byte letter = bytes[at + 1];
        return switch (letter) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int unit = Utf8Text.unit(bytes, at + 2, to);
                if (Character.isHighSurrogate((char) unit)
                        && at + 12 <= to
                        && bytes[at + 6] == '\\'
                        && bytes[at + 7] == 'u') {
                    int low = Utf8Text.unit(bytes, at + 8, to);
                    if (low >= 0 && Character.isLowSurrogate((char) low)) {
                        yield Character.toCodePoint((char) unit, (char) low);
                    }
                }
                yield unit;
            }
            default -> letter;
        };
    }

    private static int afterEscape(byte[] bytes, int at, int codePoint) {
        if (bytes[at + 1] != 'u') {
            return at + 2;
        }
        return codePoint >= 0x10000 ? at + 12 : at + 6;
    }

    private static boolean isSurrogate(int codePoint) {
        return codePoint >= 0xd800 && codePoint <= 0xdfff;
    }
}
