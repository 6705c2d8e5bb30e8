package dev.sluice.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.api.SelfSigned;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class CertificateExpiryTest {
    @Test
    void eachChangeOfTheValidityIsOneLine(@TempDir Path directory) throws Exception {
        X509Certificate certificate = selfSigned(directory);
        Instant expiry = certificate.getNotAfter().toInstant();
        Logger logger = (Logger) LoggerFactory.getLogger(CertificateExpiry.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            Path file = Path.of("cert.pem");
            CertificateExpiry state = new CertificateExpiry();
            Instant start = certificate.getNotBefore().toInstant();
            state.check(file, certificate, start.minus(Duration.ofDays(30)));
            state.check(file, certificate, start.minusSeconds(1));
            for (int hour = 1; hour < 60; hour++) {
                state.check(file, certificate, start.plus(Duration.ofHours(hour)));
            }
            assertThat(lines.list.stream().map(ILoggingEvent::getFormattedMessage))
                    .containsExactly(
                            "The certificate in cert.pem is valid from " + start + " to " + expiry
                                    + " only; clients will reject it",
                            "The certificate in cert.pem expires soon, at " + expiry,
                            "The certificate in cert.pem is valid from " + start + " to " + expiry
                                    + " only; clients will reject it");
        } finally {
            logger.detachAppender(lines);
        }
    }

    private static X509Certificate selfSigned(Path directory) throws Exception {
        try (InputStream pem = Files.newInputStream(SelfSigned.tls(directory).certificate())) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
        }
    }
}
