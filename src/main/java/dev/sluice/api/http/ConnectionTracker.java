package dev.sluice.api.http;

import dev.sluice.api.error.EdgeException;
import dev.sluice.runtime.TimeoutQueue;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.EpollSocketChannelConfig;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of one event loop, with what they cost. Closes connections that are too slow:
 *
 * <ul>
 *   <li>a new connection whose first request does not begin in time;
 *   <li>a connection of HTTP/1.1 on which no request has begun for the idle timeout;
 *   <li>a connection on which the head of a request is not complete in time.
 * </ul>
 *
 * <p>Connections, and streams of HTTP/2, are charged a fixed cost each. Over the limit, new connections and new streams
 * are refused. There is one exception: a connection with at most one stream is admitted if another connection has more
 * streams; then the connection with the most streams is closed.
 *
 * <p>Netty's {@link IdleStateHandler} measures idle time by bytes: it reads the clock twice per request and listens to
 * every write, which takes about a twentieth of the cost of a push. So it is removed for HTTP/1.1. It stays for HTTP/2,
 * where a ping keeps a connection open.
 *
 * <p>Owned by one event loop.
 */
public final class ConnectionTracker {
    /** A client that has just connected is about to send its first request: such a connection is evicted last. */
    private static final long NO_REQUEST_MILLIS_MIN = 1_000;
    /** Connections to examine for one eviction. The oldest ones are idle, unless their requests take very long. */
    private static final int EXAMINED_MAX = 1_000;
    /** Bound on data that the operating system has not sent yet, so that progress of a slow client is seen soon. */
    private static final int UNSENT_BYTES_MAX = 128 * 1024;

    private final IdentityHashMap<HttpConnection, TrackedConnection> open = new IdentityHashMap<>();
    private final long bytesMax;
    private long chargedBytes;
    /** Connections that wait for their first request. */
    @SuppressWarnings("NullAway.Init") // Set by begin.
    private TimeoutQueue firstRequestTimeouts;
    /** Connections of HTTP/1.1 that wait for their next request. */
    @SuppressWarnings("NullAway.Init") // Set by begin.
    private TimeoutQueue idleTimeouts;
    /** Heads of requests, from the first byte to the last. */
    @SuppressWarnings("NullAway.Init") // Set by begin.
    private TimeoutQueue headTimeouts;

    /**
     * A tracker without connections.
     *
     * @param bytesMax what connections and streams of this event loop may cost together
     */
    public ConnectionTracker(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /**
     * Starts the timeouts. A connection closes at most a quarter of a second late.
     *
     * @param firstMillis until the first request must begin, and from the beginning of each head until it must be
     *     complete
     * @param idleMillis until each request must begin, the first one included
     */
    public void begin(Vertx vertx, long firstMillis, long idleMillis) {
        idleTimeouts = new TimeoutQueue(vertx, idleMillis);
        headTimeouts = new TimeoutQueue(vertx, firstMillis);
        firstRequestTimeouts = idleMillis < firstMillis ? idleTimeouts : new TimeoutQueue(vertx, firstMillis);
    }

    TimeoutQueue idleTimeouts() {
        return idleTimeouts;
    }

    TimeoutQueue headTimeouts() {
        return headTimeouts;
    }

    /** Charges the cost of connections or streams; a negative number is a refund. */
    void charge(long bytes) {
        chargedBytes += bytes;
    }

    private boolean isOverLimit() {
        return chargedBytes > bytesMax;
    }

    /** Adds a new connection. */
    public TrackedConnection onOpened(HttpConnection connection) {
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        TrackedConnection opened = new TrackedConnection(this, connection, pipeline);
        if (!opened.isHttp2() && pipeline.get(IdleStateHandler.class) != null) {
            pipeline.remove(IdleStateHandler.class);
        }
        open.put(connection, opened);
        opened.chargeCosts();
        if (pipeline.channel().config() instanceof EpollSocketChannelConfig config) {
            config.setTcpNotSentLowAt(UNSENT_BYTES_MAX);
        }
        opened.setTimeout(opened.isHttp2() && firstRequestTimeouts == idleTimeouts ? null : firstRequestTimeouts);
        return opened;
    }

    /** Whether a connection that has just opened may stay. If not, the caller closes it. */
    public boolean admits(TrackedConnection opened) {
        return !isOverLimit() || closeLargest(opened);
    }

    /** Whether the stream of a request that has just begun may stay. If not, the caller refuses it. */
    public boolean admits(HttpServerRequest request) {
        if (!isOverLimit() || request.version() != HttpVersion.HTTP_2) {
            return true;
        }
        TrackedConnection connection = open.get(request.connection());
        return connection != null && connection.streams() == 1 && closeLargest(connection);
    }

    /** Makes room for a connection that has at most one stream. Returns false if no other connection has more. */
    private boolean closeLargest(TrackedConnection newcomer) {
        TrackedConnection largest = newcomer;
        for (TrackedConnection each : open.values()) {
            if (each.streams() > largest.streams() && !each.isReleased()) {
                largest = each;
            }
        }
        if (largest.streams() <= 1) {
            return false;
        }
        largest.forceClose();
        return true;
    }

    /** The connection of a request; null if it is closed. */
    @Nullable
    TrackedConnection find(HttpServerRequest request) {
        return open.get(request.connection());
    }

    /**
     * Called when the headers of a request have arrived, or input that is not a valid request.
     *
     * @return the failure to respond with although the request is well-formed, or null
     */
    public @Nullable EdgeException onRequest(HttpServerRequest request) {
        TrackedConnection connection = open.get(request.connection());
        return connection == null ? null : connection.onRequest(request);
    }

    /** Called when the response to a request was handed to its connection, or will not be. */
    void onResponse(HttpServerRequest request) {
        TrackedConnection connection = open.get(request.connection());
        if (connection != null) {
            connection.onResponse(request);
        }
    }

    /** Called when a connection has closed. */
    public void onClosed(HttpConnection connection) {
        TrackedConnection closed = open.remove(connection);
        if (closed != null) {
            closed.setTimeout(null);
            closed.release();
            closed.onBytesDecoded(false);
        }
    }

    /**
     * Closes the connection whose loss costs least, to make room for a new one. In this order: the oldest one that has
     * sent no request within a second; the connection of HTTP/1.1 that has been idle longest; a connection of HTTP/2
     * without streams; the oldest one that has sent no request.
     *
     * @return whether there was one
     */
    public boolean evictOne() {
        TrackedConnection evicted = oldestWithoutRequest(NO_REQUEST_MILLIS_MIN);
        if (evicted == null) {
            evicted = oldest(
                    idleTimeouts,
                    0,
                    each -> !each.isHttp2() && each.isIdle() && !each.isReleased() && each.hasNoUnsentBytes());
        }
        if (evicted == null) {
            evicted = http2WithoutStreams();
        }
        if (evicted == null) {
            evicted = oldestWithoutRequest(0);
        }
        if (evicted == null) {
            return false;
        }
        evicted.setTimeout(null);
        evicted.forceClose();
        return true;
    }

    private @Nullable TrackedConnection oldestWithoutRequest(long ageMillisMin) {
        return oldest(firstRequestTimeouts, ageMillisMin, each -> each.awaitsFirstRequest() && !each.isReleased());
    }

    private static @Nullable TrackedConnection oldest(
            TimeoutQueue timeouts, long ageMillisMin, Predicate<TrackedConnection> condition) {
        return (TrackedConnection)
                timeouts.oldestMatching(ageMillisMin, EXAMINED_MAX, each -> condition.test((TrackedConnection) each));
    }

    private @Nullable TrackedConnection http2WithoutStreams() {
        for (TrackedConnection each : open.values()) {
            if (each.isHttp2() && each.streams() == 0 && !each.awaitsFirstRequest() && !each.isReleased()) {
                return each;
            }
        }
        return null;
    }

    /** Closes a connection that has just opened and is not tracked. */
    @SuppressWarnings("FutureReturnValueIgnored") // Nothing waits for the end of the connection.
    public static void refuse(HttpConnection connection) {
        ((ConnectionBase) connection).channel().pipeline().firstContext().close();
    }

    /** All open connections. */
    public Collection<TrackedConnection> all() {
        return Collections.unmodifiableCollection(open.values());
    }
}
