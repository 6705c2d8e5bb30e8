package dev.sluice.api.auth;

import dev.sluice.config.Access;
import java.util.Set;

/**
 * The caller of a request, as its credential identifies it.
 *
 * @param name name of the credential in the configuration; may be logged
 * @param email for {@code GET /user}, empty if the credential has none
 * @param accounts the accounts it may use; {@code "*"} stands for all
 * @param credentialId identifies the credential, also after another one has got its name; empty if that is not needed
 */
public record Principal(String name, String email, Set<String> accounts, Access access, String credentialId) {
    /** A caller whose credential never changes. */
    public Principal(String name, String email, Set<String> accounts, Access access) {
        this(name, email, accounts, access, "");
    }

    /** Whether the caller may use that account. */
    public boolean mayUse(String accountId) {
        return accounts.contains("*") || accounts.contains(accountId);
    }
}
