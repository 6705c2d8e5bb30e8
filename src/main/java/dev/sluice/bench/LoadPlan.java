package dev.sluice.bench;

import java.net.URI;

/**
 * The load to generate and its target.
 *
 * @param base URL of the API, up to and including {@code /client/v4}
 * @param token the token for {@code Authorization: Bearer}
 * @param accountId account of the queue
 * @param queue name of the queue; created if it does not exist
 * @param shape content of the requests
 * @param connections number of open connections
 * @param streams requests in progress on one connection; more than one only with HTTP/2
 * @param rate requests per second, sent independently of responses (open loop); 0 to send the next request after each
 *     response (closed loop)
 * @param warmupMillis duration of the load before the measurement
 * @param durationMillis duration of the measurement
 * @param http2 whether to use HTTP/2, negotiated by ALPN
 * @param trustAll whether to accept any certificate
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
    /** The kinds of requests to send. */
    public enum Mode {
        /** Pushes only. */
        PUSH,
        /** Pushes, and for every 100 messages a pull and an acknowledgement of the pulled messages. */
        CYCLE
    }

    /**
     * The content of the requests.
     *
     * @param bodyBytes body size of one message, in bytes
     * @param batch number of messages in one push
     */
    public record LoadShape(Mode mode, int bodyBytes, int batch) {}

    /** Whether the target uses TLS. */
    boolean tls() {
        return "https".equals(base.getScheme());
    }

    /** The port of the URL, or the default port of its scheme. */
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
