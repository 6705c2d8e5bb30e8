package dev.sluice.api.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sessions of the console. A caller with a credential gets a one-time code; the page exchanges it for a session, which
 * has the rights of that credential. So a link never contains a token. Kept in memory: a restart ends all sessions.
 * Safe for use from several threads.
 */
public final class ConsoleSessions {
    /** How long a code can be exchanged. */
    public static final long CODE_MINUTES = 10;
    /** How long a session lasts. */
    public static final long SESSION_HOURS = 8;
    /** Begins every session token, so that other tokens are not looked up here. */
    static final String PREFIX = "sluice-session-";

    private static final int CODES_MAX = 100;
    private static final int SESSIONS_MAX = 1_000;
    private static final int SECRET_BYTES = 32;

    private final SecureRandom random = new SecureRandom();
    private final LongSupplier nanoTime;
    private final ExpiringCallers codes = new ExpiringCallers(CODES_MAX, TimeUnit.MINUTES.toNanos(CODE_MINUTES));
    private final ExpiringCallers sessions = new ExpiringCallers(SESSIONS_MAX, TimeUnit.HOURS.toNanos(SESSION_HOURS));

    /** @param nanoTime as {@link System#nanoTime} */
    public ConsoleSessions(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** A new code for a caller. */
    public synchronized String newCode(Principal caller) {
        String code = secret();
        codes.put(hash(code), caller, nanoTime.getAsLong());
        return code;
    }

    /** Exchanges a code for the token of a new session; empty if the code is unknown, used or too old. */
    public synchronized Optional<String> exchange(String code) {
        long now = nanoTime.getAsLong();
        @Nullable Principal caller = codes.remove(hash(code), now);
        if (caller == null) {
            return Optional.empty();
        }
        String token = PREFIX + secret();
        sessions.put(hash(token), caller, now);
        return Optional.of(token);
    }

    /** The caller of a session, or null. */
    synchronized @Nullable Principal find(String token) {
        return sessions.get(hash(token), nanoTime.getAsLong());
    }

    private String secret() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Only hashes are kept, so that the time of a lookup says nothing about a secret. */
    private static String hash(String secret) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** Callers by the hash of a secret. At the maximum the oldest one makes room. */
    private static final class ExpiringCallers {
        private record ExpiringCaller(Principal caller, long sinceNanos) {}

        private final int countMax;
        private final long lifetimeNanos;
        private final Map<String, ExpiringCaller> entries = new HashMap<>();
        private final ArrayDeque<String> byAge = new ArrayDeque<>();

        ExpiringCallers(int countMax, long lifetimeNanos) {
            this.countMax = countMax;
            this.lifetimeNanos = lifetimeNanos;
        }

        void put(String hash, Principal caller, long nowNanos) {
            while (byAge.size() >= countMax) {
                entries.remove(byAge.remove());
            }
            entries.put(hash, new ExpiringCaller(caller, nowNanos));
            byAge.add(hash);
        }

        @Nullable
        Principal get(String hash, long nowNanos) {
            @Nullable ExpiringCaller entry = entries.get(hash);
            return entry == null || nowNanos - entry.sinceNanos() > lifetimeNanos ? null : entry.caller();
        }

        @Nullable
        Principal remove(String hash, long nowNanos) {
            @Nullable Principal caller = get(hash, nowNanos);
            entries.remove(hash);
            byAge.remove(hash);
            return caller;
        }
    }
}
