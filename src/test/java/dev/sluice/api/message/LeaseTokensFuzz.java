package dev.sluice.api.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.queue.LeaseId;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tokens. An accepted token is, character by character, the token that an installation with this key issues for that
 * delivery. The input is used as a token, as a payload with a valid MAC, and as edits of a valid token.
 */
public final class LeaseTokensFuzz {
    private static final byte[] KEY = Arrays.copyOf(new byte[] {1, 2, 3}, 32);
    private static final LeaseTokens TOKENS = new LeaseTokens(KEY);
    private static final LeaseTokens FOREIGN = new LeaseTokens(new byte[32]);
    private static final int NUMBERS_BYTES = 2 * Long.BYTES + Integer.BYTES;

    private LeaseTokensFuzz() {}

    /** Entry point of the fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        for (LeaseTokens.TokenKind kind : LeaseTokens.TokenKind.values()) {
            check(kind, 1, new String(input, UTF_8));
            check(kind, 1, new String(input, ISO_8859_1));
            check(kind, 1, signed(kind, input));
        }
        if (input.length >= NUMBERS_BYTES) {
            ByteBuffer numbers = ByteBuffer.wrap(input);
            issued(numbers.getLong(), numbers.getLong(), numbers.getInt(), Arrays.copyOfRange(input, 20, input.length));
        }
    }

    private static void issued(long queueNumber, long seq, int delivery, byte[] edits) {
        long queue = queueNumber & Long.MAX_VALUE;
        LeaseId lease = new LeaseId(seq & Long.MAX_VALUE, delivery & Integer.MAX_VALUE);
        String token = TOKENS.encode(LeaseTokens.TokenKind.LEASE, queue, lease.seq(), lease.delivery());
        require(lease.equals(TOKENS.decode(LeaseTokens.TokenKind.LEASE, queue, token)), "an issued token is refused");
        require(token.length() <= LeaseTokens.CHARS_MAX, "a token is too long");
        require(TOKENS.decode(LeaseTokens.TokenKind.REF, queue, token) == null, "a lease passes for a ref");
        require(TOKENS.decode(LeaseTokens.TokenKind.LEASE, queue ^ 1, token) == null, "it passes for another queue");
        require(FOREIGN.decode(LeaseTokens.TokenKind.LEASE, queue, token) == null, "it passes in another installation");
        StringBuilder edited = new StringBuilder(token);
        for (int i = 0; i + 1 < edits.length; i += 2) {
            edited.setCharAt((edits[i] & 0xff) % edited.length(), (char) (edits[i + 1] & 0xff));
        }
        check(LeaseTokens.TokenKind.LEASE, queue, edited.toString());
    }

    private static void check(LeaseTokens.TokenKind kind, long queueNumber, String token) {
        LeaseId read = TOKENS.decode(kind, queueNumber, token);
        if (read != null) {
            String issued = signed(kind, payload(queueNumber, read.seq(), read.delivery()));
            require(token.equals(issued), "a token is accepted that was not issued: " + token);
        }
    }

    private static byte[] payload(long... numbers) {
        ByteBuffer payload = ByteBuffer.allocate(30);
        for (long number : numbers) {
            long rest = number;
            for (; rest >>> 7 != 0; rest >>>= 7) {
                payload.put((byte) (rest | 0x80));
            }
            payload.put((byte) rest);
        }
        return Arrays.copyOf(payload.array(), payload.position());
    }

    /** A token according to the documentation of {@link LeaseTokens}, implemented independently. */
    private static String signed(LeaseTokens.TokenKind kind, byte[] payload) {
        String prefix = kind == LeaseTokens.TokenKind.LEASE ? "lse1." : "ref1.";
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
            mac.update(prefix.getBytes(ISO_8859_1));
            byte[] signature = Arrays.copyOf(mac.doFinal(payload), 16);
            Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
            return prefix + base64.encodeToString(payload) + '.' + base64.encodeToString(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void require(boolean condition, String failure) {
        if (!condition) {
            throw new AssertionError(failure);
        }
    }
}
