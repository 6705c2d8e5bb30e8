package dev.sluice.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.fuzz.AllocationBound;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Paths, as in the request line. The fast router accepts exactly those that the templates of the contract describe
 * literally, with their operation and their ids. It leaves all others to the general router.
 */
public final class MessagePathFuzz {
    private record Expected(Route route, Pattern path) {}

    private static final Contract CONTRACT = ContractResponses.shared().contract();
    private static final List<Expected> EXPECTED = CONTRACT.routes().stream()
            .filter(route ->
                    route.scope() == Route.RouteScope.MESSAGES && route.method().equals(HttpMethod.POST))
            .map(route -> new Expected(route, pattern(route.template())))
            .toList();
    private static final MessageRouter ROUTES = new MessageRouter(StubOperation.table(), null);

    private MessagePathFuzz() {}

    private static Pattern pattern(String template) {
        String path = CONTRACT.basePath() + template;
        return Pattern.compile(path.replaceAll("\\{(\\w+)}", "([0-9A-Fa-f]{32})"));
    }

    /** Entry point of the fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        String path = new String(input, ISO_8859_1);
        RouteTable.Row row = AllocationBound.within(input.length, () -> ROUTES.row(path));
        RequestPath ids = row == null ? null : AllocationBound.within(input.length, () -> ROUTES.requestPath(path));
        String operation = ids == null ? "none" : row.route().operationId();
        for (Expected expected : EXPECTED) {
            Matcher matcher = expected.path().matcher(path);
            if (matcher.matches()) {
                require(operation.equals(expected.route().operationId()), path + " led to " + operation);
                String accountId = matcher.group(1).toLowerCase(Locale.ROOT);
                String queueId = matcher.group(2).toLowerCase(Locale.ROOT);
                require(accountId.equals(ids.accountId()), path + " named the account " + ids.accountId());
                require(queueId.equals(ids.queueId()), path + " named the queue " + ids.queueId());
                return;
            }
        }
        require(ids == null, path + " led to " + operation);
    }

    private static void require(boolean condition, String failure) {
        if (!condition) {
            throw new AssertionError(failure);
        }
    }
}
