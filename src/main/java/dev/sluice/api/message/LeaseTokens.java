package dev.sluice.api.message;

import dev.sluice.queue.LeaseId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and verifies the tokens that identify a delivery ({@code lease_id}) or a message ({@code ref}) on the wire
 * (docs/api.md 1.1, 11.6): {@code lse1.<payload>.<mac>}, base64url without padding.
 *
 * <p>The payload is queue number, seq and delivery as variable-length integers. The MAC is HMAC-SHA-256 over kind and
 * payload under the key of the installation, cut to 16 bytes. So a token needs no table, remains valid after a restart,
 * and cannot be forged or used for another queue or installation. Only the canonical encoding of a token is accepted.
 * Takes one to two microseconds each way. Not thread-safe: one instance per event loop.
 */
public final class LeaseTokens {
    /** What a token identifies. A token of one kind is never valid as the other. */
    public enum TokenKind {
        /** A delivery: {@code lease_id} of a pull. */
        LEASE("lse1."),
        /** A message: {@code ref} of a peek, {@code lease_id} of a preview. */
        REF("ref1.");

        @SuppressWarnings("ImmutableEnumChecker") // Private and never changed.
        private final byte[] prefix;

        TokenKind(String prefix) {
            this.prefix = prefix.getBytes(StandardCharsets.US_ASCII);
        }
    }

    /** The most characters of a token. */
    public static final int CHARS_MAX = 64;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int PREFIX_BYTES = 5;
    private static final int MAC_BYTES = 16;
    private static final int PAYLOAD_BYTES_MAX = 25;
    private static final int PAYLOAD_CHARS_MAX = 33;
    private static final byte[] DIGITS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VALUES = new byte[128];

    static {
        Arrays.fill(VALUES, (byte) -1);
        for (int i = 0; i < DIGITS.length; i++) {
            VALUES[DIGITS[i]] = (byte) i;
        }
    }

    private final Mac mac;
    private final byte[] macBytes = new byte[32];
    private final byte[] payload = new byte[PAYLOAD_BYTES_MAX];
    private final byte[] expected = new byte[CHARS_MAX];

    /**
     * Tokens with this key.
     *
     * @param key key of the installation, at least 16 random bytes
     */
    public LeaseTokens(byte[] key) {
        if (key.length < 16) {
            throw new IllegalArgumentException("the key for lease tokens must have at least 16 bytes");
        }
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, e);
        }
    }

    /** The token of a delivery or a message. */
    public String encode(TokenKind kind, long queueNumber, long seq, int delivery) {
        byte[] token = new byte[CHARS_MAX];
        int length = encode(kind, queueNumber, seq, delivery, token, 0);
        return new String(token, 0, length, StandardCharsets.ISO_8859_1);
    }

    /**
     * Writes a token as ASCII into {@code target}, which must have {@link #CHARS_MAX} bytes from {@code at} on.
     *
     * @return the index after it
     */
    public int encode(TokenKind kind, long queueNumber, long seq, int delivery, byte[] target, int at) {
        int payloadBytes = putVarint(0, queueNumber);
        payloadBytes = putVarint(payloadBytes, seq);
        payloadBytes = putVarint(payloadBytes, delivery & 0xffffffffL);
        mac.update(kind.prefix);
        mac.update(payload, 0, payloadBytes);
        try {
            mac.doFinal(macBytes, 0);
        } catch (ShortBufferException e) {
            throw new IllegalStateException("a MAC has 32 bytes", e);
        }
        System.arraycopy(kind.prefix, 0, target, at, PREFIX_BYTES);
        int to = putBase64(payload, payloadBytes, target, at + PREFIX_BYTES);
        target[to++] = '.';
        return putBase64(macBytes, MAC_BYTES, target, to);
    }

    /**
     * What a token identifies, or null if this installation did not issue it for this queue and kind.
     *
     * <p>Decodes the payload, encodes the token again and compares the two in constant time.
     */
    public @Nullable LeaseId decode(TokenKind kind, long queueNumber, String token) {
        if (token.length() > CHARS_MAX) {
            return null;
        }
        byte[] given = token.getBytes(StandardCharsets.ISO_8859_1);
        int payloadBytes = readPayload(token);
        long[] numbers = new long[3];
        if (!readVarints(payloadBytes, numbers) || numbers[0] != queueNumber || numbers[2] > Integer.MAX_VALUE) {
            return null;
        }
        int delivery = (int) numbers[2];
        int length = encode(kind, queueNumber, numbers[1], delivery, expected, 0);
        boolean same = MessageDigest.isEqual(Arrays.copyOf(expected, length), given);
        return same ? new LeaseId(numbers[1], delivery) : null;
    }

    private int putVarint(int at, long number) {
        int to = at;
        long rest = number;
        while ((rest & ~0x7fL) != 0) {
            payload[to++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        payload[to++] = (byte) rest;
        return to;
    }

    /**
     * Decodes the part between prefix and dot into {@link #payload}. Returns the number of bytes, 0 if it is invalid.
     */
    private int readPayload(String token) {
        int dot = token.indexOf('.', PREFIX_BYTES);
        if (dot < 0 || dot > PREFIX_BYTES + PAYLOAD_CHARS_MAX) {
            return 0;
        }
        int bytes = 0;
        int bits = 0;
        int buffer = 0;
        for (int i = PREFIX_BYTES; i < dot; i++) {
            char c = token.charAt(i);
            int value = c < VALUES.length ? VALUES[c] : -1;
            if (value < 0) {
                return 0;
            }
            buffer = (buffer << 6 | value) & 0xffff;
            bits += 6;
            if (bits >= 8) {
                bits -= 8;
                payload[bytes++] = (byte) (buffer >> bits);
            }
        }
        return bytes;
    }

    private boolean readVarints(int bytes, long[] numbers) {
        int at = 0;
        for (int i = 0; i < numbers.length; i++) {
            long number = 0;
            int shift = 0;
            byte next;
            do {
                if (at == bytes || shift > 56) {
                    return false;
                }
                next = payload[at++];
                number |= (next & 0x7fL) << shift;
                shift += 7;
            } while (next < 0);
            numbers[i] = number;
        }
        return at == bytes;
    }

    private static int putBase64(byte[] source, int length, byte[] target, int at) {
        int to = at;
        int bits = 0;
        int buffer = 0;
        for (int i = 0; i < length; i++) {
            buffer = buffer << 8 | source[i] & 0xff;
            bits += 8;
            while (bits >= 6) {
                bits -= 6;
                target[to++] = DIGITS[buffer >> bits & 0x3f];
            }
            buffer &= (1 << bits) - 1;
        }
        if (bits > 0) {
            target[to++] = DIGITS[buffer << 6 - bits & 0x3f];
        }
        return to;
    }
}
