package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.HttpConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Optional;

/** Self-signed certificates for tests, created with the keytool of the JDK. */
public final class SelfSigned {
    static final char[] PASSWORD = "changeit".toCharArray();

    private SelfSigned() {}

    /** TLS options with a new certificate, whose files are in the directory. */
    public static HttpConfig.TlsConfig tls(Path directory) throws Exception {
        KeyStore store = keyStore(directory, "store.p12");
        return new HttpConfig.TlsConfig(
                pem(
                        directory,
                        "cert.pem",
                        "CERTIFICATE",
                        store.getCertificate("sluice").getEncoded()),
                pem(
                        directory,
                        "key.pem",
                        "PRIVATE KEY",
                        store.getKey("sluice", PASSWORD).getEncoded()),
                HttpConfig.ClientAuth.NONE,
                Optional.empty());
    }

    /** A new key with a certificate for localhost, valid for two days. */
    static KeyStore keyStore(Path directory, String name) throws Exception {
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

    /** Writes it as a PEM file. Returns the path of the file. */
    static Path pem(Path directory, String name, String type, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Path file = directory.resolve(name);
        Files.writeString(file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
        return file;
    }
}
