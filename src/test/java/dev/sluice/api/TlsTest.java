package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.OpenSsl;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS through BoringSSL: 1.2 and 1.3 and nothing older, HTTP/2 for clients that can. */
class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path directory;

    private static EdgeServer edge;
    private static SSLContext trusting;

    @BeforeAll
    static void start() throws Exception {
        KeyStore store = selfSigned("store.p12");
        String certificate =
                pem("cert.pem", "CERTIFICATE", store.getCertificate("sluice").getEncoded());
        String key =
                pem("key.pem", "PRIVATE KEY", store.getKey("sluice", PASSWORD).getEncoded());
        trusting = trusting(store);
        HttpSettings.Tls tls = new HttpSettings.Tls(certificate, key, null);
        edge = new EdgeServer(new HttpSettings("127.0.0.1", 0, tls, 60, 10, 10, 8192));
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    private static HttpResponse<String> get(HttpClient.Version version, String... protocols)
            throws IOException, InterruptedException {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(protocols);
        HttpClient client = HttpClient.newBuilder()
                .version(version)
                .sslContext(trusting)
                .sslParameters(parameters)
                .build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        "https://localhost:" + edge.port() + "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues"))
                .header("authorization", "Bearer " + EdgeServer.WRITER)
                .build();
        return ContractAnswers.shared().check(client.send(request, BodyHandlers.ofString()));
    }

    @Test
    void boringSslIsThere() {
        assertThat(OpenSsl.isAvailable()).isTrue();
        assertThat(OpenSsl.versionString()).contains("BoringSSL");
    }

    @Test
    void speaksHttp2AndHttp1() throws Exception {
        assertThat(get(HttpClient.Version.HTTP_2, "TLSv1.3").version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(get(HttpClient.Version.HTTP_1_1, "TLSv1.2").version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    @Test
    void answersLongBodiesOverHttp2WithAFailureToo() throws Exception {
        HttpClient client = HttpClient.newBuilder().sslContext(trusting).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        "https://localhost:" + edge.port() + "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues"))
                .header("authorization", "Bearer " + EdgeServer.WRITER)
                .POST(HttpRequest.BodyPublishers.ofString("x".repeat(EdgeServer.REQUEST_BYTES_MAX + 1)))
                .build();
        HttpResponse<String> response = ContractAnswers.shared().check(client.send(request, BodyHandlers.ofString()));
        assertThat(response.statusCode()).isEqualTo(413);
    }

    @Test
    void refusesOlderProtocols() {
        assertThatThrownBy(() -> get(HttpClient.Version.HTTP_1_1, "TLSv1.1")).isInstanceOf(SSLException.class);
    }

    @Test
    void aChangedCertificateIsUsedWithoutARestartAndABrokenOneIsNot() throws Exception {
        KeyStore before = selfSigned("before.p12");
        HttpSettings.Tls tls = new HttpSettings.Tls(
                pem(
                        "reloaded-cert.pem",
                        "CERTIFICATE",
                        before.getCertificate("sluice").getEncoded()),
                pem(
                        "reloaded-key.pem",
                        "PRIVATE KEY",
                        before.getKey("sluice", PASSWORD).getEncoded()),
                null);
        EdgeServer reloading = new EdgeServer(new HttpSettings("127.0.0.1", 0, tls, 60, 10, 10, 8192));
        try {
            assertThat(shownBy(reloading)).isEqualTo(before.getCertificate("sluice"));

            KeyStore after = selfSigned("after.p12");
            pem(
                    "reloaded-key.pem",
                    "PRIVATE KEY",
                    after.getKey("sluice", PASSWORD).getEncoded());
            pem(
                    "reloaded-cert.pem",
                    "CERTIFICATE",
                    after.getCertificate("sluice").getEncoded());
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(shownBy(reloading)).isEqualTo(after.getCertificate("sluice")));

            Files.writeString(directory.resolve("reloaded-cert.pem"), "no certificate");
            await().during(Duration.ofSeconds(5))
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(shownBy(reloading)).isEqualTo(after.getCertificate("sluice")));
        } finally {
            reloading.close();
        }
    }

    /** The certificate that a new connection gets, whoever made it. */
    private static Certificate shownBy(EdgeServer server) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustsAnybody()}, null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.port())) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    /** For looking at certificates. */
    private static final class TrustsAnybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static KeyStore selfSigned(String name) throws Exception {
        Path file = directory.resolve(name);
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "sluice",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private static SSLContext trusting(KeyStore store) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("sluice", store.getCertificate("sluice"));
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }

    private static String pem(String name, String type, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Path file = directory.resolve(name);
        Files.writeString(file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
        return file.toString();
    }
}
