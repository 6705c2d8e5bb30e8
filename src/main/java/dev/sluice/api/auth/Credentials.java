package dev.sluice.api.auth;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.config.Access;
import dev.sluice.config.AuthConfig;
import dev.sluice.config.Secret;
import dev.sluice.runtime.catalog.StoredToken;
import dev.sluice.runtime.catalog.StoredTokens;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates against the configured credentials (docs/api.md 1.3): {@code Authorization: Bearer}, or {@code
 * X-Auth-Email} and {@code X-Auth-Key} together.
 *
 * <p>Only the SHA-256 of a secret is known. Every check compares with every configured credential, in constant time. If
 * a request carries both forms, as some SDKs send them, the pair is checked first, and either form is enough. A pair
 * with one half missing is ignored. Emails are compared without regard to case.
 *
 * <p>Tokens that were created at run time are accepted beside the configured ones. Every request uses the credentials of
 * that moment: one that was revoked, has expired or is not configured any more is refused also on an open connection.
 * One instance per event loop.
 */
public final class Credentials implements Authenticator {
    /** @param storedId id of a token that was created at run time; null for a configured credential */
    private record HashedCredential(
            Principal caller, byte[] sha256, byte[] email, long expiresMillis, @Nullable String storedId) {}

    /** The longest token, key or email. Longer ones are refused without a check. */
    private static final int SECRET_CHARS_MAX = 1024;

    private static final int CREDENTIAL_ID_CHARS = 16;
    private static final String SCHEME = "bearer";
    private static final CharSequence EMAIL = HttpHeaders.createOptimized("x-auth-email");
    private static final CharSequence KEY = HttpHeaders.createOptimized("x-auth-key");

    private final MessageDigest sha256 = newSha256();
    private final Supplier<AuthConfig> configured;
    private final Optional<AuthConfig.TokenConfig> further;
    private final StoredTokens stored;
    private final LongSupplier nowMillis;

    /** What {@link #tokens} and {@link #pairs} were made of. */
    private AuthConfig configuredNow;

    private List<StoredToken> storedNow;
    private HashedCredential[] tokens;
    private HashedCredential[] pairs;

    /**
     * Accepts the configured credentials and one more token.
     *
     * @throws IllegalArgumentException if a hash is not 64 hexadecimal digits
     */
    public Credentials(AuthConfig configured, Optional<AuthConfig.TokenConfig> further) {
        this(() -> configured, further, new StoredTokens(), () -> 0);
    }

    /**
     * Accepts the configured credentials of the moment, one more token, and those that were created at run time.
     *
     * @param nowMillis the clock by which tokens expire
     * @throws IllegalArgumentException if a hash is not 64 hexadecimal digits
     */
    public Credentials(
            Supplier<AuthConfig> configured,
            Optional<AuthConfig.TokenConfig> further,
            StoredTokens stored,
            LongSupplier nowMillis) {
        this.configured = configured;
        this.further = further;
        this.stored = stored;
        this.nowMillis = nowMillis;
        this.configuredNow = configured.get();
        this.storedNow = stored.all();
        this.tokens = hashedTokens();
        this.pairs = hashedPairs();
    }

    /** Both sources give another object after a change, so nothing is compared but references. */
    @SuppressWarnings("ReferenceEquality")
    private void refresh() {
        AuthConfig nextConfigured = configured.get();
        List<StoredToken> nextStored = stored.all();
        if (nextConfigured != configuredNow || nextStored != storedNow) {
            configuredNow = nextConfigured;
            storedNow = nextStored;
            tokens = hashedTokens();
            pairs = hashedPairs();
        }
    }

    private HashedCredential[] hashedTokens() {
        List<AuthConfig.TokenConfig> byHash = new ArrayList<>(configuredNow.tokens());
        configuredNow.token().ifPresent(token -> byHash.add(withAllRights("auth.token", token)));
        further.ifPresent(byHash::add);
        return Stream.concat(
                        byHash.stream().map(token -> hashed(token, "")),
                        storedNow.stream().map(Credentials::hashed))
                .toArray(HashedCredential[]::new);
    }

    private HashedCredential[] hashedPairs() {
        return configuredNow.emailAndKey().stream()
                .map(pair -> hashed(withAllRights("auth.email", pair.key()), pair.email()))
                .toArray(HashedCredential[]::new);
    }

    private static AuthConfig.TokenConfig withAllRights(String name, Secret secret) {
        return new AuthConfig.TokenConfig(name, sha256Hex(secret.value()), Set.of("*"), Access.WRITE);
    }

    private static HashedCredential hashed(AuthConfig.TokenConfig secret, String email) {
        return new HashedCredential(
                callerOf(secret, email), hash(secret.name(), secret.sha256()), emailBytes(email), Long.MAX_VALUE, null);
    }

    private static HashedCredential hashed(StoredToken token) {
        Access access = token.write() ? Access.WRITE : Access.READ;
        return new HashedCredential(
                new Principal(token.name(), "", token.accounts(), access, token.id()),
                hash(token.name(), token.sha256()),
                emailBytes(""),
                token.expiresMillis(),
                token.id());
    }

    private static Principal callerOf(AuthConfig.TokenConfig secret, String email) {
        // The hash of the hash, so that the id is of no use to anybody who sees it.
        String id = sha256Hex(secret.sha256().toLowerCase(Locale.ROOT)).substring(0, CREDENTIAL_ID_CHARS);
        return new Principal(secret.name(), email, Set.copyOf(secret.accounts()), secret.access(), id);
    }

    /** The caller that a configured token identifies. */
    public static Principal callerOf(AuthConfig.TokenConfig token) {
        return callerOf(token, "");
    }

    /** SHA-256 of a secret as the configuration holds it: 64 lower-case hexadecimal digits over its UTF-8 bytes. */
    public static String sha256Hex(String secret) {
        return HexFormat.of().formatHex(newSha256().digest(secret.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public Principal authenticate(HttpServerRequest request) {
        refresh();
        String key = request.getHeader(KEY);
        String email = key == null ? null : request.getHeader(EMAIL);
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (email == null && authorization == null) {
            throw new EdgeException(EdgeError.CREDENTIALS_MISSING);
        }
        Principal caller = email == null ? null : ofPair(email, key);
        if (caller == null && authorization != null) {
            caller = ofAuthorization(authorization);
        }
        if (caller == null) {
            throw new EdgeException(EdgeError.NOT_AUTHORIZED);
        }
        return caller;
    }

    private @Nullable Principal ofPair(String email, String key) {
        if (email.length() > SECRET_CHARS_MAX || key.isEmpty() || key.length() > SECRET_CHARS_MAX) {
            return null;
        }
        return find(pairs, digest(key), emailBytes(email));
    }

    private @Nullable Principal ofAuthorization(String authorization) {
        int schemeEnd = SCHEME.length();
        if (authorization.length() > schemeEnd + SECRET_CHARS_MAX
                || authorization.length() <= schemeEnd
                || authorization.charAt(schemeEnd) != ' '
                || !authorization.regionMatches(true, 0, SCHEME, 0, schemeEnd)) {
            return null;
        }
        String token = authorization.substring(schemeEnd).strip();
        return token.isEmpty() ? null : find(tokens, digest(token), new byte[0]);
    }

    @Override
    public boolean isCurrent(Principal caller) {
        refresh();
        return Stream.of(tokens, pairs)
                .flatMap(Stream::of)
                .anyMatch(candidate -> candidate.caller.equals(caller) && isUsable(candidate));
    }

    private boolean isUsable(HashedCredential credential) {
        if (credential.storedId == null) {
            return true;
        }
        long now = nowMillis.getAsLong();
        if (now >= credential.expiresMillis) {
            return false;
        }
        stored.used(credential.storedId, now);
        return true;
    }

    private @Nullable Principal find(HashedCredential[] known, byte[] hash, byte[] email) {
        HashedCredential found = null;
        for (HashedCredential candidate : known) {
            boolean sameHash = MessageDigest.isEqual(candidate.sha256, hash);
            boolean sameEmail = MessageDigest.isEqual(candidate.email, email);
            if (sameHash && sameEmail) {
                found = candidate;
            }
        }
        return found != null && isUsable(found) ? found.caller : null;
    }

    /** Netty decodes header values to one char per byte, so this hashes the bytes that were sent. */
    private byte[] digest(String secret) {
        return sha256.digest(secret.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static byte[] emailBytes(String email) {
        return email.strip().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] hash(String name, String hex) {
        if (hex.length() != 64) {
            throw new IllegalArgumentException("the SHA-256 of " + name + " must have 64 hexadecimal digits");
        }
        return HexFormat.of().parseHex(hex);
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
