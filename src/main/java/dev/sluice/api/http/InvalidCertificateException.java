package dev.sluice.api.http;

/**
 * The certificate, the key or the authorities cannot be used. The message is one line that names the configuration key
 * and the file.
 */
public final class InvalidCertificateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidCertificateException(String message) {
        super(message, null, false, false);
    }
}
