package dev.sluice.api.extension;

import dev.sluice.api.OperationCall;
import dev.sluice.api.auth.Principal;
import dev.sluice.api.control.Timestamps;
import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.config.AuthConfig;
import dev.sluice.runtime.bus.CatalogClient;
import dev.sluice.runtime.catalog.StoredToken;
import dev.sluice.runtime.catalog.StoredTokens;
import dev.sluice.runtime.clock.ContinuousClock;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the operations on tokens share: who may use them, and how a token is shown. Safe for use from several threads.
 *
 * @param tokens those that were created at run time
 * @param changes creates and revokes them
 * @param configured the credentials of the configuration
 * @param isOwner whether a caller may use every account, so that no token can have more rights than its creator
 * @param clock converts times for display
 */
public record TokenAdministration(
        StoredTokens tokens,
        CatalogClient changes,
        Supplier<AuthConfig> configured,
        Predicate<Principal> isOwner,
        ContinuousClock clock) {
    void requireOwner(OperationCall call) {
        if (!isOwner.test(call.caller())) {
            throw new EdgeException(
                    EdgeError.NOT_AUTHORIZED, "Authentication error: tokens need a credential for every account.");
        }
    }

    JsonObject view(StoredToken token) {
        long lastUsed = tokens.lastUsedMillis(token);
        boolean isEndless = token.expiresMillis() == Long.MAX_VALUE;
        return view(token.id(), token.name(), token.accounts(), token.write())
                .put("source", "stored")
                .put("created_at", time(token.createdMillis()))
                .put("expires_at", isEndless ? null : time(token.expiresMillis()))
                .put("expired", !isEndless && clock.nowMillis() >= token.expiresMillis())
                .put("last_used_at", lastUsed == 0 ? null : time(lastUsed));
    }

    JsonObject view(String name, Set<String> accounts, boolean write) {
        return view(null, name, accounts, write)
                .put("source", "configuration")
                .put("created_at", null)
                .put("expires_at", null)
                .put("expired", false)
                .put("last_used_at", null);
    }

    private static JsonObject view(@Nullable String id, String name, Set<String> accounts, boolean write) {
        return new JsonObject()
                .put("id", id)
                .put("name", name)
                .put("accounts", new JsonArray(new TreeSet<>(accounts).stream().toList()))
                .put("access", write ? "write" : "read");
    }

    private String time(long millis) {
        return Timestamps.ofMillis(clock.wallMillis(millis));
    }
}
