package dev.sluice.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The configured credentials.
 *
 * @param token a token with full rights on every account
 * @param emailAndKey the same for clients that send X-Auth-Email and X-Auth-Key
 * @param tokens tokens known by their hash, with the rights they have
 */
public record AuthConfig(Optional<Secret> token, Optional<EmailAndKey> emailAndKey, List<TokenConfig> tokens) {
    /** Whether nobody could get in with what is configured. */
    public boolean isEmpty() {
        return token.isEmpty() && emailAndKey.isEmpty() && tokens.isEmpty();
    }

    /**
     * A global key.
     *
     * @param email value of X-Auth-Email
     * @param key value of X-Auth-Key
     */
    public record EmailAndKey(String email, Secret key) {}

    /**
     * A token, known by its hash.
     *
     * @param name for logs and metrics
     * @param sha256 SHA-256 of the token, 64 lower-case hexadecimal digits
     * @param accounts account ids it may use; {@code *} stands for all
     * @param access what it may do
     */
    public record TokenConfig(String name, String sha256, Set<String> accounts, TokenAccess access) {
        @Override
        public String toString() {
            return "Token[name=" + name + ", accounts=" + accounts + ", access=" + access + "]";
        }
    }

    /** What a token may do. */
    public enum TokenAccess {
        READ,
        /** Reading as well. */
        WRITE
    }
}
