package dev.sluice.api;

import dev.sluice.runtime.Deadlines;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The open connections of one event loop, each with its last request. Closes new ones whose first request does not begin in time, and
 * those of HTTP/1.1 on which no request has begun for too long, and those of both protocols on which the head of a request is not
 * complete in time.
 *
 * <p>Netty's handler for idle connections goes by bytes: it looks at the clock twice a request and is told of each write, which
 * takes about a twentieth of all that a push costs. It stays on HTTP/2, where a ping keeps a connection.
 *
 * <p>Owned by one event loop.
 */
final class ConnectionWatch {
    /** A client that has just connected is about to send its first request. */
    private static final long NO_REQUEST_MILLIS_MIN = 1_000;
    /** Those that have waited longest are idle, unless their requests take as long. */
    private static final int LOOKS_MAX = 1_000;
    /** What Vert.x calls its decoder of HTTP/1.1. */
    private static final String HTTP1_DECODER = "httpDecoder";

    private final Map<HttpConnection, Open> open = new IdentityHashMap<>();
    /** For first requests; null for ever. */
    private Deadlines first;
    /** For the next request; null for ever. */
    private Deadlines idle;
    /** For the head of any request, from its first byte to its last; null for ever. */
    private Deadlines heads;

    /**
     * From now on the time runs for connections that are opened; a connection closes at most a quarter of a second late.
     *
     * @param firstSeconds in which the first request must begin, and in which the head of each must be complete once it has begun; 0 for ever
     * @param idleSeconds in which each must begin, the first one too; 0 for ever
     */
    void begin(Vertx vertx, int firstSeconds, int idleSeconds) {
        idle = deadlines(vertx, idleSeconds);
        boolean idleIsSooner = idleSeconds > 0 && idleSeconds < firstSeconds;
        heads = deadlines(vertx, firstSeconds);
        first = idleIsSooner || firstSeconds == 0 ? idle : deadlines(vertx, firstSeconds);
    }

    private static Deadlines deadlines(Vertx vertx, int seconds) {
        return seconds == 0 ? null : new Deadlines(vertx, TimeUnit.SECONDS.toMillis(seconds));
    }

    /** A new connection, from now on among {@link #all}. */
    Open opened(HttpConnection connection) {
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        Open it = new Open(connection, pipeline, pipeline.get(Http2ConnectionHandler.class));
        if (!it.isHttp2() && pipeline.get(IdleStateHandler.class) != null) {
            pipeline.remove(IdleStateHandler.class);
        }
        open.put(connection, it);
        it.await(it.isHttp2() && first == idle ? null : first);
        return it;
    }

    /** The headers of a request have arrived, or what came is none. */
    void heard(HttpServerRequest request) {
        Open it = open.get(request.connection());
        if (it != null) {
            it.request = request;
            it.neverAsked = false;
            it.await(it.isHttp2() ? null : idle);
        }
    }

    /** The request was answered: nothing of it needs to be kept. */
    void answered(HttpServerRequest request) {
        Open it = open.get(request.connection());
        if (it != null && it.request == request) {
            it.request = null;
        }
    }

    /** The connection is gone. */
    void closed(HttpConnection connection) {
        Open it = open.remove(connection);
        if (it != null) {
            it.await(null);
            it.bytesDecoded(false);
        }
    }

    /**
     * Closes the connection whose loss costs least, so that a new one finds room: the oldest one that has not sent a request in a second,
     * else the one of HTTP/1.1 that has been idle for the longest, else one of HTTP/2 without streams, else the oldest one without a
     * request.
     *
     * @return whether there was one
     */
    boolean closeIdlest() {
        Open it = longestAwaited(first, NO_REQUEST_MILLIS_MIN, each -> each.neverAsked);
        if (it == null) {
            it = longestAwaited(idle, 0, each -> !each.isHttp2() && each.isIdle() && each.hasSentAll());
        }
        if (it == null) {
            it = http2WithoutStreams();
        }
        if (it == null) {
            it = longestAwaited(first, 0, each -> each.neverAsked);
        }
        if (it == null) {
            return false;
        }
        it.closing = true;
        it.await(null);
        it.pipeline.firstContext().close();
        return true;
    }

    private static Open longestAwaited(Deadlines among, long ageMillisMin, Predicate<Open> fits) {
        return among == null
                ? null
                : (Open) among.longestAwaited(ageMillisMin, LOOKS_MAX, each -> fits.test((Open) each));
    }

    private Open http2WithoutStreams() {
        for (Open each : open.values()) {
            if (each.isHttp2()
                    && each.http2.connection().numActiveStreams() == 0
                    && !each.neverAsked
                    && !each.closing) {
                return each;
            }
        }
        return null;
    }

    /** Those that are open. */
    Collection<Open> all() {
        return Collections.unmodifiableCollection(open.values());
    }

    /** Ends a connection of HTTP/1.1 at once. Its own way to close waits until what was written is taken, perhaps for ever. */
    static void cutOff(HttpConnection connection) {
        ((ConnectionBase) connection).channelHandlerContext().close();
    }

    /** An open connection and its last request. */
    final class Open extends Deadlines.Awaited {
        private final HttpConnection connection;
        private final ChannelPipeline pipeline;
        private final Http2ConnectionHandler http2;
        private HttpServerRequest request;
        private Deadlines deadlines;
        private boolean neverAsked = true;
        private boolean closing;
        private Head head;

        private Open(HttpConnection connection, ChannelPipeline pipeline, Http2ConnectionHandler http2) {
            this.connection = connection;
            this.pipeline = pipeline;
            this.http2 = http2;
        }

        HttpConnection connection() {
            return connection;
        }

        ChannelPipeline pipeline() {
            return pipeline;
        }

        boolean isHttp2() {
            return http2 != null;
        }

        /** A client that never acknowledges our settings has no more streams than one that does. No effect on HTTP/1.1. */
        void limitStreams(int streamsMax) {
            if (isHttp2()) {
                http2.connection().remote().maxActiveStreams(streamsMax);
            }
        }

        /** The last request; null before the first one and once it was answered. */
        HttpServerRequest request() {
            return request;
        }

        /** Whether the last request, if there was one, is answered. */
        boolean isIdle() {
            return request == null || request.response().ended();
        }

        /** Whether the client has taken all that was written, as far as the system's own buffers show. */
        private boolean hasSentAll() {
            ChannelOutboundBuffer unsent = pipeline.channel().unsafe().outboundBuffer();
            return unsent == null || unsent.isEmpty();
        }

        /** From now on the heads of its requests must be complete in time. */
        void timeHeads(HttpServerOptions options) {
            if (isHttp2()) {
                Http2FrameCounter frames = new Http2FrameCounter(http2.decoder().frameListener());
                http2.decoder().frameListener(frames);
                pipeline.addBefore(pipeline.context(http2).name(), null, new Http2HeaderTimeout(this, frames));
                return;
            }
            Http1RequestDecoder decoder = new Http1RequestDecoder(options);
            pipeline.replace(HTTP1_DECODER, HTTP1_DECODER, decoder);
            pipeline.addAfter(HTTP1_DECODER, null, new Http1HeaderTimeout(this, decoder));
        }

        /** All bytes that have arrived are decoded; do they leave a head that has begun and is not complete? */
        void bytesDecoded(boolean isHeadIncomplete) {
            if (isHeadIncomplete && head == null && heads != null) {
                head = new Head();
                heads.begin(head);
            } else if (!isHeadIncomplete && head != null) {
                heads.end(head);
                head = null;
            }
        }

        /** A head that has begun. */
        private final class Head extends Deadlines.Awaited {
            @Override
            protected void late() {
                if (isHttp2() ? isReceivingBody() : !isIdle()) {
                    // An answer is owed, or what is incomplete may be a part of a body, which has a time of its own.
                    heads.begin(this);
                } else if (isHttp2()) {
                    connection.close();
                } else {
                    cutOff(connection);
                }
            }
        }

        private boolean isReceivingBody() {
            try {
                return http2.connection()
                                .forEachActiveStream(stream -> !stream.state().remoteSideOpen())
                        != null;
            } catch (Http2Exception impossible) {
                return false;
            }
        }

        private void await(Deadlines next) {
            if (deadlines != null) {
                deadlines.end(this);
            }
            deadlines = next;
            if (next != null) {
                next.begin(this);
            }
        }

        @Override
        protected void late() {
            if (isHttp2()) {
                connection.close();
            } else if (isIdle()) {
                cutOff(connection);
            } else {
                await(idle);
            }
        }
    }
}
