package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.EdgeServer.Reply;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import io.vertx.core.Future;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The errors of the error table that the server returns before any operation is called. */
class RoutingTest {
    private static final String UNKNOWN_ID = "ffffffffffffffffffffffffffffffff";
    private static EdgeServer edge;
    private static String queueId;

    @BeforeAll
    static void start() {
        edge = new EdgeServer();
        queueId = edge.queue("orders");
        edge.behaviours.put("queues-peek-messages", call -> {
            throw new IllegalStateException("the secret of the house");
        });
        edge.behaviours.put(
                "queues-preview-messages", call -> Future.failedFuture(new IllegalStateException("the secret")));
        edge.behaviours.put(
                "queues-pull-messages", call -> Future.failedFuture(new QueueException(QueueError.DELIVERY_PAUSED)));
        edge.behaviours.put(
                "queues-ack-messages", call -> Future.failedFuture(new QueueException(QueueError.OVERLOADED)));
        edge.behaviours.put(
                "queues-purge-messages", call -> Future.failedFuture(new QueueException(QueueError.UNAVAILABLE)));
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    private static void assertFails(Reply reply, int status, int code) {
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(status);
        if (!reply.response().request().method().equals("HEAD")) {
            assertThat(reply.code()).isEqualTo(code);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/client",
                "/client/v4",
                "/client/v4/",
                "/client/v4/nothing",
                "/client/v5/accounts",
                "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/tokens",
                "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/workers",
                "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queuesx",
                "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues/a/b/c/d",
                "/client/v4/accounts/%zz/queues",
                "/client/v4/accounts/%/queues",
                "/client/v4/accounts/%c3%28/queues",
                "/client/v4/accounts/../../x",
                "http://x/nothing",
                "/client/v4/accounts/a%2fb/queues",
                "/client/v4/accounts/a%00b/queues"
            })
    void anUnknownPathIs7003(String path) throws Exception {
        RawClient.RawResponse response = RawClient.exchange(
                edge.port(), "GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer writer-token\r\n\r\n");
        assertThat(response.status()).as(response.body()).isEqualTo(404);
        ContractResponses.shared().check("GET", URI.create("/unknown"), 404, response.body());
        assertThat(response.body()).contains("\"code\":7003");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"})
    void aWrongMethodIs10405WithTheAllowedMethods(String method) {
        Reply reply = edge.send(method, "/queues", null);
        assertFails(reply, 405, 10405);
        assertThat(reply.header("allow")).isEqualTo("GET, POST");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/user", "/user/", "/accounts/", "/accounts/" + EdgeServer.ACCOUNT + "/queues/"})
    void aWrongMethodIs10405AlsoWithATrailingSlash(String path) {
        assertFails(edge.sendTo("DELETE", "/client/v4" + path, EdgeServer.WRITER, null), 405, 10405);
    }

    @Test
    void gettingMessagesIs10405() {
        assertFails(edge.get("/queues/" + queueId + "/messages"), 405, 10405);
    }

    @Test
    void noCredentialsIs9106() {
        assertFails(edge.sendTo("GET", "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues", null, null), 400, 9106);
    }

    @Test
    void anUnknownTokenIs10000() {
        assertFails(
                edge.sendTo("GET", "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues", "bad", null), 403, 10000);
    }

    @Test
    void aReadTokenMayReadButNotWrite() {
        String path = "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues";
        assertThat(edge.sendTo("GET", path, EdgeServer.READER, null).status()).isEqualTo(200);
        assertFails(edge.sendTo("POST", path, EdgeServer.READER, "{\"queue_name\":\"q\"}"), 403, 10000);
    }

    @Test
    void aForeignAccountIs10000AndAMalformedOne7003() {
        String rest = "/queues";
        assertFails(
                edge.sendTo("GET", "/client/v4/accounts/" + EdgeServer.OTHER_ACCOUNT + rest, EdgeServer.WRITER, null),
                403,
                10000);
        assertFails(edge.sendTo("GET", "/client/v4/accounts/my-account" + rest, EdgeServer.WRITER, null), 404, 7003);
        assertThat(edge.sendTo(
                                "GET",
                                "/client/v4/accounts/" + EdgeServer.OTHER_ACCOUNT + rest,
                                EdgeServer.ANYWHERE,
                                null)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void accountAndQueueIdsMayBeWrittenInUpperCase() {
        String path = "/client/v4/accounts/" + EdgeServer.ACCOUNT.toUpperCase(Locale.ROOT) + "/queues/"
                + queueId.toUpperCase(Locale.ROOT);
        assertThat(edge.sendTo("GET", path, EdgeServer.WRITER, null).status()).isEqualTo(200);
    }

    @Test
    void credentialsAreCheckedBeforeTheAccount() {
        assertFails(edge.sendTo("GET", "/client/v4/accounts/my-account/queues", "bad", null), 403, 10000);
    }

    @Test
    void anUnknownQueueHasACodePerPlane() {
        assertFails(edge.get("/queues/" + UNKNOWN_ID), 404, 11000);
        assertFails(edge.get("/queues/" + UNKNOWN_ID + "/metrics"), 404, 11000);
        assertFails(edge.send("POST", "/queues/" + UNKNOWN_ID + "/messages", "not json"), 404, 10104);
    }

    @Test
    void aMalformedQueueIdHasACodePerPlane() {
        assertFails(edge.get("/queues/orders"), 404, 7003);
        assertFails(edge.send("POST", "/queues/orders/messages", "not json"), 400, 10107);
    }

    @Test
    void aQueueOfAnotherAccountIsUnknown() {
        String path = "/client/v4/accounts/" + EdgeServer.OTHER_ACCOUNT + "/queues/" + queueId;
        assertFails(edge.sendTo("GET", path, EdgeServer.ANYWHERE, null), 404, 11000);
    }

    @Test
    void duplicateSlashesCollapse() {
        Reply reply = edge.sendTo(
                "GET",
                "//client/v4//accounts/" + EdgeServer.ACCOUNT + "///queues//" + queueId,
                EdgeServer.WRITER,
                null);
        assertThat(reply.status()).isEqualTo(200);
    }

    @Test
    void unknownQueryParametersAreIgnoredAndMalformedOnesRefused() {
        assertThat(edge.get("/queues?foo=bar&page=1").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"queues-peek-messages:peek", "queues-preview-messages:preview"})
    void anExceptionInAHandlerIs15000WithoutDetails(String operation) {
        Reply reply = edge.send(
                "POST", "/queues/" + queueId + "/messages/" + operation.split(":")[1], "{}");
        assertFails(reply, 500, 15000);
        assertThat(reply.response().body()).doesNotContain("secret");
        assertThat(reply.header("x-request-id")).matches("[0-9a-v]{8}-[0-9a-v]+");
    }

    @Test
    void theResponseForAPausedQueueAsksSdksNotToRetry() {
        Reply reply = edge.send("POST", "/queues/" + queueId + "/messages/pull", "{}");
        assertFails(reply, 409, 10252);
        assertThat(reply.header("x-should-retry")).isEqualTo("false");
    }

    @Test
    void overloadAndUnavailabilityHaveARetryAfterHeader() {
        Reply overloaded = edge.send("POST", "/queues/" + queueId + "/messages/ack", "{}");
        assertFails(overloaded, 429, 10250);
        assertThat(overloaded.header("retry-after")).isEqualTo("1");
        Reply unavailable = edge.send("POST", "/queues/" + queueId + "/messages/purge", "{}");
        assertFails(unavailable, 503, 15001);
        assertThat(unavailable.header("retry-after")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain;charset=UTF-8",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "nonsense",
                "application/json"
            })
    void aBodyIsReadWithAnyContentType(String contentType) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + edge.port()
                        + "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues/" + queueId + "/messages"))
                .header("authorization", "Bearer " + EdgeServer.WRITER)
                .header("content-type", contentType)
                .POST(BodyPublishers.ofString("a=b&c=d"))
                .build();
        Reply reply = edge.send(request);
        assertFails(reply, 400, 10207);
        assertThat(reply.message()).isEqualTo("7 bytes");
    }

    @Test
    void theContractIsServed() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + edge.port() + "/openapi.yaml"))
                .build();
        HttpResponse<String> response = edge.client.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).startsWith("openapi: 3.1.0");
        assertThat(response.headers().firstValue("content-type")).hasValue("application/yaml");
    }
}
