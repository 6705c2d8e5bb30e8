package dev.sluice.api.http;

/** Certificate, key or authorities cannot be used; the text is one line that names the key of the configuration and the file. */
public final class InvalidCertificateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidCertificateException(String message) {
        super(message, null, false, false);
    }
}
