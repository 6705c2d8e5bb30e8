package dev.sluice.runtime.catalog;

import java.util.Set;

/**
 * A token that was created at run time. The token itself is not known, only its hash.
 *
 * @param id 32 hexadecimal digits
 * @param name for people and logs
 * @param sha256 SHA-256 of the token, 64 lower-case hexadecimal digits
 * @param accounts account ids that it may use; {@code "*"} means all
 * @param write whether it may write
 * @param createdMillis when it was created, by the clock of the server
 * @param expiresMillis when it stops to be valid, by the same clock; {@link Long#MAX_VALUE} if it does not expire
 * @param lastUsedMillis when it was used last, to within an hour; 0 if it was not used
 */
public record StoredToken(
        String id,
        String name,
        String sha256,
        Set<String> accounts,
        boolean write,
        long createdMillis,
        long expiresMillis,
        long lastUsedMillis) {
    /** The longest name, in characters. */
    public static final int NAME_CHARS_MAX = 100;
    /** Accounts of one token. */
    public static final int ACCOUNTS_MAX = 100;

    StoredToken usedAt(long millis) {
        return new StoredToken(id, name, sha256, accounts, write, createdMillis, expiresMillis, millis);
    }

    @Override
    public String toString() {
        return "StoredToken[id=" + id + ", name=" + name + "]";
    }
}
