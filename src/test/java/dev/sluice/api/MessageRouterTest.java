package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.EdgeServer.Reply;
import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The fast router must respond like the general router. A query string, which only the general router accepts, selects
 * the router.
 */
class MessageRouterTest {
    private static final String ABSENT = "ffffffffffffffffffffffffffffffff";
    private static EdgeServer edge;
    private static String queueId;

    @BeforeAll
    static void start() {
        edge = new EdgeServer();
        queueId = edge.queue("orders");
        edge.behaviours.put("queues-pull-messages", call -> {
            throw new IllegalStateException("a fault");
        });
        edge.behaviours.put(
                "queues-ack-messages", call -> Future.failedFuture(new QueueException(QueueError.OVERLOADED)));
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    private static List<Route> routes() {
        List<Route> routes =
                new ArrayList<>(ContractResponses.shared().contract().routes());
        routes.removeIf(route -> route.scope() != Route.RouteScope.MESSAGES);
        return routes;
    }

    private static String path(Route route, String accountId, String queue) {
        return "/client/v4"
                + route.template().replace("{account_id}", accountId).replace("{queue_id}", queue);
    }

    private static void assertAlike(String method, String path, String token, String body) {
        Reply shortWay = edge.sendTo(method, path, token, body);
        Reply router = edge.sendTo(method, path + "?by=router", token, body);
        assertThat(shortWay.status()).as(method + " " + path + " " + token).isEqualTo(router.status());
        assertThat(shortWay.response().body()).isEqualTo(router.response().body());
        for (String header : List.of("content-type", "retry-after", "x-should-retry", "allow")) {
            assertThat(shortWay.header(header)).as(header).isEqualTo(router.header(header));
        }
    }

    @Test
    void everyOperationOnMessagesRespondsAlikeWithBothRouters() {
        assertThat(routes()).hasSizeGreaterThanOrEqualTo(8);
        for (Route route : routes()) {
            for (String token : new String[] {EdgeServer.WRITER, EdgeServer.READER, "wrong", null}) {
                for (String queue : new String[] {queueId, queueId.toUpperCase(Locale.ROOT), ABSENT, "short"}) {
                    for (String accountId :
                            new String[] {EdgeServer.ACCOUNT, EdgeServer.OTHER_ACCOUNT, "not-an-account"}) {
                        assertAlike("POST", path(route, accountId, queue), token, "{\"body\":1}");
                    }
                }
            }
        }
    }

    @Test
    void otherMethodsRespondAlikeWithBothRouters() {
        for (Route route : routes()) {
            for (String method : new String[] {"GET", "PUT", "DELETE", "PATCH"}) {
                assertAlike(method, path(route, EdgeServer.ACCOUNT, queueId), EdgeServer.WRITER, "");
            }
        }
    }

    @Test
    void onlyThePathOfTheLastQueueIsCached() {
        MessageRouter routes = new MessageRouter(StubOperation.table(), null);
        String path = "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues/" + queueId + "/messages";
        RequestPath first = routes.requestPath(path);
        assertThat(routes.requestPath(path + "/pull")).isSameAs(first);
        assertThat(routes.requestPath(path.replace(queueId, ABSENT)).queueId()).isEqualTo(ABSENT);
        assertThat(routes.requestPath(path)).isNotSameAs(first);
    }

    @Test
    void aBodyOverTheLimitIsRefusedAlikeWithBothRouters() {
        String large = "x".repeat(EdgeServer.REQUEST_BYTES_MAX + 1);
        for (Route route : routes()) {
            assertAlike("POST", path(route, EdgeServer.ACCOUNT, queueId), EdgeServer.WRITER, large);
        }
    }

    @Test
    void aChangeOrDeletionOfAQueueAppliesToTheNextRequestWithBothRouters() {
        edge.behaviours.put(
                "queues-push-message",
                call -> Future.failedFuture(new EdgeException(
                        EdgeError.MESSAGE_BODY_INVALID, call.queue().name())));
        String id = edge.queue("brief");
        Route push = routes().stream()
                .filter(route -> route.operationId().equals("queues-push-message"))
                .findFirst()
                .orElseThrow();
        String path = path(push, EdgeServer.ACCOUNT, id);
        assertThat(edge.sendTo("POST", path, EdgeServer.WRITER, "{}").message()).isEqualTo("brief");
        edge.send("PATCH", "/queues/" + id, "{\"queue_name\":\"renamed\"}");
        assertThat(edge.sendTo("POST", path, EdgeServer.WRITER, "{}").message()).isEqualTo("renamed");
        assertAlike("POST", path, EdgeServer.WRITER, "{}");
        edge.send("DELETE", "/queues/" + id, null);
        assertThat(edge.sendTo("POST", path, EdgeServer.WRITER, "{}").status()).isEqualTo(404);
        assertAlike("POST", path, EdgeServer.WRITER, "{}");
    }
}
