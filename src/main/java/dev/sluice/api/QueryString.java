package dev.sluice.api;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decodes the query of a request. Pure. */
final class QueryString {
    private QueryString() {}

    /** Whether the query can be decoded; null can. */
    static boolean isWellFormed(@Nullable String query) {
        if (query == null || query.indexOf('%') < 0) {
            return true;
        }
        try {
            decode(query);
            return true;
        } catch (EdgeException e) {
            return false;
        }
    }

    /**
     * Decodes a query.
     *
     * @throws EdgeException HTTP_MALFORMED if its percent-encoding is invalid
     */
    static MultiMap decode(String query) {
        MultiMap parameters = MultiMap.caseInsensitiveMultiMap();
        try {
            Map<String, List<String>> decoded = new QueryStringDecoder(query, false).parameters();
            decoded.forEach(parameters::add);
        } catch (IllegalArgumentException e) {
            throw new EdgeException(EdgeError.HTTP_MALFORMED, "Query of the URL is not valid percent-encoding.");
        }
        return parameters;
    }
}
