package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What one connection of HTTP/2 can demand: floods end in GOAWAY, and those who behave do not notice. */
@Timeout(60)
class Http2FloodTest {
    private static final int PROTOCOL_ERROR = 1;
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final int REFUSED_STREAM = 7;
    private static final int FRAMES = 20_000;

    @TempDir
    static Path directory;

    private static EdgeServer edge;
    private static RawHttp2 bystander;

    @BeforeAll
    static void start() throws Exception {
        SelfSigned identity = SelfSigned.make(directory);
        HttpSettings.Tls tls = new HttpSettings.Tls(identity.certificatePath(), identity.keyPath(), null);
        edge = new EdgeServer(new HttpSettings("127.0.0.1", 0, tls, 60, 10, 10, 8192));
        bystander = new RawHttp2(edge.port());
    }

    @AfterAll
    static void stop() throws IOException {
        bystander.close();
        edge.close();
    }

    /** Somebody else's connection, open since before the flood, and a new one. */
    private static void othersGoOn() throws Exception {
        assertThat(bystander.statusOfContract()).isEqualTo(200);
        try (RawHttp2 newcomer = new RawHttp2(edge.port())) {
            assertThat(newcomer.statusOfContract()).isEqualTo(200);
        }
    }

    @Test
    void rapidResets() throws Exception {
        try (RawHttp2 client = new RawHttp2(edge.port())) {
            client.flood(FRAMES, i -> {
                client.request(2 * i + 1);
                client.reset(2 * i + 1);
            });
            assertThat(client.goAwayCode()).isEqualTo(ENHANCE_YOUR_CALM);
        }
        othersGoOn();
    }

    @Test
    void headersThatNeverEnd() throws Exception {
        try (RawHttp2 client = new RawHttp2(edge.port())) {
            client.frame(RawHttp2.HEADERS, 0, 1, RawHttp2.contractRequest());
            client.flood(FRAMES, i -> client.frame(RawHttp2.CONTINUATION, 0, 1, new byte[16]));
            assertThat(client.goAwayCode()).isIn(ENHANCE_YOUR_CALM, PROTOCOL_ERROR);
        }
        othersGoOn();
    }

    @Test
    void continuationsWithNothingInThem() throws Exception {
        try (RawHttp2 client = new RawHttp2(edge.port())) {
            client.frame(RawHttp2.HEADERS, 0, 1, RawHttp2.contractRequest());
            client.flood(FRAMES, i -> client.frame(RawHttp2.CONTINUATION, 0, 1, new byte[0]));
            assertThat(client.goAwayCode()).isEqualTo(ENHANCE_YOUR_CALM);
        }
        othersGoOn();
    }

    @Test
    void dataWithNothingInIt() throws Exception {
        try (RawHttp2 client = new RawHttp2(edge.port())) {
            client.open(1);
            client.flood(FRAMES, i -> client.frame(RawHttp2.DATA, 0, 1, new byte[0]));
            assertThat(client.goAwayCode()).isEqualTo(ENHANCE_YOUR_CALM);
        }
        othersGoOn();
    }

    @Test
    void streamsBeyondTheLimitAreRefusedOneByOne() throws Exception {
        try (RawHttp2 client = new RawHttp2(edge.port())) {
            List<Integer> codes = client.resetCodesOfOpenStreams(130);
            assertThat(codes).hasSize(30).containsOnly(REFUSED_STREAM);
        }
        othersGoOn();
    }

    /** Acknowledgements that nobody reads must not pile up for ever. */
    @Test
    void pingsAndSettingsWhoseAnswersAreNotRead() throws Exception {
        for (int type : List.of(RawHttp2.PING, RawHttp2.SETTINGS)) {
            try (RawHttp2 client = new RawHttp2(edge.port())) {
                byte[] payload = new byte[type == RawHttp2.PING ? 8 : 0];
                assertThat(client.floodsUntilClosed(2_000_000, type, payload)).isTrue();
            }
            othersGoOn();
        }
    }

    /** A certificate of its own, as files in PEM. */
    private record SelfSigned(String certificatePath, String keyPath) {
        static SelfSigned make(Path directory) throws Exception {
            Path store = directory.resolve("store.p12");
            Process keytool = new ProcessBuilder(command(store)).inheritIO().start();
            assertThat(keytool.waitFor()).isZero();
            java.security.KeyStore keys = java.security.KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
            return new SelfSigned(
                    pem(directory, "CERTIFICATE", keys.getCertificate("x").getEncoded()),
                    pem(
                            directory,
                            "PRIVATE KEY",
                            keys.getKey("x", "changeit".toCharArray()).getEncoded()));
        }

        private static List<String> command(Path store) {
            String keytool =
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
            return List.of(
                    keytool,
                    "-genkeypair",
                    "-alias",
                    "x",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=localhost",
                    "-storetype",
                    "PKCS12",
                    "-storepass",
                    "changeit",
                    "-keystore",
                    store.toString());
        }

        private static String pem(Path directory, String type, byte[] der) throws IOException {
            String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
            return Files.writeString(
                            directory.resolve(type.charAt(0) + ".pem"),
                            "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n")
                    .toString();
        }
    }
}
