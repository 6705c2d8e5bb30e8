package dev.sluice.api.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.TestTimeout;
import dev.sluice.api.EdgeServer;
import dev.sluice.api.HttpConfigs;
import dev.sluice.api.RawClient;
import dev.sluice.api.RawHttp2;
import dev.sluice.api.SelfSigned;
import dev.sluice.api.TrustAllCertificates;
import dev.sluice.config.HttpConfig;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that are idle for longer than the idle timeout of a second, and connections that are not. */
class IdleConnectionsTest {
    private static final int IDLE_SECONDS = 1;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(IDLE_SECONDS);
    /** Twice the idle timeout. */
    private static final long LONG_MILLIS = 2_000L * IDLE_SECONDS;

    private static final String REQUEST = "GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n";

    @TempDir
    static Path directory;

    private static EdgeServer plain;
    private static EdgeServer secure;

    @BeforeAll
    static void start() throws Exception {
        plain = new EdgeServer(HttpConfigs.of(null, IDLE_SECONDS, 60, 30));
        secure = new EdgeServer(HttpConfigs.of(SelfSigned.tls(directory), IDLE_SECONDS, 60, 30));
    }

    @AfterAll
    static void stop() {
        plain.close();
        secure.close();
    }

    @Test
    void aConnectionWithoutAnotherRequestIsClosedAfterTheTimeoutAndNotBefore() throws IOException {
        try (RawClient client = new RawClient(plain.port())) {
            long askedNanos = System.nanoTime();
            client.send(REQUEST);
            assertThat(client.receive().status()).isEqualTo(200);
            assertThat(client.isClosedByServer()).isTrue();
            assertThat(System.nanoTime() - askedNanos).isGreaterThan(IDLE_NANOS / 2);
        }
    }

    @Test
    void aConnectionWithoutAFirstRequestIsClosed() throws IOException {
        try (RawClient client = new RawClient(plain.port())) {
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void anIncompleteRequestDoesNotKeepAConnectionOpen() throws IOException {
        try (RawClient client = new RawClient(plain.port())) {
            client.send(REQUEST);
            client.receive();
            client.send("GET /openapi.yaml HTTP/1.1\r\nHost:");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void requestsKeepAConnectionOpen() throws Exception {
        staysWhile(() -> new RawClient(plain.port()), client -> {
            client.send(REQUEST);
            assertThat(client.receive().status()).isEqualTo(200);
        });
    }

    @Test
    void aRequestThatTakesLongerThanTheTimeoutGetsItsResponse() throws IOException {
        plain.behaviours.put("queues-push-message", call -> {
            Promise<Response> late = Promise.promise();
            plain.vertx.setTimer(LONG_MILLIS, fired -> late.complete(new Response(Buffer.buffer("{\"late\":true}"))));
            return late.future();
        });
        try (RawClient client = new RawClient(plain.port())) {
            client.send("POST /client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues/" + plain.queue("slow")
                    + "/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + EdgeServer.WRITER
                    + "\r\nContent-Length: 2\r\n\r\n{}");
            assertThat(client.receive().body()).isEqualTo("{\"late\":true}");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    /** A head has up to 16 KiB, which the budget of an idle connection does not include. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /openapi.yaml",
                "GET /unknown",
                "DELETE /client/v4/accounts",
                "GET /client/v4/accounts",
                "GET /client/v4/accounts?x=%",
                "POST /sluice/v1/binding/message"
            })
    void anIdleConnectionKeepsNoRequest(String requestLine) throws IOException {
        try (EdgeServer edge = new EdgeServer();
                RawClient client = new RawClient(edge.port())) {
            client.send(requestLine + " HTTP/1.1\r\nHost: x\r\n\r\n");
            client.receive();
            await().until(() -> edge.openConnections().size() == 1
                    && edge.openConnections().iterator().next().request() == null);
        }
    }

    @Test
    void aConnectionWithTlsIsClosedAsWell() throws Exception {
        try (Socket socket =
                TrustAllCertificates.context().getSocketFactory().createSocket("127.0.0.1", secure.port())) {
            socket.setSoTimeout(TestTimeout.MILLIS);
            ((SSLSocket) socket).startHandshake();
            socket.getOutputStream().write(REQUEST.getBytes(US_ASCII));
            InputStream in = socket.getInputStream();
            assertThat(new String(in.readAllBytes(), US_ASCII)).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void aConnectionOfHttp2WithoutAnyFrameIsClosed() throws Exception {
        try (RawHttp2 client = new RawHttp2(secure.port()).acknowledging()) {
            assertThat(client.responseBody()).isNotEmpty();
            assertThat(client.isClosedBy(0, RawHttp2.PING, new byte[8])).isTrue();
        }
    }

    @Test
    void aConnectionOfHttp2WithoutAFirstRequestGetsAGoAwayDespitePings(@TempDir Path own) throws Exception {
        HttpConfig settings = HttpConfigs.of(SelfSigned.tls(own), 60, 1, 30);
        try (EdgeServer impatient = new EdgeServer(settings);
                RawHttp2 client = new RawHttp2(impatient.port()).acknowledging()) {
            client.frame(RawHttp2.PING, 0, 0, new byte[8]);
            assertThat(client.goAwayCode()).isZero();
        }
    }

    @Test
    void pingsKeepAConnectionOfHttp2Open() throws Exception {
        staysWhile(() -> new RawHttp2(secure.port()).acknowledging(), client -> assertThat(client.resetCodes())
                .isEmpty());
    }

    private interface Exchange<C> {
        void on(C client) throws IOException;
    }

    /**
     * Repeats an exchange for twice the idle timeout, during which the connection must stay open. If this thread did
     * not run for half of that timeout, as is possible on a busy machine, a closed connection proves nothing, and
     * another one is tried.
     */
    private static <C extends Closeable> void staysWhile(Callable<C> connect, Exchange<C> exchange) throws Exception {
        boolean stayed = false;
        while (!stayed) {
            try (C client = connect.call()) {
                stayed = stays(client, exchange);
            }
        }
    }

    private static <C> boolean stays(C client, Exchange<C> exchange) throws IOException {
        long startNanos = System.nanoTime();
        for (long lastNanos = startNanos; lastNanos - startNanos < 2 * IDLE_NANOS; lastNanos = System.nanoTime()) {
            try {
                exchange.on(client);
            } catch (IOException closed) {
                assertThat(System.nanoTime() - lastNanos).isGreaterThan(IDLE_NANOS / 2);
                return false;
            }
        }
        return true;
    }
}
