package dev.sluice.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.fuzz.AllocationBound;
import io.vertx.core.MultiMap;
import java.net.URLDecoder;
import java.util.Collections;
import java.util.List;

/** Query strings are decoded as the JDK decodes them, or refused, and every decoded one selects a page of a list. */
public final class QueryStringFuzz {
    private static final List<Integer> ITEMS = Collections.nCopies(1_000, 0);

    private QueryStringFuzz() {}

    /** Entry point of the fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        String query = new String(input, UTF_8);
        MultiMap decoded = null;
        try {
            decoded = AllocationBound.within(input.length, () -> QueryString.decode(query));
        } catch (EdgeException refusal) {
            require(refusal.error() == EdgeError.HTTP_MALFORMED, "it is refused as " + refusal.error());
        }
        require(QueryString.isWellFormed(query) == (decoded != null), "two verdicts on one query");
        if (decoded == null) {
            return;
        }
        boolean plain =
                input.length < 500 && query.chars().noneMatch(c -> c == '#' || c == ';') && !query.startsWith("?");
        for (String pair : plain ? query.split("&") : new String[0]) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                String value = URLDecoder.decode(pair.substring(equals + 1), UTF_8);
                String name = URLDecoder.decode(pair.substring(0, equals), UTF_8);
                require(decoded.getAll(name).contains(value), "a parameter is lost: " + pair);
            }
        }
        Page<Integer> page = Page.of(ITEMS, decoded, 20, 100);
        require(page.number() >= 1 && page.size() >= 1 && page.size() <= 100, "no such page: " + page.number());
        require(page.items().size() <= page.size() && page.totalPages() >= 1, "too many items on a page");
    }

    private static void require(boolean condition, String failure) {
        if (!condition) {
            throw new AssertionError(failure);
        }
    }
}
