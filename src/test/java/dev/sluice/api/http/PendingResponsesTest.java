package dev.sluice.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.TestTimeout;
import dev.sluice.api.EdgeServer;
import dev.sluice.api.HttpConfigs;
import dev.sluice.api.RawHttp2;
import dev.sluice.api.SelfSigned;
import dev.sluice.api.TrustAllCertificates;
import dev.sluice.config.HttpConfig;
import dev.sluice.queue.QueueSettings;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses that clients do not read, or read slowly, with a send timeout of 2 s and 1 MiB of memory for them. */
class PendingResponsesTest {
    private static final int SEND_SECONDS = 2;
    /** More than the network buffers can store. */
    private static final int HUGE_BYTES = 24 << 20;

    private static final int SLOW_BYTES = 6 << 20;
    private static final int SLOW_CHUNK_BYTES = 64 * 1024;
    private static final long SLOW_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int CANCEL = 8;
    private static final int REFUSED_STREAM = 7;

    @TempDir
    Path directory;

    private final List<AutoCloseable> clients = new ArrayList<>();
    private EdgeServer edge;
    private String queueId;
    private String otherQueueId;

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable client : clients) {
            client.close();
        }
        if (edge != null) {
            edge.close();
        }
    }

    private void serve(boolean secure, int pulledBytes, long connectionBytes) throws Exception {
        HttpConfig.TlsConfig tls = secure ? SelfSigned.tls(directory) : null;
        edge = new EdgeServer(HttpConfigs.of(tls, SEND_SECONDS, 60, 60), 1000, connectionBytes);
        queueId = queue("orders");
        otherQueueId = queue("others");
        Buffer pulled = Buffer.buffer(new byte[pulledBytes]);
        edge.respondWith("queues-pull-messages", call -> Future.succeededFuture(new Response(pulled)));
        edge.respondWith("queues-peek-messages", call -> Future.succeededFuture(new Response(Buffer.buffer("{}"))));
    }

    /** Created directly in the catalog, as the server may accept TLS only. */
    private String queue(String name) {
        return edge.catalog
                .createQueue(EdgeServer.ACCOUNT, name, QueueSettings.DEFAULT, "")
                .result()
                .queueId();
    }

    private long chargedBytes() {
        return edge.memory.responses().reservedBytes();
    }

    private static String path(String queue, String operation) {
        return "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues/" + queue + "/messages/" + operation;
    }

    private RawHttp2 http2() throws Exception {
        RawHttp2 client = new RawHttp2(edge.port());
        clients.add(client);
        return client.acknowledging();
    }

    private Socket http1(boolean secure) throws Exception {
        Socket plain = new Socket();
        plain.setReceiveBufferSize(32 * 1024);
        plain.setSoTimeout(TestTimeout.MILLIS);
        plain.connect(new InetSocketAddress("127.0.0.1", edge.port()));
        clients.add(plain);
        if (!secure) {
            return plain;
        }
        SSLSocket wrapped = (SSLSocket)
                TrustAllCertificates.context().getSocketFactory().createSocket(plain, "localhost", edge.port(), true);
        wrapped.startHandshake();
        return wrapped;
    }

    private static void post(Socket socket, String path) throws IOException {
        String head = "POST " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + EdgeServer.WRITER
                + "\r\nContent-Length: 2\r\n\r\n{}";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    /** Reads to the end of the body. Returns the status, 0 if the connection ended before. */
    private static int read(Socket socket, long pauseNanos) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return 0;
            }
            head.append((char) next);
        }
        int length = Integer.parseInt(head.toString().replaceAll("(?is).*content-length: (\\d+).*", "$1"));
        byte[] chunk = new byte[SLOW_CHUNK_BYTES];
        for (int left = length; left > 0; ) {
            int got = in.readNBytes(chunk, 0, Math.min(left, chunk.length));
            if (got == 0) {
                return 0;
            }
            left -= got;
            if (pauseNanos > 0) {
                LockSupport.parkNanos(pauseNanos);
            }
        }
        return Integer.parseInt(head.substring(9, 12));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aConnectionOfHttp1ThatReadsNothingIsClosedAndItsMemoryFreed(boolean secure) throws Exception {
        serve(secure, HUGE_BYTES, EdgeServer.CONNECTION_BYTES);
        Socket lazy = http1(secure);
        post(lazy, path(queueId, "pull"));
        await().until(() -> chargedBytes() > HUGE_BYTES / 2);
        await().until(() -> chargedBytes() == 0);
        assertThat(readsToTheEnd(lazy)).isFalse();
    }

    private static boolean readsToTheEnd(Socket socket) {
        try {
            return read(socket, 0) != 0;
        } catch (IOException ended) {
            return false;
        }
    }

    /** Takes much longer than the send timeout, at 640 KB/s and less. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSlowButSteadyReaderGetsTheWholeResponse(boolean secure) throws Exception {
        serve(secure, SLOW_BYTES, EdgeServer.CONNECTION_BYTES);
        Socket slow = http1(secure);
        post(slow, path(queueId, "pull"));
        assertThat(read(slow, SLOW_PAUSE_NANOS)).isEqualTo(200);
        await().until(() -> chargedBytes() == 0);
    }

    /** Responses of every kind: of an operation, of the gateway, of the router, and one that has no operation. */
    @ParameterizedTest
    @ValueSource(strings = {"pull", "peek", "refused", "unknown", "list", "contract"})
    void anUnreadStreamIsChargedAndResetAfterTheTimeout(String kind) throws Exception {
        serve(true, 300_000, EdgeServer.CONNECTION_BYTES);
        RawHttp2 client = http2().readingNothing();
        switch (kind) {
            case "refused" -> client.send(RawHttp2.POST, path("nonsense", "pull"));
            case "unknown" -> client.send(RawHttp2.GET, "/nowhere");
            case "list" -> client.request();
            case "contract" -> client.send(RawHttp2.GET, "/openapi.yaml");
            default -> client.send(RawHttp2.POST, path(queueId, kind));
        }
        client.resetCodes();
        assertThat(chargedBytes()).isPositive();
        // Pings keep the connection open.
        await().until(() -> client.resetCodes().equals(List.of(CANCEL)));
        await().until(() -> chargedBytes() == 0);
    }

    /** Two streams. The window is opened for only one of them, piece by piece, for longer than the send timeout. */
    @Test
    void aStreamWaitsWhileAnotherOneOfItsConnectionIsReadAndIsResetAfterwards() throws Exception {
        int pieces = 8;
        serve(true, pieces * SLOW_CHUNK_BYTES, EdgeServer.CONNECTION_BYTES);
        RawHttp2 client = http2().readingNothing();
        int waiting = client.send(RawHttp2.POST, path(queueId, "peek"));
        int taken = client.send(RawHttp2.POST, path(queueId, "pull"));
        for (int i = 0; i < pieces; i++) {
            client.window(0, SLOW_CHUNK_BYTES);
            client.window(taken, SLOW_CHUNK_BYTES);
            assertThat(client.resetCodes()).isEmpty();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(SEND_SECONDS) / 3);
        }
        assertThat(waiting).isLessThan(taken);
        await().until(() -> client.resetCodes().equals(List.of(CANCEL)));
        await().until(() -> chargedBytes() == 0);
    }

    @Test
    void unreadResponsesOfOneClientDoNotAffectAClientOfAnotherQueue() throws Exception {
        serve(true, 300_000, EdgeServer.CONNECTION_BYTES);
        for (int i = 0; i < 4; i++) {
            http2().readingNothing().send(RawHttp2.POST, path(queueId, "pull"));
        }
        await().until(() -> chargedBytes() > EdgeServer.REQUEST_MEMORY_BYTES);
        Socket victim = http1(true);
        for (String operation : List.of("pull", "peek")) {
            post(victim, path(otherQueueId, operation));
            assertThat(read(victim, 0)).isEqualTo(200);
        }
    }

    /**
     * A client that sends many requests and reads nothing, and another one of the same queue with the same credential.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatReadsNothingIsClosedForOthersOfTheSameQueue(boolean secure) throws Exception {
        serve(secure, HUGE_BYTES, EdgeServer.CONNECTION_BYTES);
        for (int i = 0; i < 3; i++) {
            post(http1(secure), path(queueId, "pull"));
            await().until(() -> chargedBytes() > EdgeServer.REQUEST_MEMORY_BYTES);
            for (String operation : List.of("pull", "peek")) {
                await().until(() -> {
                    Socket victim = http1(secure);
                    post(victim, path(queueId, operation));
                    return read(victim, 0) == 200;
                });
            }
        }
    }

    @Test
    void oneConnectionGetsNoMoreMessagesThanItsShareUntilItHasReadThem() throws Exception {
        serve(true, 300_000, EdgeServer.CONNECTION_BYTES);
        RawHttp2 client = http2().readingNothing();
        for (int i = 0; i < 20; i++) {
            client.send(RawHttp2.POST, path(queueId, "pull"));
            client.resetCodes();
        }
        assertThat(chargedBytes()).isBetween(300_000L, EdgeServer.REQUEST_MEMORY_BYTES / 2);
    }

    @Test
    void streamsBeyondTheMemoryForThemAreRefusedAndTheConnectionWithMostIsClosed() throws Exception {
        serve(true, 100, 1 << 20);
        RawHttp2 few = http2();
        few.open();
        RawHttp2 many = http2();
        for (int i = 0; i < 100; i++) {
            many.open();
        }
        assertThat(many.resetCodes()).isNotEmpty().containsOnly(REFUSED_STREAM);

        RawHttp2 newcomer = http2();
        newcomer.request();
        assertThat(newcomer.responseBody()).contains("\"success\":true");
        assertThat(few.responseBody()).contains("\"success\":true");
        assertThat(many.isClosedBy(1, RawHttp2.PING, new byte[8])).isTrue();
    }
}
