package dev.sluice.api;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Rewrites ranges of JSON text that are already known to be well-formed. Pure. */
final class JsonStrings {
    private JsonStrings() {}

    /**
     * The characters of a JSON string as UTF-8.
     *
     * @param from after the opening quote
     * @param to the closing quote
     * @return null if an escape stands for half a surrogate pair, which UTF-8 cannot say
     */
    static byte[] unescape(byte[] bytes, int from, int to) {
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

    /** The same as a Java string, which can hold half a pair. */
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
     * A JSON value as compact JSON text: no white space outside strings, key order and the spelling of numbers kept, strings as
     * {@code JSON.stringify} writes them (reference 11.7). Never longer than the original.
     */
    static byte[] compact(byte[] bytes, int from, int to) {
        byte[] text = Arrays.copyOfRange(bytes, from, to);
        int written = 0;
        int at = 0;
        while (at < text.length) {
            byte b = text[at];
            if (b == '"') {
                int after = closing(text, at + 1) + 1;
                written = copyString(text, at, after, written);
                at = after;
                continue;
            }
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                text[written++] = b;
            }
            at++;
        }
        return written == text.length ? text : Arrays.copyOf(text, written);
    }

    private static int closing(byte[] text, int from) {
        int at = from;
        while (text[at] != '"') {
            at += text[at] == '\\' ? 2 : 1;
        }
        return at;
    }

    /** Moves the string at {@code [from, to)}, quotes included, down to {@code target}; answers the index after it. */
    private static int copyString(byte[] text, int from, int to, int target) {
        int written = target;
        int at = from;
        while (at < to) {
            if (text[at] != '\\') {
                text[written++] = text[at++];
                continue;
            }
            int codePoint = codePoint(text, at, to);
            at = afterEscape(text, at, codePoint);
            boolean escape = codePoint < 0x20 || codePoint == '"' || codePoint == '\\' || isSurrogate(codePoint);
            written = escape ? Utf8Text.putEscape(text, written, codePoint) : Utf8Text.put(text, written, codePoint);
        }
        return written;
    }

    /** What the escape at {@code at} stands for, two of them if they make a pair. */
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
