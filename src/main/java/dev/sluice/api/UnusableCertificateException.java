package dev.sluice.api;

/** Certificate, key or authorities cannot be used; the text is one line that names the key of the configuration and the file. */
public final class UnusableCertificateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableCertificateException(String message) {
        super(message, null, false, false);
    }
}
