package dev.sluice.cluster;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests to the internal ports of other nodes, over HTTP/2. Usable from any event loop; futures complete on the
 * event loop of the caller and fail with a {@link QueueException} UNAVAILABLE.
 */
final class NodeClient {
    private static final Logger LOG = LoggerFactory.getLogger(NodeClient.class);

    private static final int CONNECT_MILLIS = 2_000;
    private static final int STREAMS_MAX = 100;
    private static final int WAITING_MAX = 1_000;
    private static final int IDLE_SECONDS = 60;
    private static final int WINDOW_BYTES = 1024 * 1024;

    /**
     * A response of another node.
     *
     * @param wasServed false if the receiver did nothing, because it is not the owner or does not accept the signature
     * @param owner the address of the owner as the receiver knows it; empty if it does not know
     * @param headers without those of the connection
     */
    record NodeReply(boolean wasServed, String owner, int status, MultiMap headers, Buffer body) {}

    private final HttpClient client;
    private final LongSupplier wallMillis;
    private final long timeoutMillis;
    private final int replyBytesMax;
    /** Set before the first request. */
    private volatile @Nullable InternalKey key;

    /**
     * Creates a client without a key.
     *
     * @param connectionsMax to one node, and so at most {@value #STREAMS_MAX} times as many requests
     * @param wallMillis the time of the wall clock, for signatures
     * @param timeoutMillis of a request, until its response is complete
     * @param replyBytesMax the largest body of a response
     */
    NodeClient(Vertx vertx, int connectionsMax, LongSupplier wallMillis, long timeoutMillis, int replyBytesMax) {
        this.client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false)
                        .setHttp2MultiplexingLimit(STREAMS_MAX)
                        .setHttp2ConnectionWindowSize(WINDOW_BYTES)
                        .setConnectTimeout(CONNECT_MILLIS)
                        .setIdleTimeout(IDLE_SECONDS),
                new PoolOptions().setHttp2MaxSize(connectionsMax).setMaxWaitQueueSize(WAITING_MAX));
        this.wallMillis = wallMillis;
        this.timeoutMillis = timeoutMillis;
        this.replyBytesMax = replyBytesMax;
    }

    /** Sets the key of the installation. */
    void sign(InternalKey installation) {
        key = installation;
    }

    /** Sends a request once. */
    Future<NodeReply> send(String address, String path, Buffer body) {
        @Nullable InternalKey current = key;
        if (current == null) {
            return Future.failedFuture(notServed());
        }
        long timeMillis = wallMillis.getAsLong();
        SocketAddress server = socketAddress(address);
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setURI(path)
                .setHost(server.host())
                .setPort(server.port())
                .setTimeout(timeoutMillis)
                .putHeader(NodeHeaders.TIME, String.valueOf(timeMillis))
                .putHeader(NodeHeaders.SIGNATURE, current.sign(timeMillis, path, body.getBytes()));
        return client.request(options)
                .compose(request -> exchange(request, body))
                .recover(failure -> {
                    LOG.debug("{} of {} failed", path, address, failure);
                    return Future.failedFuture(failure instanceof QueueException ? failure : uncertain());
                });
    }

    private Future<NodeReply> exchange(HttpClientRequest request, Buffer body) {
        return request.send(body).compose(response -> {
            Promise<NodeReply> complete = Promise.promise();
            Buffer received = Buffer.buffer();
            response.exceptionHandler(complete::tryFail);
            response.handler(part -> {
                if (received.length() + part.length() > replyBytesMax) {
                    request.reset();
                    complete.tryFail("the response is too large");
                } else {
                    received.appendBuffer(part);
                }
            });
            response.endHandler(ended -> complete.tryComplete(reply(response, received)));
            return complete.future();
        });
    }

    private static NodeReply reply(HttpClientResponse response, Buffer body) {
        boolean wasServed = response.getHeader(NodeHeaders.SERVED) != null;
        if (response.getHeader(NodeHeaders.REFUSED) != null) {
            LOG.error(
                    "Another node does not accept requests of this one: {}. Do all nodes have the same cluster.key, "
                            + "and do their clocks agree?",
                    response.getHeader(NodeHeaders.REFUSED));
        }
        String owner = response.getHeader(NodeHeaders.OWNER);
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        response.headers().forEach(header -> {
            if (!NodeHeaders.isOfConnection(header.getKey())) {
                headers.add(header.getKey(), header.getValue());
            }
        });
        return new NodeReply(wasServed, owner == null ? "" : owner, response.statusCode(), headers, body);
    }

    static SocketAddress socketAddress(String address) {
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon);
        return SocketAddress.inetSocketAddress(
                Integer.parseInt(address.substring(colon + 1)),
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
    }

    /** For a request that no node has served. */
    static QueueException notServed() {
        return new QueueException(
                QueueError.UNAVAILABLE, "No node serves this queue at the moment. Nothing was changed; try again.");
    }

    private static QueueException uncertain() {
        return new QueueException(
                QueueError.UNAVAILABLE,
                "The node that owns this queue cannot be reached at the moment. The request may have been carried out.");
    }

    /** Ends all connections. */
    Future<Void> close() {
        return client.shutdown(1, TimeUnit.SECONDS);
    }
}
