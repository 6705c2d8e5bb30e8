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

/**
 * Takes leave of the connections of one event loop so that no client loses an answer.
 *
 * <p>HTTP/1.1: requests under way, and those that still come on open connections, are answered with {@code Connection: close}; then
 * the connection closes. One on which nothing comes for a moment closes as well. HTTP/2: a first GOAWAY asks for no new streams,
 * a second one, a moment later, names the last stream that is served, and the connection closes after it.
 *
 * <p>Closing a server of Vert.x tells every connection to do this in its own way, which closes the idle ones at once and drops requests
 * that are on their way; so that message is kept from them.
 *
 * <p>Owned by one event loop.
 */
public final class GracefulShutdown {
    /** A client under load sends its next request within this time, and so learns that the connection ends. */
    private static final long QUIET_MILLIS = 500;

    private static final int NO_ERROR = 0;

    private final ConnectionTracker connections;

    /** What accepted the connections; null before the first one. */
    private Channel listener;

    private boolean begun;

    /** A farewell to those connections, when it is time. */
    public GracefulShutdown(ConnectionTracker connections) {
        this.connections = connections;
    }

    /** A new connection. */
    public void onOpened(TrackedConnection it) {
        listener = it.pipeline().channel().parent();
        it.pipeline().addFirst(ShutdownEventFilter.INSTANCE);
        if (begun && it.isHttp2()) {
            it.connection().goAway(NO_ERROR, Integer.MAX_VALUE);
        }
    }

    /** The headers of a request have arrived. */
    public void onRequest(HttpServerRequest request) {
        if (begun) {
            LingeringClose.closeAfterResponse(request);
        }
    }

    /**
     * Closes the listener. Vert.x would first take away the event loops that serve its connections, and those accepted in between
     * would be lost; this way all that were accepted are served.
     */
    public Future<Void> closeListener(Vertx vertx) {
        if (listener == null) {
            return Future.succeededFuture();
        }
        Context loop = vertx.getOrCreateContext();
        Promise<Void> closed = Promise.promise();
        listener.close().addListener(done -> loop.runOnContext(turn -> closed.complete()));
        return closed.future();
    }

    /**
     * Begins, once.
     *
     * @param withinMillis how long streams of HTTP/2 may take to end
     */
    public void begin(Vertx vertx, long withinMillis) {
        begun = true;
        for (TrackedConnection each : connections.all()) {
            if (each.isHttp2()) {
                each.connection().goAway(NO_ERROR, Integer.MAX_VALUE);
            } else if (!each.isIdle()) {
                LingeringClose.closeAfterResponse(each.request());
            }
        }
        vertx.setTimer(Math.min(QUIET_MILLIS, withinMillis), fired -> closeIdleConnections(withinMillis));
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

    /** Stands in front of a connection and keeps from it that its server is closing. */
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
