package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.RawClient.RawResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that no conforming client library sends. */
class RawHttpTest {
    private static final int OVER = EdgeServer.REQUEST_BYTES_MAX + 1;
    private static EdgeServer edge;
    private static String messages;

    @BeforeAll
    static void start() {
        edge = new EdgeServer();
        messages = "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues/" + edge.queue("orders") + "/messages";
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    private static String push(String token, String... headers) {
        return "POST " + messages + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n"
                + String.join("\r\n", headers) + "\r\n\r\n";
    }

    private static void assertFails(RawResponse response, int status, int code) {
        assertThat(response.status()).as(response.toString()).isEqualTo(status);
        assertThat(response.headers().toLowerCase(Locale.ROOT)).contains("content-type: application/json");
        assertThat(response.body()).contains("\"code\":" + code + ",");
        ContractResponses.shared().check("POST", URI.create(messages), status, response.body());
    }

    @Test
    void aLongBodyIsRefusedWithoutBeingRead() throws IOException {
        try (RawClient client = new RawClient(edge.port())) {
            client.send(push(EdgeServer.WRITER, "Content-Length: " + OVER));
            RawResponse response = client.receive();
            assertFails(response, 413, 10204);
            assertThat(response.headers().toLowerCase(Locale.ROOT)).contains("connection: close");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void anUnknownVersionIsMalformed() throws IOException {
        for (String version : new String[] {"HTTP/1.2", "HTTP/2.0", "HTTP/9.9"}) {
            try (RawClient client = new RawClient(edge.port())) {
                client.send("GET / " + version + "\r\nHost: x\r\n\r\n");
                RawResponse response = client.receive();
                assertThat(response.status()).isEqualTo(400);
                assertThat(response.body()).contains("\"success\":false");
                assertThat(client.isClosedByServer()).isTrue();
            }
        }
    }

    @Test
    void aBodyOfExactlyTheLimitIsRead() throws IOException {
        RawResponse response = RawClient.exchange(
                edge.port(), push(EdgeServer.WRITER, "Content-Length: " + (OVER - 1)) + "x".repeat(OVER - 1));
        assertFails(response, 400, 10207);
        assertThat(response.body()).contains((OVER - 1) + " bytes");
    }

    @Test
    void aLongChunkedBodyIsRefusedOnceItIsTooLong() throws IOException {
        try (RawClient client = new RawClient(edge.port())) {
            client.send(push(EdgeServer.WRITER, "Transfer-Encoding: chunked"));
            String chunk = "2710\r\n" + "x".repeat(10_000) + "\r\n";
            client.send(chunk.repeat(11));
            assertFails(client.receive(), 413, 10204);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aChunkedBodyIsReadAndTheConnectionStaysOpen() throws IOException {
        try (RawClient client = new RawClient(edge.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(push(EdgeServer.WRITER, "Transfer-Encoding: chunked") + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
                RawResponse response = client.receive();
                assertFails(response, 400, 10207);
                assertThat(response.body()).contains("5 bytes");
            }
        }
    }

    @Test
    void anEarlyRefusalKeepsTheConnectionOpenIfTheBodyIsShort() throws IOException {
        try (RawClient client = new RawClient(edge.port())) {
            client.send(push("bad", "Content-Length: 5") + "ab");
            assertFails(client.receive(), 403, 10000);
            client.send("cde" + push(EdgeServer.WRITER, "Content-Length: 2") + "{}");
            assertFails(client.receive(), 400, 10207);
        }
    }

    @Test
    void anEarlyRefusalClosesTheConnectionIfTheBodyIsLong() throws IOException {
        for (String length : new String[] {"Content-Length: " + OVER, "Transfer-Encoding: chunked"}) {
            try (RawClient client = new RawClient(edge.port())) {
                client.send(push("bad", length));
                assertFails(client.receive(), 403, 10000);
                assertThat(client.isClosedByServer()).isTrue();
            }
        }
    }

    @Test
    void aClientThatWaitsForContinueGetsItOnlyIfItsBodyIsAccepted() throws IOException {
        try (RawClient client = new RawClient(edge.port())) {
            client.send(push(EdgeServer.WRITER, "Content-Length: 2", "Expect: 100-continue"));
            assertThat(client.receive().status()).isEqualTo(100);
            client.send("{}");
            assertFails(client.receive(), 400, 10207);
        }
        try (RawClient client = new RawClient(edge.port())) {
            client.send(push("bad", "Content-Length: 2", "Expect: 100-continue"));
            assertFails(client.receive(), 403, 10000);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void pipelinedRequestsGetTheirResponsesInOrder() throws IOException {
        try (RawClient client = new RawClient(edge.port())) {
            StringBuilder requests = new StringBuilder();
            for (int i = 1; i <= 20; i++) {
                requests.append(push(EdgeServer.WRITER, "Content-Length: " + i)).append("x".repeat(i));
            }
            client.send(requests.toString());
            for (int i = 1; i <= 20; i++) {
                assertThat(client.receive().body()).contains("\"" + i + " bytes\"");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GARBAGE\r\n\r\n",
                "GET / HTTP/1.1\r\nbroken header\r\n\r\n",
                "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
                "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"
            })
    void inputThatIsNotHttpIsRefusedInJson(String bytes) throws IOException {
        try (RawClient client = new RawClient(edge.port())) {
            client.send(bytes);
            RawResponse response = client.receive();
            assertThat(response.status()).isEqualTo(400);
            ContractResponses.shared().check("GET", URI.create("/unknown"), 400, response.body());
            assertThat(response.body()).contains("\"code\":10026");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void aMalformedChunkEndsTheRequestAndTheConnection() throws IOException {
        try (RawClient client = new RawClient(edge.port())) {
            client.send(push(EdgeServer.WRITER, "Transfer-Encoding: chunked") + "3\r\nabc\r\nZZ\r\n");
            assertFails(client.receive(), 400, 10026);
            assertThat(client.isClosedByServer()).isTrue();
        }
        assertThat(edge.get("/queues").status()).isEqualTo(200);
    }

    @Test
    void aQueryWithInvalidPercentEncodingIsRefused() throws IOException {
        RawResponse response = RawClient.exchange(
                edge.port(),
                "GET /client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues?name=%zz HTTP/1.1\r\nHost: x\r\n"
                        + "Authorization: Bearer " + EdgeServer.WRITER + "\r\n\r\n");
        assertFails(response, 400, 10026);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
                "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
                "BREW /client/v4/accounts HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                        + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
                "GET / HTTP/1.0\r\n\r\n"
            })
    void unusualButValidRequestsGetResponsesInJson(String bytes) throws IOException {
        RawResponse response = RawClient.exchange(edge.port(), bytes);
        assertThat(response.status()).as(response.toString()).isIn(404, 405);
        ContractResponses.shared().check("GET", URI.create("/unknown"), response.status(), response.body());
    }

    @Test
    void aRequestWithoutHostIsRefusedInJson() throws IOException {
        RawResponse response = RawClient.exchange(edge.port(), "GET / HTTP/1.1\r\n\r\n");
        assertThat(response.status()).isEqualTo(400);
        ContractResponses.shared().check("GET", URI.create("/unknown"), 400, response.body());
        assertThat(response.body()).contains("\"code\":10026");
    }

    @Test
    void aGetMayCarryABody() throws IOException {
        try (RawClient client = new RawClient(edge.port())) {
            for (int i = 0; i < 2; i++) {
                client.send("GET /client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues HTTP/1.1\r\nHost: x\r\n"
                        + "Authorization: Bearer " + EdgeServer.WRITER + "\r\nContent-Length: 3\r\n\r\nabc");
                assertThat(client.receive().status()).isEqualTo(200);
            }
        }
    }
}
