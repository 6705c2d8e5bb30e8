package dev.sluice.api.http;

/**
 * How the API listens.
 *
 * @param port 0 for any free one, the same for all event loops
 * @param tls null for plain HTTP
 * @param idleTimeoutSeconds a connection on which no request begins for so long (with HTTP/2: nothing moves) is closed; 0 for never
 * @param headerTimeoutSeconds a new connection whose first request has not begun after so long is closed; 0 for never
 * @param bodyTimeoutSeconds a body that is not complete after so long is refused
 * @param headerBytesMax all headers of a request together, and its first line
 * @param stopMillis how long a stop waits for requests under way
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

    /** The same with a stop that waits for 5 s. */
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
     * @param clients null to ask nothing of clients
     */
    public record TlsOptions(String certificatePath, String keyPath, ClientCertificates clients) {}

    /**
     * Certificates of clients.
     *
     * @param authoritiesPath PEM file with the certificates of those who sign them
     * @param required whether a client without one is turned away
     */
    public record ClientCertificates(String authoritiesPath, boolean required) {}
}
