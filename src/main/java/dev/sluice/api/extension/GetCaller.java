package dev.sluice.api.extension;

import dev.sluice.api.Envelope;
import dev.sluice.api.Operation;
import dev.sluice.api.OperationCall;
import dev.sluice.api.auth.Principal;
import dev.sluice.api.http.Response;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** Shows what the credential of the request may do. */
public final class GetCaller implements Operation {
    @Override
    public Future<Response> handle(OperationCall call) {
        Principal caller = call.caller();
        return Future.succeededFuture(Envelope.of(new JsonObject()
                .put("name", caller.name())
                .put("access", caller.access().name().toLowerCase(Locale.ROOT))
                .put("accounts", new JsonArray(List.copyOf(new TreeSet<>(caller.accounts()))))));
    }
}
