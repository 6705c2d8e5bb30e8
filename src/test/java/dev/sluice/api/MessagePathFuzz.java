package dev.sluice.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.fuzz.AllocationBound;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Paths, as they stand in the first line of a request: the short way takes exactly those that the contract's templates
 * describe literally, to the operation and with the ids that they name; everything else it leaves to the router.
 */
public final class MessagePathFuzz {
    private record Expected(Route route, Pattern path) {}

    private static final Contract CONTRACT = ContractAnswers.shared().contract();
    private static final List<Expected> EXPECTED = CONTRACT.routes().stream()
            .filter(route -> route.scope() == Route.RouteScope.MESSAGES && route.method() == HttpMethod.POST)
            .map(route -> new Expected(route, pattern(route.template())))
            .toList();
    private static final MessageRouter ROUTES = new MessageRouter(
            CONTRACT,
            null,
            CONTRACT.routes().stream()
                    .map(route -> new OperationBinding(route, null, null))
                    .toList());

    private MessagePathFuzz() {}

    private static Pattern pattern(String template) {
        String path = CONTRACT.basePath() + template;
        return Pattern.compile(path.replaceAll("\\{(\\w+)}", "([0-9A-Fa-f]{32})"));
    }

    /** One execution. */
    public static void fuzzerTestOneInput(byte[] input) {
        String path = new String(input, ISO_8859_1);
        OperationBinding binding = AllocationBound.within(input.length, () -> ROUTES.binding(path));
        RequestPath place =
                binding == null ? null : AllocationBound.within(input.length, () -> ROUTES.requestPath(path));
        String operation = place == null ? "none" : binding.route().operationId();
        for (Expected expected : EXPECTED) {
            Matcher matcher = expected.path().matcher(path);
            if (matcher.matches()) {
                demand(operation.equals(expected.route().operationId()), path + " led to " + operation);
                String accountId = matcher.group(1).toLowerCase(Locale.ROOT);
                String queueId = matcher.group(2).toLowerCase(Locale.ROOT);
                demand(accountId.equals(place.accountId()), path + " named the account " + place.accountId());
                demand(queueId.equals(place.queueId()), path + " named the queue " + place.queueId());
                return;
            }
        }
        demand(place == null, path + " led to " + operation);
    }

    private static void demand(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
