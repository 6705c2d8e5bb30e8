package dev.sluice.api.json;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Builds JSON text in a byte array that is reused, so that a small response costs one copy and one allocation. One
 * instance per event loop.
 */
public final class JsonWriter {
    /** Responses up to this size are copied out of the array. Larger ones get the array itself. */
    private static final int REUSED_BYTES_MAX = 64 * 1024;

    /** The most digits that {@link #number} appends. */
    public static final int DECIMAL_DIGITS_MAX = 20;

    private byte[] bytes = new byte[1024];
    private int length;

    /** Discards what was written. */
    public JsonWriter clear() {
        length = 0;
        return this;
    }

    /** Ensures that so many more bytes can be appended without another copy. */
    public JsonWriter reserveCapacity(int more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.addExact(length, more));
        }
        return this;
    }

    /** Appends ASCII or UTF-8 bytes as they are. */
    public JsonWriter raw(byte[] source) {
        return raw(source, source.length);
    }

    /** Appends the first bytes of an array, which are ASCII or UTF-8, as they are. */
    public JsonWriter raw(byte[] source, int count) {
        int at = reserve(count);
        System.arraycopy(source, 0, bytes, at, count);
        length = at + count;
        return this;
    }

    /** Appends a number that is not negative. */
    public JsonWriter number(long number) {
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        int at = reserve(DECIMAL_DIGITS_MAX);
        long rest = number;
        for (int i = at + digits - 1; i >= at; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length = at + digits;
        return this;
    }

    /** Appends a 64-bit number as 16 lower-case hexadecimal digits. */
    public JsonWriter hex(long number) {
        int at = reserve(16);
        for (int shift = 60; shift >= 0; shift -= 4) {
            bytes[at++] = Utf8Text.hexDigit((int) (number >> shift));
        }
        length = at;
        return this;
    }

    /** Appends UTF-8 text as the content of a JSON string. */
    public JsonWriter escaped(byte[] text) {
        int from = 0;
        while (from < text.length) {
            int plain = Utf8Text.plainEnd(text, from, text.length);
            while (plain < text.length && text[plain] < 0) {
                plain = Utf8Text.plainEnd(text, plain + 1, text.length);
            }
            int at = reserve(plain - from + 6);
            System.arraycopy(text, from, bytes, at, plain - from);
            length = at + plain - from;
            if (plain < text.length) {
                length = Utf8Text.putEscape(bytes, length, text[plain++]);
            }
            from = plain;
        }
        return this;
    }

    /** Appends a Java string as the content of a JSON string. Unpaired surrogates are written as escapes. */
    public JsonWriter escaped(String text) {
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            i += Character.charCount(codePoint);
            int at = reserve(6);
            boolean half = codePoint >= 0xd800 && codePoint <= 0xdfff;
            length = half || codePoint < 0x20 || codePoint == '"' || codePoint == '\\'
                    ? Utf8Text.putEscape(bytes, at, codePoint)
                    : Utf8Text.put(bytes, at, codePoint);
        }
        return this;
    }

    /** Appends the base64 of bytes: standard alphabet, padded. */
    public JsonWriter base64(byte[] source) {
        return raw(Base64.getEncoder().encode(source));
    }

    /** Returns what was written, and discards it here. */
    public Buffer toBuffer() {
        Buffer written;
        if (length <= REUSED_BYTES_MAX) {
            written = Buffer.buffer(length).appendBytes(bytes, 0, length);
        } else {
            written = BufferInternal.buffer(Unpooled.wrappedBuffer(bytes, 0, length));
            bytes = new byte[1024];
        }
        length = 0;
        return written;
    }

    /** ASCII text as bytes, for constants. */
    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private int reserve(int more) {
        long needed = (long) length + more;
        if (needed > bytes.length) {
            if (needed > Integer.MAX_VALUE - 8) {
                throw new IllegalStateException("response is larger than 2 GiB");
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, 2L * bytes.length)));
        }
        return length;
    }
}
