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
 * @param connectionsMax open connections
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
    /** What is asked of clients at the start of a connection. */
    public enum ClientAuth {
        /** Nothing. */
        NONE,
        /** A certificate, which must be good; a client without one is let in. */
        REQUEST,
        /** A certificate, which must be good. */
        REQUIRED
    }

    /**
     * Files in PEM.
     *
     * @param certificate certificate chain
     * @param key private key
     * @param clientAuth what is asked of clients
     * @param clientAuthorities who signs the certificates of clients; there unless nothing is asked of them
     */
    public record TlsConfig(Path certificate, Path key, ClientAuth clientAuth, Optional<Path> clientAuthorities) {}
}
