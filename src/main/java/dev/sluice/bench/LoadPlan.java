package dev.sluice.bench;

import java.net.URI;

/**
 * What load to make, and where.
 *
 * @param base URL of the API, up to and including {@code /client/v4}
 * @param token for {@code Authorization: Bearer}
 * @param accountId whose queue
 * @param queue name of the queue; made if it is missing
 * @param shape how the requests look
 * @param connections open at once
 * @param streams requests under way on one connection; more than one only with HTTP/2
 * @param rate requests per second to send whatever the answers do (open loop), 0 to send the next when one is answered
 * @param warmupMillis load before anything is measured
 * @param durationMillis of the measurement
 * @param http2 HTTP/2 by ALPN
 * @param trustAll take any certificate
 */
public record LoadPlan(
        URI base,
        String token,
        String accountId,
        String queue,
        LoadShape shape,
        int connections,
        int streams,
        int rate,
        long warmupMillis,
        long durationMillis,
        boolean http2,
        boolean trustAll) {
    /** Which requests are made. */
    public enum Mode {
        /** Pushes only. */
        PUSH,
        /** Pushes, and for every hundred messages a pull and an acknowledgement of what it brought. */
        CYCLE
    }

    /**
     * How the requests look.
     *
     * @param bodyBytes of one message
     * @param batch messages in one push
     */
    public record LoadShape(Mode mode, int bodyBytes, int batch) {}

    /** Whether anything is encrypted. */
    boolean tls() {
        return "https".equals(base.getScheme());
    }

    /** The port that the URL names or means. */
    int port() {
        if (base.getPort() > 0) {
            return base.getPort();
        }
        return tls() ? 443 : 80;
    }

    /** Path of the account's queues. */
    String queuesPath() {
        String path = base.getRawPath();
        return (path.endsWith("/") ? path.substring(0, path.length() - 1) : path) + "/accounts/" + accountId
                + "/queues";
    }
}
