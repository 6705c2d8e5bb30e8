package dev.sluice.api.control;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.Page;
import dev.sluice.api.http.Response;
import io.vertx.core.Future;

/** Lists the accounts that a caller may use (docs/api.md 9). */
public final class ListAccounts implements Operation {
    private static final int PER_PAGE_DEFAULT = 50;
    private static final int PER_PAGE_MAX = 1000;

    private final AccessibleAccounts accounts;

    ListAccounts(AccessibleAccounts accounts) {
        this.accounts = accounts;
    }

    @Override
    public Future<Response> handle(OperationCall call) {
        Page<String> page = Page.of(accounts.of(call.caller()), call.query(), PER_PAGE_DEFAULT, PER_PAGE_MAX);
        return Future.succeededFuture(Envelope.list(page, AccessibleAccounts::view));
    }
}
