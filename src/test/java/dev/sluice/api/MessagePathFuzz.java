package dev.sluice.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.fuzz.AllocationBound;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Paths, as they stand in the first line of a request: the short way takes exactly those that the contract's templates describe
 * literally, to the operation and with the ids that they name; everything else it leaves to the router.
 */
public final class MessagePathFuzz {
    private record Expected(Route route, Pattern path) {}

    private static final Contract CONTRACT = ContractAnswers.shared().contract();
    private static final List<Expected> EXPECTED = CONTRACT.routes().stream()
            .filter(route -> route.family() == Route.Family.MESSAGES && route.method() == HttpMethod.POST)
            .map(route -> new Expected(route, pattern(route.template())))
            .toList();
    private static final MessageRoutes ROUTES = new MessageRoutes(
            CONTRACT,
            null,
            CONTRACT.routes().stream()
                    .map(route -> new Binding(route, null, null))
                    .toList());

    private MessagePathFuzz() {}

    private static Pattern pattern(String template) {
        String path = CONTRACT.basePath() + template;
        return Pattern.compile(path.replaceAll("\\{(\\w+)}", "([0-9A-Fa-f]{32})"));
    }

    /** One execution. */
    public static void fuzzerTestOneInput(byte[] input) {
        String path = new String(input, ISO_8859_1);
        MessageRoutes.Target target = AllocationBound.within(input.length, () -> ROUTES.find(path));
        String operation = target == null ? "none" : target.binding().route().operationId();
        for (Expected expected : EXPECTED) {
            Matcher matcher = expected.path().matcher(path);
            if (matcher.matches()) {
                demand(operation.equals(expected.route().operationId()), path + " led to " + operation);
                Map<String, String> ids = Map.of(
                        "account_id", matcher.group(1).toLowerCase(Locale.ROOT),
                        "queue_id", matcher.group(2).toLowerCase(Locale.ROOT));
                demand(
                        ids.equals(target.place().path()),
                        path + " named " + target.place().path());
                demand(ids.get("account_id").equals(target.place().accountId()), path + " misses the account");
                demand(ids.get("queue_id").equals(target.place().queueId()), path + " misses the queue");
                return;
            }
        }
        demand(target == null, path + " led to " + operation);
    }

    private static void demand(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
