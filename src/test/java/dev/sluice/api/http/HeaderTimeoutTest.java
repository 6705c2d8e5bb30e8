package dev.sluice.api.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.TestTimeout;
import dev.sluice.api.EdgeServer;
import dev.sluice.api.HttpConfigs;
import dev.sluice.api.RawHttp2;
import dev.sluice.api.SelfSigned;
import dev.sluice.api.TrustAllCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The head of any request must be complete within a second of its first byte. No other timeout matters here. */
class HeaderTimeoutTest {
    private static final int HEADER_SECONDS = 1;
    private static final int DRIP_MILLIS = 50;
    private static final int SECONDS_MAX = 600;
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(3 * HEADER_SECONDS);
    private static final String HEAD = "GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n";
    private static final String REQUEST = HEAD + "\r\n";

    @TempDir
    static Path directory;

    @TempDir
    Path own;

    private static EdgeServer plain;
    private static EdgeServer secure;

    @BeforeAll
    static void start() throws Exception {
        plain = new EdgeServer(HttpConfigs.of(null, SECONDS_MAX, HEADER_SECONDS, SECONDS_MAX));
        secure = new EdgeServer(HttpConfigs.of(SelfSigned.tls(directory), SECONDS_MAX, HEADER_SECONDS, SECONDS_MAX));
    }

    @AfterAll
    static void stop() {
        plain.close();
        secure.close();
    }

    @Test
    void anIncompleteHeadAfterACompletedRequestClosesTheConnection() throws IOException {
        for (String half : new String[] {"G", "GET /openapi.yaml HTTP/1.1\r\n", HEAD + "X: "}) {
            try (Socket client = connect()) {
                send(client, REQUEST);
                readResponse(client);
                send(client, half);
                assertThat(client.getInputStream().read()).isNegative();
            }
        }
    }

    @Test
    void anIncompleteHeadInThePacketOfTheRequestBeforeClosesTheConnectionAfterItsResponse() throws IOException {
        try (Socket client = connect()) {
            send(client, REQUEST + HEAD);
            readResponse(client);
            assertThat(client.getInputStream().read()).isNegative();
        }
    }

    @Test
    void singleBytesDoNotExtendTheTimeout() throws IOException {
        try (Socket client = connect()) {
            send(client, REQUEST);
            readResponse(client);
            long begunNanos = System.nanoTime();
            client.setSoTimeout(DRIP_MILLIS);
            send(client, HEAD + "X: ");
            boolean open = true;
            while (open && System.nanoTime() - begunNanos < TestTimeout.LIMIT.toNanos()) {
                try {
                    open = client.getInputStream().read() >= 0;
                } catch (SocketTimeoutException stillOpen) {
                    open = sendOneByte(client);
                } catch (SocketException reset) {
                    open = false;
                }
            }
            assertThat(open).isFalse();
        }
    }

    private static boolean sendOneByte(Socket client) {
        try {
            send(client, "y");
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    @Test
    void anIdleConnectionAndOneWithASlowBodyStayOpen() throws IOException {
        String push = "POST /client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues/" + plain.queue("slow")
                + "/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + EdgeServer.WRITER
                + "\r\nContent-Length: 2\r\n\r\n";
        try (Socket idle = connect();
                Socket slow = connect()) {
            send(idle, REQUEST);
            readResponse(idle);
            send(slow, push + "{");
            serveOthersForAWhile();
            send(slow, "}");
            assertThat(readResponse(slow)).startsWith("HTTP/1.1 400 ").contains("2 bytes");
            send(idle, HEAD);
            send(idle, "\r\n");
            assertThat(readResponse(idle)).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void anIncompleteHeaderBlockOfHttp2ClosesTheConnection() throws Exception {
        try (RawHttp2 client = new RawHttp2(secure.port()).acknowledging()) {
            assertThat(client.responseBody()).isNotEmpty();
            client.begin();
            assertThat(client.isClosedBy(0, RawHttp2.PING, new byte[8])).isTrue();
        }
    }

    @Test
    void anIncompleteHeadersFrameClosesTheConnection() throws Exception {
        try (RawHttp2 client = new RawHttp2(secure.port()).acknowledging()) {
            assertThat(client.responseBody()).isNotEmpty();
            client.bytes(new byte[] {0, 0, 100, RawHttp2.HEADERS, 4, 0, 0, 0, 3, 1, 2, 3});
            assertThat(client.isClosedBy(0, RawHttp2.PING, new byte[8])).isTrue();
        }
    }

    @Test
    void aSlowBodyOfHttp2AndAnIdleConnectionStayOpen() throws Exception {
        try (RawHttp2 slow = new RawHttp2(secure.port()).acknowledging();
                RawHttp2 idle = new RawHttp2(secure.port()).acknowledging()) {
            assertThat(idle.responseBody()).isNotEmpty();
            int stream = slow.open();
            slow.bytes(new byte[] {0, 0, 2, RawHttp2.DATA, 0, 0, 0, 0, (byte) stream, '{'});
            serveOthersForAWhile();
            slow.bytes(new byte[] {'}'});
            assertThat(slow.resetCodes()).isEmpty();
            assertThat(idle.responseBody()).isNotEmpty();
        }
    }

    @Test
    void aConnectionWithoutHandshakeOrSettingsIsClosedInTime() throws Exception {
        serve();
        try (Socket silent = connect(secure.port())) {
            assertThat(silent.getInputStream().read()).isNegative();
        }
        try (SSLSocket shaken = (SSLSocket)
                TrustAllCertificates.context().getSocketFactory().createSocket("127.0.0.1", secure.port())) {
            SSLParameters parameters = shaken.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            shaken.setSSLParameters(parameters);
            shaken.setSoTimeout((int) TimeUnit.MINUTES.toMillis(2));
            shaken.startHandshake();
            assertThat(shaken.getApplicationProtocol()).isEqualTo("h2");
            try {
                while (shaken.getInputStream().read() >= 0) {
                    // The SETTINGS of the server, and then the end of the connection.
                }
            } catch (SSLException | SocketException cutOff) {
                // The connection ends without a close_notify.
            }
        }
    }

    @Test
    void stalledHandshakesDoNotBlockOtherConnections() throws Exception {
        try (EdgeServer patient =
                new EdgeServer(HttpConfigs.of(SelfSigned.tls(own), SECONDS_MAX, SECONDS_MAX, SECONDS_MAX))) {
            serve(patient);
            List<Socket> silent = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                silent.add(connect(patient.port()));
            }
            serve(patient);
            for (Socket older : silent.subList(0, 20)) {
                assertThat(older.getInputStream().read()).isNegative();
            }
            for (Socket each : silent) {
                each.close();
            }
        }
    }

    private static void serve() throws Exception {
        serve(secure);
    }

    private static void serve(EdgeServer edge) throws Exception {
        try (RawHttp2 client = new RawHttp2(edge.port()).acknowledging()) {
            assertThat(client.responseBody()).isNotEmpty();
        }
    }

    /** Lets time pass by serving other clients. */
    private static void serveOthersForAWhile() throws IOException {
        for (long startNanos = System.nanoTime(); System.nanoTime() - startNanos < LONG_NANOS; ) {
            try (Socket other = connect()) {
                send(other, REQUEST);
                readResponse(other);
            }
        }
    }

    private static Socket connect() throws IOException {
        return connect(plain.port());
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout((int) TimeUnit.MINUTES.toMillis(2));
        return socket;
    }

    private static void send(Socket client, String bytes) throws IOException {
        client.getOutputStream().write(bytes.getBytes(US_ASCII));
    }

    private static String readResponse(Socket client) throws IOException {
        InputStream in = client.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertThat(next).as(head.toString()).isNotNegative();
            head.append((char) next);
        }
        String length = head.toString().toLowerCase(Locale.ROOT).replaceAll("(?s).*content-length: (\\d+).*", "$1");
        return head + new String(in.readNBytes(Integer.parseInt(length)), US_ASCII);
    }
}
