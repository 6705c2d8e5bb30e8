package dev.sluice.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The API's listener.
 *
 * @param host address to listen on
 * @param port port to listen on, 0 for a free one
 * @param eventLoops threads that serve requests
 * @param tls certificate and key, if TLS is on
 * @param headerTimeoutMillis from the first byte of a request to the end of its headers
 * @param bodyTimeoutMillis from the end of the headers to the end of the body
 * @param idleTimeoutMillis for a connection on which no request begins
 * @param connectionsMax maximum of open connections
 */
public record HttpConfig(
        String host,
        int port,
        int eventLoops,
        Optional<TlsConfig> tls,
        long headerTimeoutMillis,
        long bodyTimeoutMillis,
        long idleTimeoutMillis,
        int connectionsMax) {
    /** Maximum size of all headers of a request together, and of its first line. The same for every listener. */
    public static final int HEADER_BYTES_MAX = 16 * 1024;

    /** Whether clients must present a certificate. */
    public enum ClientAuth {
        /** No certificate is requested. */
        NONE,
        /** A certificate is requested and must be valid; a client without one is accepted. */
        REQUEST,
        /** A valid certificate is mandatory. */
        REQUIRED
    }

    /**
     * TLS files in PEM format.
     *
     * @param certificate certificate chain
     * @param key private key
     * @param clientAuth whether clients must present a certificate
     * @param clientAuthorities certificate authorities of client certificates; present unless {@code clientAuth} is
     *     NONE
     */
    public record TlsConfig(Path certificate, Path key, ClientAuth clientAuth, Optional<Path> clientAuthorities) {}
}
