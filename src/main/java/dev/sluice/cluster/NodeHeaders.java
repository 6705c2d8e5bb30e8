package dev.sluice.cluster;

import java.util.Locale;
import java.util.Set;

/** Headers of requests between nodes. */
final class NodeHeaders {
    /** Of a request: when it was signed, milliseconds since the epoch. */
    static final String TIME = "sluice-time";
    /** Of a request: see {@link InternalKey}. */
    static final String SIGNATURE = "sluice-signature";
    /** Of a response: the request was carried out or refused as a client's request is. */
    static final String SERVED = "sluice-served";
    /** Of a response that was not served: the internal address of the owner. */
    static final String OWNER = "sluice-owner";
    /** Of a response that was not served: why the receiver does not trust the sender. */
    static final String REFUSED = "sluice-refused";

    private static final Set<String> OF_CONNECTION = Set.of(
            SERVED, OWNER, REFUSED, "content-length", "connection", "transfer-encoding", "keep-alive", ":status");

    private NodeHeaders() {}

    /** Whether a header of a response is not for the client. */
    static boolean isOfConnection(String name) {
        return OF_CONNECTION.contains(name.toLowerCase(Locale.ROOT));
    }
}
