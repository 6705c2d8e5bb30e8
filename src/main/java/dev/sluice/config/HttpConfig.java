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
 * @param idleTimeoutMillis a connection without traffic
 * @param connectionsMax open connections
 */
public record HttpConfig(
        String host,
        int port,
        int eventLoops,
        Optional<Tls> tls,
        long headerTimeoutMillis,
        long bodyTimeoutMillis,
        long idleTimeoutMillis,
        int connectionsMax) {
    /**
     * Files in PEM.
     *
     * @param certificate certificate chain
     * @param key private key
     */
    public record Tls(Path certificate, Path key) {}
}
