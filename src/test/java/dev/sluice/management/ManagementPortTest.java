package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.ServerConfig;
import dev.sluice.runtime.metrics.Meters;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The management port with malformed and hostile requests, and with clients that stop sending or reading. */
class ManagementPortTest {
    private static final int CONNECTIONS_MAX = 4;
    private static final int HEADER_BYTES_MAX = 16 * 1024;
    private static final int MILLIS_MAX = 120_000;
    private static final int SHORT_MILLIS = 300;
    private static final String TARGET = "/somewhere/new";

    private final Vertx vertx = Vertx.vertx();
    private final Meters meters = new Meters();
    private final ConcurrentLinkedQueue<Path> copies = new ConcurrentLinkedQueue<>();
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private ChangeAuthorizer.Authorization authorization = ChangeAuthorizer.Authorization.ALLOWED;
    private ManagementVerticle verticle;

    @BeforeEach
    void start() {
        verticle = deploy(MILLIS_MAX, MILLIS_MAX);
        logged.start();
        root.addAppender(logged);
    }

    @AfterEach
    void stop() {
        root.detachAppender(logged);
        vertx.close().await();
    }

    private ManagementVerticle deploy(long headerMillis, long responseMillis) {
        ServerConfig config = ConfigLoader.load(
                null,
                Map.of(),
                List.of(
                        "management.port=0",
                        "management.host_names=[Sluice.internal]",
                        "http.header_timeout=" + headerMillis + "ms",
                        "http.body_timeout=" + responseMillis + "ms"));
        ManagementVerticle deployed = new ManagementVerticle(
                config.management(),
                config.http(),
                meters,
                QueueSource.NONE,
                Optional::empty,
                request -> authorization,
                copies::add,
                CONNECTIONS_MAX);
        vertx.deployVerticle(deployed).await();
        return deployed;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /backup?to=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /backup?to=% HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /backup?to=/a%00b HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /backup HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /backup?to= HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /backup?to=relative HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /backup?to=/a/../b HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /backup?to=/a&to=/b HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /metrics HTTP/1.1\r\n\r\n",
                "GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
                "GET http://localhost/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GARBAGE\r\n\r\n",
                "GET / HTTP/1.1\r\nbroken header\r\n\r\n"
            })
    void malformedRequestsGetStatus400AndLogNothing(String request) throws IOException {
        assertThat(exchange(request)).contains(" 400 Bad Request\r\n").doesNotContain("\tat ");
        assertThat(copies).isEmpty();
        assertThat(logged.list).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                        + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
            })
    void onlyHttp1IsSupported(String request) throws IOException {
        assertThat(exchange(request)).matches("(?s)HTTP/[12][.][01] (200|501) .*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:8081",
                "localhost:",
                "LOCALHOST",
                "localhost.:80",
                "[::1]:",
                "LOCALHOST.",
                "127.0.0.1",
                "10.1.2.3:8081",
                "[::1]",
                "[fe80::1]:8081",
                "sluice.INTERNAL:8081"
            })
    void addressesLocalhostAndConfiguredNamesAreAllowedHosts(String host) throws IOException {
        assertThat(exchange("GET /health/live HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attacker.example",
                "attacker.example:8081",
                "localhost.attacker.example",
                "127.0.0.1.attacker.example",
                "[attacker.example]",
                "localhost:80:80",
                "localhost:evil.com",
                "localhost:80.evil.com",
                "localhost:80@attacker.example",
                "localhost@attacker.example",
                "attacker.example@localhost",
                "localhost:65536",
                "localhost:080000",
                "localhost:-1",
                "localhost:+80",
                "localhost.:x",
                "127.0.0.1:evil.com",
                "[::1]:evil.com",
                "[::1]evil.com",
                "[::1].evil.com",
                "[::1%25lo]",
                "[::1%lo]:80",
                "evil.com]:80",
                "::1",
                ""
            })
    void everyOtherHostIsRejectedBecauseOfDnsRebinding(String host) throws IOException {
        for (String line : new String[] {"GET /metrics", "GET /health/live", "POST /backup?to=" + TARGET}) {
            assertThat(exchange(line + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 421 ");
        }
        assertThat(copies).isEmpty();
    }

    @Test
    void requestsOfWebPagesAreRejected() throws IOException {
        for (String origin : new String[] {"http://attacker.example", "http://localhost:8081", "null"}) {
            for (String line : new String[] {"GET /metrics", "POST /backup?to=" + TARGET}) {
                assertThat(exchange(line + " HTTP/1.1\r\nHost: localhost\r\nOrigin: " + origin + "\r\n\r\n"))
                        .startsWith("HTTP/1.1 403 ");
            }
        }
        assertThat(copies).isEmpty();
    }

    @Test
    void aHealthCheckWithHttp10NeedsNoHostHeader() throws IOException {
        assertThat(exchange("GET /health/ready HTTP/1.0\r\n\r\n")).contains(" 200 ");
    }

    @Test
    void changesNeedACredentialWithAllRightsAndReadingNeedsNone() throws IOException {
        String backup = "POST /backup?to=" + TARGET + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        authorization = ChangeAuthorizer.Authorization.UNAUTHENTICATED;
        assertThat(exchange(backup)).startsWith("HTTP/1.1 401 ").containsIgnoringCase("www-authenticate: bearer");
        assertThat(exchange("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")).startsWith("HTTP/1.1 200 ");
        authorization = ChangeAuthorizer.Authorization.FORBIDDEN;
        assertThat(exchange(backup)).startsWith("HTTP/1.1 403 ");
        assertThat(copies).isEmpty();
        authorization = ChangeAuthorizer.Authorization.ALLOWED;
        assertThat(exchange(backup)).startsWith("HTTP/1.1 200 ");
        assertThat(copies).containsExactly(Path.of(TARGET));
    }

    @Test
    void longHeadersAndUrlsAreRejected() throws IOException {
        String long_ = "y".repeat(HEADER_BYTES_MAX);
        assertThat(exchange("GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: " + long_ + "\r\n\r\n"))
                .contains(" 431 ");
        assertThat(exchange("GET /" + long_ + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .contains(" 414 ");
        assertThat(copies).isEmpty();
    }

    @Test
    void anUnexpectedBodyDoesNotLoseTheResponse() throws IOException {
        String head = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n";
        assertThat(exchange(head + "Content-Length: 2000000\r\n\r\n" + "x".repeat(2_000_000)))
                .startsWith("HTTP/1.1 200 ");
        assertThat(exchange(head + "Content-Length: 5\r\n\r\nab")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aConnectionServesOneRequest() throws IOException {
        String request = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
        String responses = exchange(request + request);
        assertThat(responses).containsIgnoringCase("connection: close").containsOnlyOnce("HTTP/1.1 200 ");
    }

    @Test
    void aConnectionWithoutACompleteRequestIsClosedAfterTheTimeout() throws IOException {
        ManagementVerticle shortTimeouts = deploy(SHORT_MILLIS, SHORT_MILLIS);
        for (String partial : new String[] {"", "GET /metrics HTTP/1.1\r\nHost:"}) {
            try (Socket client = connect(shortTimeouts)) {
                client.getOutputStream().write(partial.getBytes(StandardCharsets.ISO_8859_1));
                assertThat(received(client)).isEmpty();
            }
        }
    }

    @Test
    void atTheLimitTheOldestConnectionWithoutARequestIsClosed() throws IOException {
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS_MAX; i++) {
            silent.add(connect(verticle));
        }
        assertThat(exchange("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(received(silent.get(0))).isEmpty();
        for (Socket each : silent) {
            each.close();
        }
    }

    @Test
    void anUnreadResponseIsAbortedAndItsConnectionBecomesFree() throws IOException {
        ManagementVerticle shortTimeouts = deploy(MILLIS_MAX, SHORT_MILLIS);
        meters.gauge("sluice_filler", "x".repeat(64 << 20), () -> 1);
        List<Socket> unread = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS_MAX; i++) {
            Socket client = connect(shortTimeouts);
            client.getOutputStream()
                    .write("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            unread.add(client);
        }
        org.awaitility.Awaitility.await()
                .until(() -> exchange(shortTimeouts, "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .startsWith("HTTP/1.1 200 "));
        for (Socket each : unread) {
            each.close();
        }
    }

    private Socket connect(ManagementVerticle to) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(16 * 1024);
        socket.connect(new InetSocketAddress("127.0.0.1", to.port()));
        socket.setSoTimeout(MILLIS_MAX);
        return socket;
    }

    private String exchange(String request) throws IOException {
        return exchange(verticle, request);
    }

    private String exchange(ManagementVerticle with, String request) throws IOException {
        try (Socket client = connect(with)) {
            client.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return received(client);
        }
    }

    /** All bytes until the server closes the connection; fails if it does not. */
    private static String received(Socket client) throws IOException {
        InputStream in = client.getInputStream();
        StringBuilder text = new StringBuilder();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                text.append((char) next);
            }
        } catch (SocketException reset) {
            // A reset ends the connection, like a close.
        }
        return text.toString();
    }
}
