package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.Page;
import dev.sluice.api.auth.Principal;
import dev.sluice.api.http.Response;
import dev.sluice.config.Access;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Lists the accounts that a caller may use as memberships (docs/api.md 9). */
public final class ListMemberships implements Operation {
    private static final int PER_PAGE_DEFAULT = 50;
    private static final int PER_PAGE_MAX = 1000;

    private final AccessibleAccounts accounts;

    ListMemberships(AccessibleAccounts accounts) {
        this.accounts = accounts;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        Principal caller = call.caller();
        Page<String> page = Page.of(accounts.of(caller), call.query(), PER_PAGE_DEFAULT, PER_PAGE_MAX);
        return Future.succeededFuture(Envelope.list(page, accountId -> view(caller, accountId)));
    }

    private static JsonObject view(Principal caller, String accountId) {
        String role = caller.access() == Access.WRITE ? "Queues Write" : "Queues Read";
        return new JsonObject()
                .put("id", DerivedId.of("membership", caller.name(), accountId))
                .put("status", "accepted")
                .put("account", AccessibleAccounts.view(accountId))
                .put("roles", new JsonArray().add(role));
    }
}
