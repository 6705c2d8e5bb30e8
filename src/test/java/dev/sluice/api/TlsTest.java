package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.OpenSsl;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
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
        KeyStore store = selfSigned();
        String certificate =
                pem("cert.pem", "CERTIFICATE", store.getCertificate("sluice").getEncoded());
        String key =
                pem("key.pem", "PRIVATE KEY", store.getKey("sluice", PASSWORD).getEncoded());
        trusting = trusting(store);
        HttpSettings.Tls tls = new HttpSettings.Tls(certificate, key);
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

    private static KeyStore selfSigned() throws Exception {
        Path file = directory.resolve("store.p12");
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
