package dev.sluice.api.http;

import dev.sluice.api.error.EdgeException;
import dev.sluice.runtime.TimeoutQueue;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.Http1xServerConnection;
import org.jspecify.annotations.Nullable;

/**
 * An open connection of a {@link ConnectionTracker}: its last request, its timeouts, and its costs. Owned by the event
 * loop of the connection.
 */
public final class TrackedConnection extends TimeoutQueue.Entry {
    /** The name that Vert.x gives to its decoder of HTTP/1.1. */
    private static final String HTTP1_DECODER = "httpDecoder";
    /** Heap of an idle connection of HTTP/1.1. All four costs are measured and rounded up. */
    private static final int HTTP1_BYTES = 6 * 1024;
    /** What TLS adds to a connection of HTTP/1.1. */
    private static final int TLS_BYTES = 4 * 1024;
    /** Heap of an idle connection of HTTP/2, which always has TLS. */
    private static final int HTTP2_BYTES = 24 * 1024;
    /** Heap of a stream with a small request and a small response. */
    private static final int STREAM_BYTES = 12 * 1024;

    private final ConnectionTracker tracker;
    private final HttpConnection connection;
    private final ChannelPipeline pipeline;
    /** Null for HTTP/1.1. */
    private final @Nullable Http2ConnectionHandler http2;
    /** Null for HTTP/2. */
    private @Nullable Http1RequestDecoder decoder;
    /** The last request; null before the first one, and once its response was handed over. */
    private @Nullable HttpServerRequest request;
    /** The last request could not be decoded; it is the last one. */
    private boolean hasMalformedHead;
    /** Requests that Vert.x has passed on. The decoder may be ahead, as Vert.x keeps pipelined requests. */
    private int requests;

    private boolean awaitsFirstRequest = true;
    private boolean isInputEnded;
    /** The failure to respond with to the next request; null for none. */
    private @Nullable EdgeException refusal;

    private int streams;
    private long responseBytes;
    private long lastFlushNanos = System.nanoTime();
    /** Whether its costs are refunded, because it is closed or about to close. */
    private boolean isReleased;
    /** The queue that this entry is in; null for none. */
    private @Nullable TimeoutQueue timeouts;
    /** The head that has begun and is not complete; null if there is none. */
    private @Nullable HeadTimeout headTimeout;

    TrackedConnection(ConnectionTracker tracker, HttpConnection connection, ChannelPipeline pipeline) {
        this.tracker = tracker;
        this.connection = connection;
        this.pipeline = pipeline;
        this.http2 = pipeline.get(Http2ConnectionHandler.class);
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

    /**
     * Installs what Netty and Vert.x lack: checks for the rules of the HTTP RFCs, the timeout for heads of requests, and
     * the limit of streams also for a client of HTTP/2 that never acknowledges our SETTINGS.
     */
    public void configure(HttpServerOptions options, int headerBytesMax, int streamsMax) {
        if (http2 != null) {
            Http2FrameListener listener = http2.decoder().frameListener();
            Http2FrameCounter frames = new Http2FrameCounter(new Http2RequestValidator(listener, this, headerBytesMax));
            http2.decoder().frameListener(frames);
            http2.connection().remote().maxActiveStreams(streamsMax);
            pipeline.addBefore(pipeline.context(http2).name(), null, new Http2HeaderTimeout(this, frames));
            return;
        }
        Http1RequestDecoder replacement = new Http1RequestDecoder(options);
        decoder = replacement;
        pipeline.replace(HTTP1_DECODER, HTTP1_DECODER, replacement);
        pipeline.addAfter(HTTP1_DECODER, null, new Http1ConnectionEvents(this));
        pipeline.addAfter(HTTP1_DECODER, null, new Http1HeaderTimeout(this, replacement));
        if (pipeline.get(SslHandler.class) == null) {
            pipeline.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
    }

    /** Sets the failure to respond with to the next request; null for none. */
    void refuseNextRequest(@Nullable EdgeException failure) {
        refusal = failure;
    }

    /** Called when the headers of a request have arrived. Returns the failure to respond with, or null. */
    @Nullable
    EdgeException onRequest(HttpServerRequest arrived) {
        request = arrived;
        hasMalformedHead = arrived.decoderResult().isFailure();
        awaitsFirstRequest = false;
        setTimeout(isHttp2() ? null : tracker.idleTimeouts());
        requests++;
        if (isLastOfInput()) {
            LingeringClose.closeAfterResponse(arrived);
        }
        return refusal;
    }

    /** Called when the response to a request was handed over, or will not be. An idle connection keeps no request. */
    void onResponse(HttpServerRequest completed) {
        // The general router wraps requests, but not their responses.
        if (request != null && request.response() == completed.response()) {
            request = null;
        }
    }

    /**
     * Called when the client has closed its half. Requests that have arrived get their responses, then the connection
     * closes.
     */
    void onInputEnded() {
        isInputEnded = true;
        if (!isLastOfInput()) {
            return;
        }
        if (request == null) {
            connection.close();
        } else {
            LingeringClose.closeAfterResponse(request);
        }
    }

    private boolean isLastOfInput() {
        return isInputEnded && decoder != null && requests == decoder.requests();
    }

    /** Called when input cannot be decoded; no later input is decoded either. */
    void onMalformedInput(EdgeException failure) {
        if (hasMalformedHead) {
            // Vert.x reports it after the response, too; the connection closes with LingeringClose.
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

    /** Charges the cost of the connection, and from now on that of its streams. */
    void chargeCosts() {
        tracker.charge(ownBytes());
        if (http2 != null) {
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
        if (!isReleased) {
            streams += by;
            tracker.charge((long) by * STREAM_BYTES);
        }
    }

    /** Refunds all costs, once. */
    void release() {
        if (!isReleased) {
            isReleased = true;
            tracker.charge(-ownBytes() - (long) streams * STREAM_BYTES);
        }
    }

    /** Closes the connection at once. Vert.x and TLS would first wait until pending writes are flushed. */
    @SuppressWarnings("FutureReturnValueIgnored") // Nothing waits for the end of the connection.
    public void forceClose() {
        release();
        pipeline.firstContext().close();
    }

    int streams() {
        return streams;
    }

    boolean isReleased() {
        return isReleased;
    }

    boolean awaitsFirstRequest() {
        return awaitsFirstRequest;
    }

    /**
     * Resets a stream of HTTP/2 whose response is complete, which Vert.x does not do for a complete response. The
     * stream closes only when the RST_STREAM frame is flushed.
     *
     * @return whether the stream was still open
     */
    @SuppressWarnings("FutureReturnValueIgnored") // A stream that cannot be reset has ended with its connection.
    boolean reset(int streamId) {
        @Nullable ChannelHandlerContext context = http2 == null ? null : pipeline.context(http2);
        if (http2 == null || context == null || http2.connection().stream(streamId) == null) {
            return false;
        }
        http2.encoder().writeRstStream(context, streamId, Http2Error.CANCEL.code(), context.newPromise());
        context.flush();
        return true;
    }

    /** Bytes of responses that are not flushed yet. */
    long responseBytes() {
        return responseBytes;
    }

    /** When a part of any response was flushed last, or the connection opened, by {@link System#nanoTime}. */
    long lastFlushNanos() {
        return lastFlushNanos;
    }

    void onFlushed(long nowNanos) {
        lastFlushNanos = nowNanos;
    }

    /** Charges bytes of a response; a negative number is a refund. */
    void chargeResponse(long bytes) {
        responseBytes += bytes;
    }

    /** The last request; null before the first one, and once its response was handed over. */
    @Nullable
    HttpServerRequest request() {
        return request;
    }

    /** Whether no request waits for its response. */
    boolean isIdle() {
        return request == null;
    }

    /** Whether everything written was accepted by the operating system. */
    boolean hasNoUnsentBytes() {
        ChannelOutboundBuffer unsent = pipeline.channel().unsafe().outboundBuffer();
        return unsent == null || unsent.isEmpty();
    }

    /**
     * Called when all bytes that have arrived are decoded.
     *
     * @param isHeadIncomplete whether a head has begun and is not complete
     */
    void onBytesDecoded(boolean isHeadIncomplete) {
        if (isHeadIncomplete && headTimeout == null) {
            headTimeout = new HeadTimeout();
            tracker.headTimeouts().add(headTimeout);
        } else if (!isHeadIncomplete && headTimeout != null) {
            tracker.headTimeouts().remove(headTimeout);
            headTimeout = null;
        }
    }

    /** The timeout of a head that has begun. */
    private final class HeadTimeout extends TimeoutQueue.Entry {
        @Override
        protected void onTimeout() {
            if (http2 != null ? isReceivingBody(http2) : !isIdle()) {
                // A response is due, or the incomplete frame may be a part of a body, which has its own timeout.
                tracker.headTimeouts().add(this);
            } else if (isHttp2()) {
                connection.close();
            } else {
                forceClose();
            }
        }
    }

    private static boolean isReceivingBody(Http2ConnectionHandler http2) {
        try {
            return http2.connection()
                            .forEachActiveStream(stream -> !stream.state().remoteSideOpen())
                    != null;
        } catch (Http2Exception impossible) {
            return false;
        }
    }

    /** Moves this entry to another queue of timeouts; null for none. */
    void setTimeout(@Nullable TimeoutQueue next) {
        if (timeouts != null) {
            timeouts.remove(this);
        }
        timeouts = next;
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
            setTimeout(tracker.idleTimeouts());
        }
    }
}
