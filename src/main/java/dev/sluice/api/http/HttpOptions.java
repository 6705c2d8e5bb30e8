package dev.sluice.api.http;

/**
 * How the API listens.
 *
 * @param port 0 for any free one, the same for all event loops
 * @param tls null for plain HTTP
 * @param idleTimeoutSeconds a connection on which no request begins for so long is closed (with HTTP/2: nothing
 *     arrives); 0 for never
 * @param headerTimeoutSeconds a new connection whose first request has not begun after so long is closed; 0 for
 *     never
 * @param bodyTimeoutSeconds a body that is not complete after so long is refused
 * @param headerBytesMax limit of all headers of a request together, and of its first line
 * @param stopMillis how long a stop waits for requests in progress
 */
public record HttpOptions(
        String host,
        int port,
        TlsOptions tls,
        int idleTimeoutSeconds,
        int headerTimeoutSeconds,
        int bodyTimeoutSeconds,
        int headerBytesMax,
        long stopMillis) {
    private static final long STOP_MILLIS_DEFAULT = 5_000;

    /** Options with a stop that waits for 5 s. */
    public HttpOptions(
            String host,
            int port,
            TlsOptions tls,
            int idleTimeoutSeconds,
            int headerTimeoutSeconds,
            int bodyTimeoutSeconds,
            int headerBytesMax) {
        this(
                host,
                port,
                tls,
                idleTimeoutSeconds,
                headerTimeoutSeconds,
                bodyTimeoutSeconds,
                headerBytesMax,
                STOP_MILLIS_DEFAULT);
    }

    /**
     * TLS through BoringSSL, version 1.2 or 1.3, with HTTP/2 by ALPN.
     *
     * @param certificatePath PEM file with the certificate and its chain
     * @param keyPath PEM file with the private key
     * @param clients null if clients are not asked for certificates
     */
    public record TlsOptions(String certificatePath, String keyPath, ClientCertificates clients) {}

    /**
     * Certificates of clients.
     *
     * @param authoritiesPath PEM file with the certificates of their certificate authorities
     * @param required whether a client without a certificate is refused
     */
    public record ClientCertificates(String authoritiesPath, boolean required) {}
}
