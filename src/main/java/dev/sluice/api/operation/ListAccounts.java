package dev.sluice.api.operation;

import dev.sluice.api.Access;
import dev.sluice.api.Answer;
import dev.sluice.api.Call;
import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.Page;
import io.vertx.core.Future;

/** Lists the accounts that a caller may use (reference 9). */
public final class ListAccounts implements Operation {
    private static final int PER_PAGE_DEFAULT = 50;
    private static final int PER_PAGE_MAX = 1000;

    private final CallerAccounts accounts;

    /** An operation that asks these. */
    ListAccounts(CallerAccounts accounts) {
        this.accounts = accounts;
    }

    @Override
    public String operationId() {
        return "accounts-list";
    }

    @Override
    public Access access() {
        return Access.READ;
    }

    @Override
    public Future<Answer> answer(Call call) {
        Page<String> page = Page.of(accounts.of(call.caller()), call.query(), PER_PAGE_DEFAULT, PER_PAGE_MAX);
        return Future.succeededFuture(Envelope.list(page, CallerAccounts::view));
    }
}
