package dev.sluice.runtime;

import io.netty.util.AsciiString;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Ids of requests, which link a response to the lines of the log: the header {@code x-request-id}. A client may choose
 * the id. Otherwise it is a random prefix of this object and a number, which costs no random numbers per request.
 *
 * <p>Not safe for use from several threads; each event loop has its own.
 */
public final class RequestIds {
    /** The name of the header of requests and responses. */
    public static final CharSequence HEADER = HttpHeaders.createOptimized("x-request-id");

    private static final int TAKEN_CHARS_MAX = 128;
    private static final int PREFIX_CHARS = 8;
    private static final int DIGIT_BITS = 5;
    private static final byte[] DIGITS = "0123456789abcdefghijklmnopqrstuv".getBytes(StandardCharsets.US_ASCII);

    private final byte[] prefix = new byte[PREFIX_CHARS + 1];
    private long last;

    /** Ids with a new prefix. */
    public RequestIds() {
        long random = ThreadLocalRandom.current().nextLong();
        for (int i = 0; i < PREFIX_CHARS; i++) {
            prefix[i] = digit(random >>> i * DIGIT_BITS);
        }
        prefix[PREFIX_CHARS] = '-';
    }

    /** A new id of visible ASCII characters. */
    public CharSequence next() {
        last++;
        int digits = (Long.SIZE - Long.numberOfLeadingZeros(last) + DIGIT_BITS - 1) / DIGIT_BITS;
        byte[] id = new byte[prefix.length + digits];
        System.arraycopy(prefix, 0, id, 0, prefix.length);
        long rest = last;
        for (int i = id.length - 1; i >= prefix.length; i--) {
            id[i] = digit(rest);
            rest >>>= DIGIT_BITS;
        }
        return new AsciiString(id, false);
    }

    /** The id that the client has chosen if it is acceptable, else a new one. */
    public CharSequence takeOrMake(@Nullable CharSequence chosen) {
        return chosen != null && isAcceptable(chosen) ? chosen : next();
    }

    /** Whether an id is short and cannot be misread in a log: 1 to 128 letters, digits and some marks. */
    static boolean isAcceptable(CharSequence id) {
        if (id.isEmpty() || id.length() > TAKEN_CHARS_MAX) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            if (!isAcceptable(id.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAcceptable(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-_.:/+=@".indexOf(c) >= 0;
    }

    private static byte digit(long bits) {
        return DIGITS[(int) (bits & DIGITS.length - 1)];
    }
}
