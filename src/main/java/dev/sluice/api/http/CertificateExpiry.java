package dev.sluice.api.http;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs whether clients accept the certificate of the API: one line when it will expire within two weeks, and one when
 * it is not valid. Not safe for use from several threads at once.
 */
final class CertificateExpiry {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateExpiry.class);
    private static final Duration SOON = Duration.ofDays(14);

    private enum Validity {
        GOOD,
        EXPIRES_SOON,
        NOT_VALID
    }

    private Validity logged = Validity.GOOD;

    /** The same for a certificate that is new, so that its state is logged if it is not good. */
    void checkNew(Path file, X509Certificate shown) {
        logged = Validity.GOOD;
        check(file, shown);
    }

    /** Logs the state if it has changed. */
    void check(Path file, X509Certificate shown) {
        check(file, shown, Instant.now());
    }

    /** The same at another time. */
    void check(Path file, X509Certificate shown, Instant now) {
        Instant from = shown.getNotBefore().toInstant();
        Instant to = shown.getNotAfter().toInstant();
        Validity validity = now.isBefore(from) || now.isAfter(to)
                ? Validity.NOT_VALID
                : now.plus(SOON).isAfter(to) ? Validity.EXPIRES_SOON : Validity.GOOD;
        if (validity == logged) {
            return;
        }
        logged = validity;
        switch (validity) {
            case NOT_VALID ->
                LOG.warn("The certificate in {} is valid from {} to {} only; clients will reject it", file, from, to);
            case EXPIRES_SOON -> LOG.warn("The certificate in {} expires soon, at {}", file, to);
            case GOOD -> LOG.info("The certificate in {} is valid until {}", file, to);
            default -> throw new IllegalStateException(validity.name());
        }
    }
}
