package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.api.http.Certificates;
import dev.sluice.config.HttpConfig;
import io.netty.handler.ssl.OpenSsl;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** TLS through BoringSSL: versions 1.2 and 1.3 only, with HTTP/2 for clients that support it. */
class TlsTest {
    @TempDir
    static Path directory;

    private static EdgeServer edge;
    private static SSLContext trusting;

    @BeforeAll
    static void start() throws Exception {
        KeyStore store = SelfSigned.keyStore(directory, "store.p12");
        Path certificate = SelfSigned.pem(
                directory,
                "cert.pem",
                "CERTIFICATE",
                store.getCertificate("sluice").getEncoded());
        Path key = SelfSigned.pem(
                directory,
                "key.pem",
                "PRIVATE KEY",
                store.getKey("sluice", SelfSigned.PASSWORD).getEncoded());
        trusting = trusting(store);
        HttpConfig.TlsConfig tls =
                new HttpConfig.TlsConfig(certificate, key, HttpConfig.ClientAuth.NONE, Optional.empty());
        edge = new EdgeServer(HttpConfigs.of(tls, 60, 60, 60));
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
        return ContractResponses.shared().check(client.send(request, BodyHandlers.ofString()));
    }

    @Test
    void boringSslIsAvailable() {
        assertThat(OpenSsl.isAvailable()).isTrue();
        assertThat(OpenSsl.versionString()).contains("BoringSSL");
    }

    @Test
    void speaksHttp2AndHttp1() throws Exception {
        assertThat(get(HttpClient.Version.HTTP_2, "TLSv1.3").version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(get(HttpClient.Version.HTTP_1_1, "TLSv1.2").version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    @Test
    void respondsToLongBodiesOverHttp2AlsoWithAFailure() throws Exception {
        HttpClient client = HttpClient.newBuilder().sslContext(trusting).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        "https://localhost:" + edge.port() + "/client/v4/accounts/" + EdgeServer.ACCOUNT + "/queues"))
                .header("authorization", "Bearer " + EdgeServer.WRITER)
                .POST(HttpRequest.BodyPublishers.ofString("x".repeat(EdgeServer.REQUEST_BYTES_MAX + 1)))
                .build();
        HttpResponse<String> response = ContractResponses.shared().check(client.send(request, BodyHandlers.ofString()));
        assertThat(response.statusCode()).isEqualTo(413);
    }

    @Test
    void refusesOlderProtocols() {
        assertThatThrownBy(() -> get(HttpClient.Version.HTTP_1_1, "TLSv1.1")).isInstanceOf(SSLException.class);
    }

    @Test
    void aChangedCertificateIsUsedWithoutARestartAndAnInvalidOneIsNot() throws Exception {
        KeyStore before = SelfSigned.keyStore(directory, "before.p12");
        HttpConfig.TlsConfig tls = new HttpConfig.TlsConfig(
                SelfSigned.pem(
                        directory,
                        "reloaded-cert.pem",
                        "CERTIFICATE",
                        before.getCertificate("sluice").getEncoded()),
                SelfSigned.pem(
                        directory,
                        "reloaded-key.pem",
                        "PRIVATE KEY",
                        before.getKey("sluice", SelfSigned.PASSWORD).getEncoded()),
                HttpConfig.ClientAuth.NONE,
                Optional.empty());
        EdgeServer reloading = new EdgeServer(HttpConfigs.of(tls, 60, 60, 60));
        try {
            assertThat(certificateOf(reloading)).isEqualTo(before.getCertificate("sluice"));

            KeyStore after = SelfSigned.keyStore(directory, "after.p12");
            SelfSigned.pem(
                    directory,
                    "reloaded-key.pem",
                    "PRIVATE KEY",
                    after.getKey("sluice", SelfSigned.PASSWORD).getEncoded());
            SelfSigned.pem(
                    directory,
                    "reloaded-cert.pem",
                    "CERTIFICATE",
                    after.getCertificate("sluice").getEncoded());
            await().untilAsserted(() -> assertThat(certificateOf(reloading)).isEqualTo(after.getCertificate("sluice")));

            ListAppender<ILoggingEvent> lines = new ListAppender<>();
            lines.list = new CopyOnWriteArrayList<>();
            lines.start();
            Logger log = (Logger) LoggerFactory.getLogger(Certificates.class);
            log.addAppender(lines);
            Files.writeString(directory.resolve("reloaded-cert.pem"), "no certificate");
            await().until(() -> lines.list.stream()
                    .anyMatch(line -> line.getFormattedMessage().contains("cannot be used")));
            log.detachAppender(lines);
            assertThat(certificateOf(reloading)).isEqualTo(after.getCertificate("sluice"));
        } finally {
            reloading.close();
        }
    }

    /** The certificate that a new connection gets, whatever its issuer. */
    private static Certificate certificateOf(EdgeServer server) throws Exception {
        try (SSLSocket socket = (SSLSocket)
                TrustAllCertificates.context().getSocketFactory().createSocket("127.0.0.1", server.port())) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
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
}
