package dev.sluice.api;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections on which nothing happens for longer than the idle timeout of a second, and those on which something does. */
class IdleConnectionsTest {
    private static final int IDLE_SECONDS = 1;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(IDLE_SECONDS);
    /** The idle timeout, and as much again. */
    private static final long LONG_MILLIS = 2_000L * IDLE_SECONDS;

    private static final String REQUEST = "GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n";

    @TempDir
    static Path directory;

    private static EdgeServer plain;
    private static EdgeServer secure;

    @BeforeAll
    static void start() throws Exception {
        plain = new EdgeServer(new HttpSettings("127.0.0.1", 0, null, IDLE_SECONDS, 0, 30, 8192));
        secure = new EdgeServer(new HttpSettings("127.0.0.1", 0, SelfSigned.tls(directory), IDLE_SECONDS, 0, 30, 8192));
    }

    @AfterAll
    static void stop() {
        plain.close();
        secure.close();
    }

    @Test
    void aConnectionWithoutAnotherRequestIsClosedAfterTheTimeAndNotBefore() throws IOException {
        try (RawClient client = new RawClient(plain.port())) {
            client.send(REQUEST);
            assertThat(client.receive().status()).isEqualTo(200);
            long answeredNanos = System.nanoTime();
            assertThat(client.isClosedByServer()).isTrue();
            // The time runs from the request, a moment before its answer came here.
            assertThat(System.nanoTime() - answeredNanos).isGreaterThan(IDLE_NANOS / 2);
        }
    }

    @Test
    void aConnectionThatNeverSaysAnythingIsClosed() throws IOException {
        try (RawClient client = new RawClient(plain.port())) {
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void halfARequestDoesNotKeepAConnection() throws IOException {
        try (RawClient client = new RawClient(plain.port())) {
            client.send(REQUEST);
            client.receive();
            client.send("GET /openapi.yaml HTTP/1.1\r\nHost:");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void requestsKeepAConnectionForAsLongAsTheyCome() throws IOException {
        try (RawClient client = new RawClient(plain.port())) {
            for (long startNanos = System.nanoTime(); System.nanoTime() - startNanos < 2 * IDLE_NANOS; ) {
                client.send(REQUEST);
                assertThat(client.receive().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aRequestThatTakesLongerThanTheTimeIsAnswered() throws IOException {
        plain.behaviours.put("queues-push-message", call -> {
            Promise<Answer> late = Promise.promise();
            plain.vertx.setTimer(LONG_MILLIS, fired -> late.complete(new Answer(Buffer.buffer("{\"late\":true}"))));
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

    @Test
    void aConnectionWithTlsIsClosedAsWell() throws Exception {
        try (Socket socket = TrustsAnybody.context().getSocketFactory().createSocket("127.0.0.1", secure.port())) {
            socket.setSoTimeout(10_000);
            ((SSLSocket) socket).startHandshake();
            socket.getOutputStream().write(REQUEST.getBytes(US_ASCII));
            InputStream in = socket.getInputStream();
            assertThat(new String(in.readAllBytes(), US_ASCII)).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void aConnectionOfHttp2IsClosedIfNotEvenAPingComes() throws Exception {
        try (RawHttp2 client = new RawHttp2(secure.port()).acknowledging()) {
            assertThat(client.answer()).isNotEmpty();
            assertThat(client.isEndedBy(0, RawHttp2.PING, new byte[8])).isTrue();
        }
    }

    @Test
    void aConnectionOfHttp2WithoutAFirstRequestIsToldThatItEndsWhateverPingsCome(@TempDir Path own) throws Exception {
        HttpSettings settings = new HttpSettings("127.0.0.1", 0, SelfSigned.tls(own), 60, 1, 30, 8192);
        try (EdgeServer impatient = new EdgeServer(settings);
                RawHttp2 client = new RawHttp2(impatient.port()).acknowledging()) {
            client.frame(RawHttp2.PING, 0, 0, new byte[8]);
            assertThat(client.goAwayCode()).isZero();
        }
    }

    @Test
    void pingsKeepAConnectionOfHttp2() throws Exception {
        try (RawHttp2 client = new RawHttp2(secure.port()).acknowledging()) {
            for (long startNanos = System.nanoTime(); System.nanoTime() - startNanos < 2 * IDLE_NANOS; ) {
                assertThat(client.resetCodes()).isEmpty();
            }
            assertThat(client.answer()).isNotEmpty();
        }
    }
}
