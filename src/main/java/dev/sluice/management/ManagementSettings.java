package dev.sluice.management;

import java.util.List;

/**
 * How the management port listens.
 *
 * @param host address to listen on
 * @param port 0 for a free one
 * @param hostNames what a Host header may name beside IP addresses and localhost
 * @param headerMillis from the opening of a connection to the end of the headers, from 1
 * @param answerMillis for the client to take the answer once it is made, from 1
 * @param headerBytesMax all headers of a request together, and its first line
 * @param connectionsMax open connections; each carries one request
 */
public record ManagementSettings(
        String host,
        int port,
        List<String> hostNames,
        long headerMillis,
        long answerMillis,
        int headerBytesMax,
        int connectionsMax) {
    /** Enough for some scrapers and health checks at once; each holds a file descriptor, and the text of an answer. */
    public static final int CONNECTIONS_MAX = 32;
}
