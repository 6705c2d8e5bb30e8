package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The limits of one connection of HTTP/2: a flood closes it, and other connections are not affected. What a test sends
 * beyond a limit fits into one TLS record, so that the server has read all of it when it closes.
 */
class Http2FloodTest {
    private static final int PROTOCOL_ERROR = 1;
    private static final int REFUSED_STREAM = 7;
    private static final int ENHANCE_YOUR_CALM = 11;
    /** More acknowledgements than the network buffers between two local sockets can store. */
    private static final int CONTROL_FRAMES = 1_000_000;

    private static final long GROWTH_BYTES_MAX = 48 << 20;

    @TempDir
    static Path directory;

    private static EdgeServer edge;
    /** A connection of another client, opened before all floods. */
    private static RawHttp2 bystander;

    private static long bytesBefore;

    @BeforeAll
    static void start() throws Exception {
        edge = new EdgeServer(HttpConfigs.of(SelfSigned.tls(directory), 60, 60, 60));
        bystander = new RawHttp2(edge.port()).acknowledging();
        otherConnectionsWork();
        bytesBefore = bytesInUse();
    }

    @AfterAll
    static void stop() throws Exception {
        bystander.close();
        edge.close();
    }

    @AfterEach
    void otherConnectionsWorkInBoundedMemory() throws Exception {
        otherConnectionsWork();
        assertThat(bytesInUse() - bytesBefore).isLessThan(GROWTH_BYTES_MAX);
    }

    private static void otherConnectionsWork() throws Exception {
        assertThat(bystander.responseBody()).contains("\"success\":true");
        try (RawHttp2 newcomer = client().acknowledging()) {
            assertThat(newcomer.responseBody()).contains("\"success\":true");
        }
    }

    /** Live heap, and memory of the network buffers. */
    private static long bytesInUse() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
                + PlatformDependent.usedDirectMemory();
    }

    private static RawHttp2 client() throws Exception {
        return new RawHttp2(edge.port());
    }

    @Test
    void requestsThatAreResetAtOnceCloseTheConnection() throws Exception {
        try (RawHttp2 client = client().acknowledging()) {
            for (int i = 0; i < 150; i++) {
                client.reset(client.request());
            }
            assertThat(client.responseBody()).contains("\"success\":true");
            for (int i = 0; i < 80; i++) {
                client.reset(client.request());
            }
            assertThat(client.goAwayCode()).isEqualTo(ENHANCE_YOUR_CALM);
        }
    }

    /** An endless header block: of empty frames, of small frames, and with more bytes than all headers may have. */
    @ParameterizedTest
    @CsvSource({"0, 64", "16, 64", "4096, 12", "6000, 8"})
    void endlessHeadersCloseTheConnection(int pieceBytes, int pieces) throws Exception {
        try (RawHttp2 client = client()) {
            int stream = client.begin();
            for (int i = 0; i < pieces; i++) {
                client.frame(RawHttp2.CONTINUATION, 0, stream, new byte[pieceBytes]);
            }
            assertThat(client.goAwayCode()).isIn(ENHANCE_YOUR_CALM, PROTOCOL_ERROR);
        }
    }

    @Test
    void emptyDataFramesCloseTheConnection() throws Exception {
        try (RawHttp2 client = client()) {
            int stream = client.open();
            for (int i = 0; i < 64; i++) {
                client.frame(RawHttp2.DATA, 0, stream, new byte[0]);
            }
            assertThat(client.goAwayCode()).isEqualTo(ENHANCE_YOUR_CALM);
        }
    }

    /** Netty enforces the limit only after the client has acknowledged it; we do from the start. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void streamsBeyondTheLimitAreRefusedOneByOneWhetherItWasAcknowledgedOrNot(boolean acknowledged) throws Exception {
        try (RawHttp2 client = acknowledged ? client().acknowledging() : client()) {
            for (int i = 0; i < 130; i++) {
                client.open();
            }
            assertThat(client.resetCodes()).hasSize(30).containsOnly(REFUSED_STREAM);
            assertThat(client.resetCodes()).isEmpty();
        }
    }

    @Test
    void endlessStreamsBeyondTheLimitCloseTheConnection() throws Exception {
        try (RawHttp2 client = client()) {
            for (int i = 0; i < 310; i++) {
                client.open();
            }
            assertThat(client.goAwayCode()).isEqualTo(ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void pingsWhoseAcknowledgementsAreNotReadCloseTheConnection() throws Exception {
        try (RawHttp2 client = client()) {
            assertThat(client.isClosedBy(CONTROL_FRAMES, RawHttp2.PING, new byte[8]))
                    .isTrue();
        }
    }

    @Test
    void settingsWhoseAcknowledgementsAreNotReadCloseTheConnection() throws Exception {
        try (RawHttp2 client = client()) {
            assertThat(client.isClosedBy(CONTROL_FRAMES, RawHttp2.SETTINGS, new byte[0]))
                    .isTrue();
        }
    }
}
