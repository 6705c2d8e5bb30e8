package dev.sluice.api.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ShutdownEvent;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes the connections of one event loop without losing responses.
 *
 * <p>HTTP/1.1: requests in progress, and those that still arrive, get a response with {@code Connection: close}; then
 * the connection closes. A connection that is idle for {@value #IDLE_MILLIS} ms closes as well. HTTP/2: a first GOAWAY
 * asks the client for no new streams; a second one, after the same time, names the last stream that is served, and the
 * connection closes after it.
 *
 * <p>When a Vert.x server closes, it sends an event to every connection, which closes idle ones at once and drops
 * requests in transit. So that event is filtered out.
 *
 * <p>Owned by one event loop.
 */
public final class GracefulShutdown {
    /**
     * Clients with continuous requests send their next one within this time, and so learn from its response that the
     * connection closes.
     */
    private static final long IDLE_MILLIS = 500;

    private static final int NO_ERROR = 0;

    private final ConnectionTracker connections;

    /** The channel that accepted the connections; null before the first one. */
    private @Nullable Channel listener;

    private boolean begun;

    /** A shutdown of those connections, which {@link #begin} starts. */
    public GracefulShutdown(ConnectionTracker connections) {
        this.connections = connections;
    }

    /** Called for each new connection. */
    public void onOpened(TrackedConnection connection) {
        listener = connection.pipeline().channel().parent();
        connection.pipeline().addFirst(ShutdownEventFilter.INSTANCE);
        if (begun && connection.isHttp2()) {
            connection.connection().goAway(NO_ERROR, Integer.MAX_VALUE);
        }
    }

    /** Called when the headers of a request have arrived. */
    public void onRequest(HttpServerRequest request) {
        if (begun) {
            LingeringClose.closeAfterResponse(request);
        }
    }

    /**
     * Closes the listener. Vert.x would first remove the event loops that serve its connections, and lose those that
     * are accepted in between. This way all accepted connections are served.
     */
    public Future<Void> closeListener(Vertx vertx) {
        if (listener == null) {
            return Future.succeededFuture();
        }
        Context loop = vertx.getOrCreateContext();
        Promise<Void> closed = Promise.promise();
        listener.close().addListener(done -> loop.runOnContext(ignored -> closed.complete()));
        return closed.future();
    }

    /**
     * Starts the shutdown. To be called once.
     *
     * @param withinMillis how long streams of HTTP/2 may take to end
     */
    public void begin(Vertx vertx, long withinMillis) {
        begun = true;
        for (TrackedConnection each : connections.all()) {
            HttpServerRequest request = each.request();
            if (each.isHttp2()) {
                each.connection().goAway(NO_ERROR, Integer.MAX_VALUE);
            } else if (request != null) {
                LingeringClose.closeAfterResponse(request);
            }
        }
        vertx.setTimer(Math.min(IDLE_MILLIS, withinMillis), fired -> closeIdleConnections(withinMillis));
    }

    private void closeIdleConnections(long withinMillis) {
        for (TrackedConnection each : List.copyOf(connections.all())) {
            if (each.isHttp2()) {
                each.connection().shutdown(withinMillis, TimeUnit.MILLISECONDS);
            } else if (each.isIdle()) {
                each.connection().close();
            }
        }
    }

    /** Keeps the shutdown event of the server from a connection. */
    @Sharable
    private static final class ShutdownEventFilter extends ChannelInboundHandlerAdapter {
        private static final ShutdownEventFilter INSTANCE = new ShutdownEventFilter();

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
            if (!(event instanceof ShutdownEvent)) {
                super.userEventTriggered(context, event);
            }
        }
    }
}
