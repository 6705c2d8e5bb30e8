package dev.sluice.api.auth;

import java.util.Set;

/**
 * Who sends a request, as far as the credentials say.
 *
 * @param name name of the token in the configuration; fit for logs
 * @param email for {@code GET /user}, empty if the credential has none
 * @param accounts the accounts it may use; {@code "*"} stands for all
 */
public record Principal(String name, String email, Set<String> accounts, Access access) {
    /** Whether it may use that account. */
    public boolean mayUse(String accountId) {
        return accounts.contains("*") || accounts.contains(accountId);
    }
}
