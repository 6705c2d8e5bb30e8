package dev.sluice.api.control;

import dev.sluice.api.auth.Principal;
import dev.sluice.runtime.catalog.Catalog;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.TreeSet;

/** The accounts that a caller may use, as far as they can be listed. */
final class AccessibleAccounts {
    private static final String ALL = "*";

    private final Catalog catalog;
    private final String defaultAccountId;

    AccessibleAccounts(Catalog catalog, String defaultAccountId) {
        this.catalog = catalog;
        this.defaultAccountId = defaultAccountId;
    }

    /** The accounts of the credentials. If these are valid for all accounts, the accounts that are known. */
    List<String> of(Principal caller) {
        TreeSet<String> accounts = new TreeSet<>(caller.accounts());
        if (accounts.remove(ALL)) {
            accounts.addAll(catalog.accounts());
            if (!defaultAccountId.isEmpty()) {
                accounts.add(defaultAccountId);
            }
        }
        return List.copyOf(accounts);
    }

    /** An account as JSON. Accounts have no names of their own, so the id is shown as the name. */
    static JsonObject view(String accountId) {
        return new JsonObject().put("id", accountId).put("name", accountId);
    }
}
