package dev.sluice.runtime.catalog;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.catalog.CatalogChange.ChangeContext;
import dev.sluice.runtime.catalog.CatalogChange.ChangeResult;
import java.util.List;
import java.util.Set;

/** Changes of the tokens that were created at run time. */
public final class TokenChanges {
    private TokenChanges() {}

    /**
     * Creates a token.
     *
     * @param lifetimeMillis time until it expires; 0 for never
     * @param nowMillis by the clock of the server
     */
    public record TokenCreation(
            String name, String sha256, Set<String> accounts, boolean write, long lifetimeMillis, long nowMillis)
            implements CatalogChange<StoredToken> {
        @Override
        public ChangeResult<StoredToken> decide(CatalogView catalog, ChangeContext context) {
            List<StoredToken> tokens = catalog.tokens().all();
            if (tokens.size() >= StoredTokens.COUNT_MAX) {
                throw new QueueException(
                        QueueError.REQUEST_INVALID,
                        "There are " + StoredTokens.COUNT_MAX + " tokens, the most there may be. Revoke one first.");
            }
            if (tokens.stream().anyMatch(token -> token.name().equals(name))) {
                throw new QueueException(QueueError.REQUEST_INVALID, "There is a token of this name already.");
            }
            StoredToken created = new StoredToken(
                    context.newId(),
                    name,
                    sha256,
                    accounts,
                    write,
                    nowMillis,
                    lifetimeMillis == 0 ? Long.MAX_VALUE : nowMillis + lifetimeMillis,
                    0);
            return ChangeResult.tokens(List.of(created), List.of(), created);
        }

        @Override
        public String toString() {
            return "TokenCreation[name=" + name + "]";
        }
    }

    /** Deletes a token, which is unknown from then on. */
    public record TokenRevocation(String id) implements CatalogChange<StoredToken> {
        @Override
        public ChangeResult<StoredToken> decide(CatalogView catalog, ChangeContext context) {
            StoredToken token = catalog.tokens().find(id);
            if (token == null) {
                throw new QueueException(QueueError.RESOURCE_UNKNOWN, "There is no token of this id.");
            }
            return ChangeResult.tokens(List.of(), List.of(token), token);
        }
    }

    /** Stores when tokens were used last. */
    record TokenUseStorage() implements CatalogChange<Boolean> {
        @Override
        public ChangeResult<Boolean> decide(CatalogView catalog, ChangeContext context) {
            return ChangeResult.tokens(catalog.tokens().withNewUse(), List.of(), true);
        }
    }
}
