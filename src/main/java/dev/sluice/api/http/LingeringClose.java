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
 * Closes a connection whose request was answered before it had arrived in full. What still comes is thrown away for a moment: closing at
 * once would reset the connection, and the client could lose the answer (RFC 9112 9.6).
 */
public final class LingeringClose {
    private static final long LINGER_MILLIS = 500;

    private LingeringClose() {}

    /** Makes a request of HTTP/1.1 the last one of its connection: its answer says so, if it has not begun, and then it closes. */
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

    /** Closes when the request is over, the client has closed, or a moment has passed, whichever comes first. */
    public static void close(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            return;
        }
        Vertx vertx = Vertx.currentContext().owner();
        long timer = vertx.setTimer(LINGER_MILLIS, fired -> request.connection().close());
        // What is malformed has no end that could be told from what still comes.
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

    /** Once the answer is written a client sees at once that nothing follows it. With TLS it sees that when the connection closes. */
    private static void endOutput(HttpConnection connection) {
        VertxConnection written = (VertxConnection) connection;
        Channel channel = written.channel();
        if (channel instanceof DuplexChannel duplex && channel.pipeline().get(SslHandler.class) == null) {
            written.flush(done -> duplex.shutdownOutput());
        }
    }
}
