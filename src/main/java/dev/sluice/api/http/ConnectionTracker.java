package dev.sluice.api.http;

import dev.sluice.api.error.EdgeException;
import dev.sluice.runtime.TimeoutQueue;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.EpollSocketChannelConfig;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.Http1xServerConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The open connections of one event loop, each with its last request and what it holds of the memory. Closes new ones whose first
 * request does not begin in time, those of HTTP/1.1 on which no request has begun for too long, and those of both protocols on
 * which the head of a request is not complete in time.
 *
 * <p>Connections and streams of HTTP/2 are charged what they cost by themselves. Once they cost more than they may, no connection
 * opens, and a stream is refused; but to a connection without other streams its first one is granted if another one has more,
 * and of those the one with most streams is closed.
 *
 * <p>Netty's handler for idle connections goes by bytes: it looks at the clock twice a request and is told of each write, which
 * takes about a twentieth of all that a push costs. It stays on HTTP/2, where a ping keeps a connection.
 *
 * <p>Owned by one event loop.
 */
public final class ConnectionTracker {
    /** A client that has just connected is about to send its first request. */
    private static final long NO_REQUEST_MILLIS_MIN = 1_000;
    /** Those that have waited longest are idle, unless their requests take as long. */
    private static final int LOOKS_MAX = 1_000;
    /** What Vert.x calls its decoder of HTTP/1.1. */
    private static final String HTTP1_DECODER = "httpDecoder";
    /** Heap of an idle connection, what TLS adds to it, and of a stream with a small request and response; measured, rounded up. */
    private static final int HTTP1_BYTES = 6 * 1024;

    private static final int TLS_BYTES = 4 * 1024;
    private static final int HTTP2_BYTES = 24 * 1024;
    private static final int STREAM_BYTES = 12 * 1024;
    /** Of data not sent yet by the system: so that it is soon seen that a slow client takes something. */
    private static final int UNSENT_BYTES_MAX = 128 * 1024;

    private final Map<HttpConnection, TrackedConnection> open = new IdentityHashMap<>();
    private final long bytesMax;
    private long heldBytes;
    /** For first requests; null for ever. */
    private TimeoutQueue first;
    /** For the next request; null for ever. */
    private TimeoutQueue idle;
    /** For the head of any request, from its first byte to its last; null for ever. */
    private TimeoutQueue heads;
    /**
     * Without connections yet.
     *
     * @param bytesMax what connections and streams of this event loop may cost together
     */
    public ConnectionTracker(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /**
     * From now on the time runs for connections that are opened; a connection closes at most a quarter of a second late.
     *
     * @param firstSeconds in which the first request must begin, and in which the head of each must be complete once it has begun; 0 for ever
     * @param idleSeconds in which each must begin, the first one too; 0 for ever
     */
    public void begin(Vertx vertx, int firstSeconds, int idleSeconds) {
        idle = deadlines(vertx, idleSeconds);
        boolean idleIsSooner = idleSeconds > 0 && idleSeconds < firstSeconds;
        heads = deadlines(vertx, firstSeconds);
        first = idleIsSooner || firstSeconds == 0 ? idle : deadlines(vertx, firstSeconds);
    }

    private static TimeoutQueue deadlines(Vertx vertx, int seconds) {
        return seconds == 0 ? null : new TimeoutQueue(vertx, TimeUnit.SECONDS.toMillis(seconds));
    }

    /** A new connection, from now on among {@link #all}. */
    public TrackedConnection onOpened(HttpConnection connection) {
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        TrackedConnection it = new TrackedConnection(connection, pipeline, pipeline.get(Http2ConnectionHandler.class));
        if (!it.isHttp2() && pipeline.get(IdleStateHandler.class) != null) {
            pipeline.remove(IdleStateHandler.class);
        }
        open.put(connection, it);
        heldBytes += it.ownBytes();
        it.watchStreams();
        if (it.pipeline.channel().config() instanceof EpollSocketChannelConfig config) {
            config.setTcpNotSentLowAt(UNSENT_BYTES_MAX);
        }
        it.await(it.isHttp2() && first == idle ? null : first);
        return it;
    }

    /** Whether a connection that has just opened may stay; if not, it is to be closed. */
    public boolean admits(TrackedConnection it) {
        return heldBytes <= bytesMax || closeLargest(it);
    }

    /** Whether the stream of a request that has just begun may stay; if not, it is to be refused. */
    public boolean admits(HttpServerRequest request) {
        if (heldBytes <= bytesMax || request.version() != HttpVersion.HTTP_2) {
            return true;
        }
        TrackedConnection it = open.get(request.connection());
        return it != null && it.streams == 1 && closeLargest(it);
    }

    /** Makes room for a connection that has one stream or none; answers false if no other one has more. */
    private boolean closeLargest(TrackedConnection newcomer) {
        TrackedConnection largest = newcomer;
        for (TrackedConnection each : open.values()) {
            if (each.streams > largest.streams && !each.isCutOff) {
                largest = each;
            }
        }
        if (largest.streams <= 1) {
            return false;
        }
        largest.forceClose();
        return true;
    }

    /** The connection of a request; null if it is gone. */
    TrackedConnection find(HttpServerRequest request) {
        return open.get(request.connection());
    }

    /**
     * The headers of a request have arrived, or what came is none.
     *
     * @return the failure to answer it with although it is well-formed, or null
     */
    public EdgeException onRequest(HttpServerRequest request) {
        TrackedConnection it = open.get(request.connection());
        if (it == null) {
            return null;
        }
        it.request = request;
        it.neverAsked = false;
        it.await(it.isHttp2() ? null : idle);
        it.requests++;
        if (it.isLastOfInput()) {
            LingeringClose.closeAfterAnswer(request);
        }
        return it.refusal;
    }

    /** The request was answered: nothing of it needs to be kept, once all of the answer is sent. */
    public void onResponse(HttpServerRequest request) {
        TrackedConnection it = open.get(request.connection());
        if (it != null && it.request == request && request.response().ended()) {
            it.request = null;
        }
    }

    /** The connection is gone. */
    public void onClosed(HttpConnection connection) {
        TrackedConnection it = open.remove(connection);
        if (it != null) {
            it.await(null);
            it.release();
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
    public boolean closeIdlest() {
        TrackedConnection it = longestAwaited(first, NO_REQUEST_MILLIS_MIN, each -> each.neverAsked && !each.isCutOff);
        if (it == null) {
            it = longestAwaited(
                    idle, 0, each -> !each.isHttp2() && each.isIdle() && !each.isCutOff && each.hasSentAll());
        }
        if (it == null) {
            it = http2WithoutStreams();
        }
        if (it == null) {
            it = longestAwaited(first, 0, each -> each.neverAsked && !each.isCutOff);
        }
        if (it == null) {
            return false;
        }
        it.await(null);
        it.forceClose();
        return true;
    }

    private static TrackedConnection longestAwaited(
            TimeoutQueue among, long ageMillisMin, Predicate<TrackedConnection> fits) {
        return among == null
                ? null
                : (TrackedConnection)
                        among.oldestMatching(ageMillisMin, LOOKS_MAX, each -> fits.test((TrackedConnection) each));
    }

    private TrackedConnection http2WithoutStreams() {
        for (TrackedConnection each : open.values()) {
            if (each.isHttp2()
                    && each.http2.connection().numActiveStreams() == 0
                    && !each.neverAsked
                    && !each.isCutOff) {
                return each;
            }
        }
        return null;
    }

    /** Ends a connection that has just opened and is not to be among {@link #all}. */
    public static void refuse(HttpConnection connection) {
        ((ConnectionBase) connection).channel().pipeline().firstContext().close();
    }

    /** Those that are open. */
    public Collection<TrackedConnection> all() {
        return Collections.unmodifiableCollection(open.values());
    }

    /** An open connection and its last request. */
    public final class TrackedConnection extends TimeoutQueue.Entry {
        private final HttpConnection connection;
        private final ChannelPipeline pipeline;
        private final Http2ConnectionHandler http2;
        private HttpServerRequest request;
        private TimeoutQueue deadlines;
        private boolean neverAsked = true;
        /** Null for HTTP/2. */
        private Http1RequestDecoder decoder;
        /** Those that were passed on; the decoder may be ahead, as Vert.x keeps what was pipelined. */
        private int requests;

        private boolean inputEnded;
        private EdgeException refusal;

        private int streams;
        private long responseBytes;
        private long responseTakenNanos = System.nanoTime();
        private boolean isCutOff;
        private Head head;

        private TrackedConnection(HttpConnection connection, ChannelPipeline pipeline, Http2ConnectionHandler http2) {
            this.connection = connection;
            this.pipeline = pipeline;
            this.http2 = http2;
        }

        HttpConnection connection() {
            return connection;
        }

        public ChannelPipeline pipeline() {
            return pipeline;
        }

        boolean isHttp2() {
            return http2 != null;
        }

        /** From now on it speaks HTTP as its RFCs say, where Netty and Vert.x are more lenient. */
        public void beStrict(HttpServerOptions options, int headerBytesMax) {
            if (isHttp2()) {
                http2.decoder()
                        .frameListener(
                                new Http2RequestValidator(http2.decoder().frameListener(), this, headerBytesMax));
                return;
            }
            decoder = new Http1RequestDecoder(options);
            pipeline.replace(HTTP1_DECODER, HTTP1_DECODER, decoder);
            pipeline.addAfter(HTTP1_DECODER, null, new Http1ConnectionEvents(this));
            if (pipeline.get(SslHandler.class) == null) {
                pipeline.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            }
        }

        /** The next request is to be answered with this failure, with none if it is null. */
        void refuseNext(EdgeException failure) {
            refusal = failure;
        }

        /** The client sends no more: what it has sent is answered, then the connection ends. */
        void inputEnded() {
            inputEnded = true;
            if (!isLastOfInput()) {
                return;
            }
            if (isIdle()) {
                connection.close();
            } else {
                LingeringClose.closeAfterAnswer(request);
            }
        }

        private boolean isLastOfInput() {
            return inputEnded && requests == decoder.requests();
        }

        /** What came cannot be decoded, and nothing that follows will be. A malformed head is answered as a request of its own. */
        void malformed(EdgeException failure) {
            if (request != null && request.decoderResult().isFailure()) {
                return;
            }
            if (isIdle()) {
                connection.close();
            } else {
                ((Http1xServerConnection) connection).handleException(failure);
            }
        }

        private long ownBytes() {
            return isHttp2() ? HTTP2_BYTES : HTTP1_BYTES + (connection.isSsl() ? TLS_BYTES : 0);
        }

        /** From now on its streams are counted. */
        private void watchStreams() {
            if (isHttp2()) {
                http2.connection().addListener(new Http2ConnectionAdapter() {
                    @Override
                    public void onStreamActive(Http2Stream stream) {
                        streamsChanged(1);
                    }

                    @Override
                    public void onStreamClosed(Http2Stream stream) {
                        streamsChanged(-1);
                    }
                });
            }
        }

        private void streamsChanged(int by) {
            if (!isCutOff) {
                streams += by;
                heldBytes += (long) by * STREAM_BYTES;
            }
        }

        /** It holds nothing any more. */
        private void release() {
            if (!isCutOff) {
                isCutOff = true;
                heldBytes -= ownBytes() + (long) streams * STREAM_BYTES;
            }
        }

        /** Ends the connection at once. The ways of Vert.x and of TLS to close wait until what was written is taken. */
        public void forceClose() {
            release();
            pipeline.firstContext().close();
        }

        /**
         * Ends a stream of HTTP/2 although its response is complete, which the response itself would not do. Whether the client
         * takes the notice decides whether it is gone.
         *
         * @return whether it was still there
         */
        boolean reset(int streamId) {
            ChannelHandlerContext context = pipeline.context(http2);
            if (context == null || http2.connection().stream(streamId) == null) {
                return false;
            }
            http2.encoder().writeRstStream(context, streamId, Http2Error.CANCEL.code(), context.newPromise());
            context.flush();
            return true;
        }

        /** Bytes of responses that the client has not taken. */
        long responseBytes() {
            return responseBytes;
        }

        /** When something of any response was taken last, by {@link System#nanoTime}; at first, when it opened. */
        long responseTakenNanos() {
            return responseTakenNanos;
        }

        /** Something of a response was taken. */
        void responseTaken(long nowNanos) {
            responseTakenNanos = nowNanos;
        }

        /** Charges bytes of a response; negative ones are given back. */
        void chargeResponse(long bytes) {
            responseBytes += bytes;
        }

        /** A client that never acknowledges our settings has no more streams than one that does. No effect on HTTP/1.1. */
        public void limitStreams(int streamsMax) {
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
        public void timeHeads() {
            if (isHttp2()) {
                Http2FrameCounter frames = new Http2FrameCounter(http2.decoder().frameListener());
                http2.decoder().frameListener(frames);
                pipeline.addBefore(pipeline.context(http2).name(), null, new Http2HeaderTimeout(this, frames));
            } else {
                pipeline.addAfter(HTTP1_DECODER, null, new Http1HeaderTimeout(this, decoder));
            }
        }

        /** All bytes that have arrived are decoded; do they leave a head that has begun and is not complete? */
        void bytesDecoded(boolean isHeadIncomplete) {
            if (isHeadIncomplete && head == null && heads != null) {
                head = new Head();
                heads.add(head);
            } else if (!isHeadIncomplete && head != null) {
                heads.remove(head);
                head = null;
            }
        }

        /** A head that has begun. */
        private final class Head extends TimeoutQueue.Entry {
            @Override
            protected void onTimeout() {
                if (isHttp2() ? isReceivingBody() : !isIdle()) {
                    // An answer is owed, or what is incomplete may be a part of a body, which has a time of its own.
                    heads.add(this);
                } else if (isHttp2()) {
                    connection.close();
                } else {
                    forceClose();
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

        private void await(TimeoutQueue next) {
            if (deadlines != null) {
                deadlines.remove(this);
            }
            deadlines = next;
            if (next != null) {
                next.add(this);
            }
        }

        @Override
        protected void onTimeout() {
            if (isHttp2()) {
                connection.close();
            } else if (isIdle() && responseBytes == 0) {
                forceClose();
            } else {
                await(idle);
            }
        }
    }
}
