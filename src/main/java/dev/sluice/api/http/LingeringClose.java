package dev.sluice.api.http;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.VertxConnection;

/**
 * Closes a connection whose response was sent before its request had arrived in full. Input that still arrives is
 * discarded for {@value #LINGER_MILLIS} ms. Closing at once would reset the connection, and the client could lose the
 * response (RFC 9112 9.6).
 */
public final class LingeringClose {
    private static final long LINGER_MILLIS = 500;

    private LingeringClose() {}

    /**
     * Makes a request of HTTP/1.1 the last one of its connection. Its response says so, if its head is not written yet,
     * and then the connection closes.
     */
    static void closeAfterResponse(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        if (request.version() == HttpVersion.HTTP_2 || response.ended() || response.closed()) {
            return;
        }
        if (!response.headWritten()) {
            response.headers().set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        response.endHandler(ended -> {
            if (request.isEnded()) {
                request.connection().close();
            } else {
                close(request);
            }
        });
    }

    /** Closes when the request is complete, the client has closed, or the time is over, whichever comes first. */
    public static void close(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            return;
        }
        Vertx vertx = Vertx.currentContext().owner();
        long timer = vertx.setTimer(LINGER_MILLIS, fired -> request.connection().close());
        // After malformed input, the end of the request cannot be found.
        if (!request.decoderResult().isFailure()) {
            request.endHandler(end -> {
                vertx.cancelTimer(timer);
                request.connection().close();
            });
        }
        request.exceptionHandler(failure -> vertx.cancelTimer(timer));
        request.handler(ignored -> {});
        request.resume();
        endOutput(request.connection());
    }

    /**
     * Closes our half of the connection once the response is flushed, so that the client sees at once that nothing
     * follows. With TLS the client sees that when the connection closes.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // The client sees the end of the output, or the connection ends.
    private static void endOutput(HttpConnection connection) {
        VertxConnection written = (VertxConnection) connection;
        Channel channel = written.channel();
        if (channel instanceof DuplexChannel duplex && channel.pipeline().get(SslHandler.class) == null) {
            written.flush(done -> duplex.shutdownOutput());
        }
    }
}
