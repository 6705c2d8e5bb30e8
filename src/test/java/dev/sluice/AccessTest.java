package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RunningServer.Reply;
import dev.sluice.api.BindingRoutes;
import dev.sluice.api.Contract;
import dev.sluice.api.DevelopmentRoutes;
import dev.sluice.api.ExtensionRoutes;
import dev.sluice.api.Route;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every operation of the contracts with every kind of credential, through a real server. An authorized caller gets the
 * result of an empty request for objects that do not exist; an unauthorized caller gets the operation's authorization
 * error.
 */
class AccessTest {
    private static final String UNKNOWN_ID = "99999999999999999999999999999999";
    private static final String MISSING = "400/9106";
    private static final String REJECTED = "403/10000";

    /**
     * The required right and the expected response of an operation.
     *
     * @param write whether a read-only token is rejected
     * @param owner whether a credential for some accounts is rejected
     * @param admitted status and code for an authorized caller
     */
    private record Row(boolean write, boolean owner, String admitted) {}

    private static final Map<String, Row> TABLE = new TreeMap<>();

    static {
        read("accounts-list", "200/0");
        read("memberships-list", "200/0");
        read("user-get", "200/0");
        read("user-tokens-verify", "200/0");
        read("queues-list", "200/0");
        read("queues-get", "404/11000");
        read("queues-get-metrics", "404/11000");
        read("queues-list-consumers", "404/11000");
        read("queues-get-consumer", "404/11000");
        read("queues-purge-get", "404/11000");
        read("subscriptions-list", "200/0");
        read("subscriptions-get", "404/10404");
        write("queues-create", "400/11003");
        write("queues-update", "404/11000");
        write("queues-update-partial", "404/11000");
        write("queues-delete", "404/11000");
        write("queues-create-consumer", "404/11000");
        write("queues-update-consumer", "404/11000");
        write("queues-delete-consumer", "404/11000");
        write("queues-purge", "404/11000");
        write("queues-push-message", "404/10104");
        write("queues-push-messages", "404/10104");
        write("queues-pull-messages", "404/10104");
        write("queues-ack-messages", "404/10104");
        write("queues-peek-messages", "404/10104");
        write("queues-purge-messages", "404/10104");
        write("queues-preview-messages", "404/10104");
        write("queues-ack-preview-messages", "404/10104");
        write("binding-send", "404/10104");
        write("binding-send-batch", "404/10104");
        read("binding-metrics", "404/10104");
        write("subscriptions-create", "400/10026");
        write("subscriptions-patch", "404/10404");
        write("subscriptions-delete", "404/10404");
        read("queue-list-queues", "200/0");
        write("queue-create-queue", "400/11003");
        read("queue-queue-details", "404/11000");
        write("queue-update-queue", "404/11000");
        write("queue-delete-queue", "404/11000");
        read("queue-list-queue-consumers", "404/11000");
        write("queue-create-queue-consumer", "404/11000");
        write("queue-update-queue-consumer", "404/11000");
        write("queue-delete-queue-consumer", "404/11000");
        read("accounts-get", "200/0");
        read("account-api-tokens-verify-token", "200/0");
        write("accounts-reset", "200/0");
        read("caller-get", "200/0");
        read("console-codes-create", "200/0");
        TABLE.put("tokens-list", new Row(false, true, "200/0"));
        TABLE.put("tokens-create", new Row(true, true, "400/10026"));
        TABLE.put("tokens-revoke", new Row(true, true, "404/10404"));
        read("backlogs-list", "200/0");
        read("backlogs-get", "404/11000");
        read("messages-browse", "404/10104");
        write("redrives-start", "404/11000");
        read("redrives-list", "404/11000");
        read("redrives-get", "404/10404");
        write("redrives-cancel", "404/10404");
    }

    /** Responses of operations about the caller to unknown credentials. */
    private static final Map<String, String> REJECTIONS = Map.of(
            "user-get", "403/9109",
            "user-tokens-verify", "401/1000",
            "account-api-tokens-verify-token", "401/1000");

    private static RunningServer server;
    private static List<Route> routes;

    @BeforeAll
    static void start() throws Exception {
        Vertx vertx = Vertx.vertx();
        routes = new ArrayList<>(Contract.load(vertx)
                .toCompletionStage()
                .toCompletableFuture()
                .get(TestTimeout.SECONDS, TimeUnit.SECONDS)
                .routes());
        routes.addAll(BindingRoutes.ALL);
        routes.addAll(DevelopmentRoutes.ALL);
        routes.addAll(ExtensionRoutes.ALL);
        vertx.close().toCompletionStage().toCompletableFuture().get(TestTimeout.SECONDS, TimeUnit.SECONDS);
        server = new RunningServer("dev.mode=true");
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Test
    void theTableHasEveryOperationOfTheContractsAndNoOther() {
        assertThat(TABLE.keySet())
                .isEqualTo(new TreeSet<>(routes.stream().map(Route::operationId).toList()));
    }

    @Test
    void withoutCredentialsEveryOperationIsRejected() throws Exception {
        assertResponses(Map.of(), id -> MISSING);
        assertResponses(Map.of("X-Auth-Email", RunningServer.EMAIL), id -> MISSING);
        assertResponses(Map.of("X-Auth-Key", RunningServer.KEY), id -> MISSING);
    }

    @Test
    void withWrongCredentialsEveryOperationIsRejected() throws Exception {
        assertResponses(RunningServer.bearer("wrong"), AccessTest::rejectionOf);
        assertResponses(RunningServer.bearer(RunningServer.KEY), AccessTest::rejectionOf);
        assertResponses(RunningServer.bearer(""), AccessTest::rejectionOf);
        assertResponses(Map.of("X-Auth-Email", RunningServer.EMAIL, "X-Auth-Key", "wrong"), AccessTest::rejectionOf);
        assertResponses(
                Map.of("X-Auth-Email", "else@example.com", "X-Auth-Key", RunningServer.KEY), AccessTest::rejectionOf);
    }

    @Test
    void aReadTokenMayReadAndNotWrite() throws Exception {
        assertResponses(
                RunningServer.bearer(RunningServer.READER),
                id -> TABLE.get(id).write() ? REJECTED : admittedWithoutEmail(id));
    }

    @Test
    void aWriteTokenMayUseEveryOperation() throws Exception {
        assertResponses(RunningServer.bearer(RunningServer.WRITER), AccessTest::admittedWithoutEmail);
    }

    @Test
    void aTokenOfAnotherAccountIsRejectedEverywhere() throws Exception {
        Map<String, Route.RouteScope> scopes = new TreeMap<>();
        routes.forEach(route -> scopes.put(route.operationId(), route.scope()));
        assertResponses(
                RunningServer.bearer(RunningServer.STRANGER),
                id -> scopes.get(id) == Route.RouteScope.CALLER ? admittedWithoutEmail(id) : REJECTED);
    }

    @Test
    void emailAndKeyMayUseEveryOperation() throws Exception {
        assertResponses(
                Map.of("X-Auth-Email", RunningServer.EMAIL, "X-Auth-Key", RunningServer.KEY),
                id -> TABLE.get(id).admitted());
    }

    /** Expected status and code by operation. */
    private interface Expectation {
        String of(String operationId);
    }

    private static void assertResponses(Map<String, String> headers, Expectation expected) throws Exception {
        List<String> expectedLines = new ArrayList<>();
        List<String> actualLines = new ArrayList<>();
        for (Route route : routes) {
            Reply reply = BindingRoutes.ALL.contains(route) ? sendToBinding(route, headers) : send(route, headers);
            expectedLines.add(route.operationId() + " " + expected.of(route.operationId()));
            actualLines.add(route.operationId() + " " + reply.status() + "/" + reply.code());
        }
        assertThat(actualLines).isEqualTo(expectedLines);
    }

    private static Reply send(Route route, Map<String, String> headers) throws Exception {
        String path =
                route.template().replace("{account_id}", RunningServer.ACCOUNT).replaceAll("\\{[a-z_]+}", UNKNOWN_ID);
        String method = route.method().name();
        boolean own = DevelopmentRoutes.ALL.contains(route) || ExtensionRoutes.ALL.contains(route);
        String base = own ? DevelopmentRoutes.BASE_PATH : "/client/v4";
        return server.sendTo(method, base + path, headers, method.equals("GET") ? null : "{}");
    }

    private static Reply sendToBinding(Route route, Map<String, String> headers) throws Exception {
        Map<String, String> all = new TreeMap<>(headers);
        all.put("sluice-account-id", RunningServer.ACCOUNT);
        all.put("sluice-queue", UNKNOWN_ID);
        String method = route.method().name();
        String path = BindingRoutes.BASE_PATH + route.template();
        return server.sendTo(method, path, all, method.equals("GET") ? null : "{}");
    }

    private static String rejectionOf(String operationId) {
        return REJECTIONS.getOrDefault(operationId, REJECTED);
    }

    private static String admittedWithoutEmail(String operationId) {
        if (operationId.equals("user-get")) {
            return "403/9109";
        }
        Row row = TABLE.get(operationId);
        return row.owner() ? REJECTED : row.admitted();
    }

    private static void read(String operationId, String admitted) {
        TABLE.put(operationId, new Row(false, false, admitted));
    }

    private static void write(String operationId, String admitted) {
        TABLE.put(operationId, new Row(true, false, admitted));
    }
}
