package dev.sluice.api.operation;

import dev.sluice.api.Caller;
import dev.sluice.runtime.Catalog;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.TreeSet;

/** The accounts that a caller may use, as far as they can be listed. */
final class CallerAccounts {
    private static final String ALL = "*";

    private final Catalog catalog;
    private final String defaultAccountId;

    CallerAccounts(Catalog catalog, String defaultAccountId) {
        this.catalog = catalog;
        this.defaultAccountId = defaultAccountId;
    }

    /** Those of the credentials; if these are good for any account, those that are known to exist. */
    List<String> of(Caller caller) {
        TreeSet<String> accounts = new TreeSet<>(caller.accounts());
        if (accounts.remove(ALL)) {
            accounts.addAll(catalog.accounts());
            if (!defaultAccountId.isEmpty()) {
                accounts.add(defaultAccountId);
            }
        }
        return List.copyOf(accounts);
    }

    /** An account as clients see it. Accounts have no names of their own here. */
    static JsonObject view(String accountId) {
        return new JsonObject().put("id", accountId).put("name", accountId);
    }
}
