package dev.sluice.management;

import java.util.List;

/**
 * The options of the management port.
 *
 * @param host address to listen on
 * @param port 0 for a free one
 * @param hostNames allowed Host header values besides IP addresses and localhost
 * @param headerMillis from the opening of a connection to the end of the headers, at least 1
 * @param responseMillis time for the client to read the response, at least 1
 * @param headerBytesMax maximum size of all headers of a request together, and of the request line
 * @param connectionsMax maximum of open connections; each serves one request
 */
public record ManagementSettings(
        String host,
        int port,
        List<String> hostNames,
        long headerMillis,
        long responseMillis,
        int headerBytesMax,
        int connectionsMax) {
    /**
     * Enough for several scrapers and health checks at once. Each connection holds a file descriptor and the text of a
     * response.
     */
    public static final int CONNECTIONS_MAX = 32;
}
