package dev.sluice.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The configured credentials.
 *
 * @param token a token with full rights on every account
 * @param emailAndKey a global API key with the same rights, for clients that send X-Auth-Email and X-Auth-Key
 * @param tokens tokens that are configured by their hash, with their rights
 * @param account the account of declared queues that name none, if it is configured
 */
public record AuthConfig(
        Optional<Secret> token, Optional<EmailAndKey> emailAndKey, List<TokenConfig> tokens, Optional<String> account) {
    /** Whether no credential is configured. */
    public boolean isEmpty() {
        return token.isEmpty() && emailAndKey.isEmpty() && tokens.isEmpty();
    }

    /**
     * A global API key.
     *
     * @param email value of X-Auth-Email
     * @param key value of X-Auth-Key
     */
    public record EmailAndKey(String email, Secret key) {}

    /**
     * A token that is configured by its hash.
     *
     * @param name the name in logs and metrics
     * @param sha256 SHA-256 of the token, 64 lower-case hexadecimal digits
     * @param accounts account ids that it may use; {@code *} means all
     * @param access its rights
     */
    public record TokenConfig(String name, String sha256, Set<String> accounts, Access access) {
        @Override
        public String toString() {
            return "Token[name=" + name + ", accounts=" + accounts + ", access=" + access + "]";
        }
    }
}
