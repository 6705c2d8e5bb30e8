package dev.sluice.api.http;

import dev.sluice.config.HttpConfig;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The content of the TLS files at one moment. Immutable.
 *
 * @param files their paths
 * @param certificate PEM with the certificate and its chain
 * @param key PEM with its private key
 * @param authorities PEM with the certificate authorities of clients, null if clients are not asked for
 *     certificates
 */
record CertificateFiles(HttpConfig.TlsConfig files, Buffer certificate, Buffer key, @Nullable Buffer authorities) {
    private static final String CERTIFICATE_KEY = "http.tls.cert";
    private static final String PRIVATE_KEY = "http.tls.key";
    private static final String AUTHORITIES_KEY = "http.tls.client_ca";
    /** Larger than any chain or list of authorities in use; bounds what is read. */
    private static final int BYTES_MAX = 1 << 20;

    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");

    /**
     * Reads the files. Blocks.
     *
     * @throws InvalidCertificateException if one of them cannot be read
     */
    static CertificateFiles read(HttpConfig.TlsConfig files) {
        return new CertificateFiles(
                files,
                read(CERTIFICATE_KEY, files.certificate()),
                read(PRIVATE_KEY, files.key()),
                files.clientAuthorities()
                        .map(authorities -> read(AUTHORITIES_KEY, authorities))
                        .orElse(null));
    }

    private static Buffer read(String configKey, Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            byte[] bytes = content.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw invalid(configKey, file, "is larger than " + BYTES_MAX + " bytes");
            }
            return Buffer.buffer(bytes);
        } catch (NoSuchFileException absent) {
            throw invalid(configKey, file, "does not exist");
        } catch (IOException failure) {
            throw invalid(configKey, file, "cannot be read: " + failure.getMessage());
        }
    }

    PemKeyCertOptions identity() {
        return new PemKeyCertOptions().setCertValue(certificate).setKeyValue(key);
    }

    /** Null if clients are not asked for certificates. */
    @Nullable
    PemTrustOptions trusted() {
        return authorities == null ? null : new PemTrustOptions().addCertValue(authorities);
    }

    /**
     * Checks that the files can be parsed, and that the key belongs to the certificate. Without this check the first
     * handshake would fail. Takes milliseconds of processor time.
     *
     * @return the certificate that is shown to clients
     * @throws InvalidCertificateException if the files cannot be used
     */
    X509Certificate check() {
        requireCertificates(CERTIFICATE_KEY, files.certificate(), certificate);
        if (authorities != null) {
            requireCertificates(AUTHORITIES_KEY, files.clientAuthorities().orElseThrow(), authorities);
        }
        requireKey();
        try {
            KeyStore store = identity().loadKeyStore(null);
            X509KeyManager keys =
                    (X509KeyManager) identity().getKeyManagerFactory(null).getKeyManagers()[0];
            String alias = Collections.list(store.aliases()).get(0);
            X509Certificate shown = keys.getCertificateChain(alias)[0];
            if (!isKeyOf(keys.getPrivateKey(alias), shown.getPublicKey())) {
                throw mismatch();
            }
            return shown;
        } catch (InvalidCertificateException known) {
            throw known;
        } catch (Exception failure) {
            throw toException(failure);
        }
    }

    private static void requireCertificates(String configKey, Path file, Buffer content) {
        Matcher certificate = CERTIFICATE.matcher(content.toString(StandardCharsets.ISO_8859_1));
        if (!certificate.find()) {
            throw invalid(configKey, file, "holds no certificate in PEM");
        }
        try {
            CertificateFactory parser = CertificateFactory.getInstance("X.509");
            do {
                byte[] pem = certificate.group().getBytes(StandardCharsets.ISO_8859_1);
                parser.generateCertificate(new ByteArrayInputStream(pem));
            } while (certificate.find());
        } catch (CertificateException failure) {
            throw invalid(configKey, file, "holds a certificate that cannot be read: " + failure.getMessage());
        }
    }

    private void requireKey() {
        String text = key.toString(StandardCharsets.ISO_8859_1);
        if (text.contains("ENCRYPTED")) {
            throw invalid(
                    PRIVATE_KEY,
                    files.key(),
                    "is encrypted; decrypt it (openssl pkey -in FILE -out NEW) and keep it readable for this server only");
        }
        if (!text.contains("PRIVATE KEY-----")) {
            throw invalid(PRIVATE_KEY, files.key(), "holds no private key in PEM");
        }
    }

    /** Signs with the private key and verifies with the public one, which works for all kinds of keys. */
    private static boolean isKeyOf(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
        if (!key.getAlgorithm().equals(certified.getAlgorithm())) {
            return false;
        }
        String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256with" + key.getAlgorithm();
        byte[] probe = "does the key belong to the certificate?".getBytes(StandardCharsets.US_ASCII);
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(probe);
        byte[] signature = signer.sign();
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(certified);
        verifier.update(probe);
        try {
            return verifier.verify(signature);
        } catch (GeneralSecurityException otherSize) {
            return false;
        }
    }

    private InvalidCertificateException toException(Exception failure) {
        String reason = String.valueOf(failure.getMessage());
        if (reason.contains("does not match")) {
            return mismatch();
        }
        if (reason.contains("chain")) {
            return invalid(CERTIFICATE_KEY, files.certificate(), "cannot be used: " + reason);
        }
        return invalid(
                PRIVATE_KEY,
                files.key(),
                "holds a key that cannot be used (" + reason
                        + "); RSA keys and elliptic curve keys (P-256, P-384, P-521) can be, others such as Ed25519 cannot");
    }

    private InvalidCertificateException mismatch() {
        return new InvalidCertificateException(CERTIFICATE_KEY + " " + files.certificate() + " and " + PRIVATE_KEY + " "
                + files.key() + " do not belong together: the key is not that of the first certificate");
    }

    private static InvalidCertificateException invalid(String configKey, Path file, String what) {
        return new InvalidCertificateException(configKey + " " + file + " " + what);
    }

    /** Whether the content is the same. */
    boolean hasSameContent(CertificateFiles other) {
        return Arrays.asList(certificate, key, authorities)
                .equals(Arrays.asList(other.certificate, other.key, other.authorities));
    }

    @Override
    public String toString() {
        return "CertificateFiles[" + files + "]";
    }
}
