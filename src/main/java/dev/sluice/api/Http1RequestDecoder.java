package dev.sluice.api;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.util.List;

/** A decoder of HTTP/1.1 that knows whether the head of a request has begun. One for each connection, on its event loop. */
final class Http1RequestDecoder extends VertxHttpRequestDecoder {
    private boolean betweenRequests = true;
    private boolean inHeaders;

    /** A decoder with the limits of these options. */
    Http1RequestDecoder(HttpServerOptions options) {
        super(options);
    }

    /** Whether bytes of a head have arrived, and the head is not complete. To be asked when all bytes that arrived are decoded. */
    boolean isHeadIncomplete() {
        return inHeaders || betweenRequests && actualReadableBytes() > 0;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        int before = out.size();
        super.decode(context, in, out);
        if (out.size() > before) {
            inHeaders = false;
            betweenRequests = out.get(out.size() - 1) instanceof LastHttpContent;
        }
    }

    @Override
    protected HttpMessage createMessage(String[] initialLine) {
        inHeaders = true;
        return super.createMessage(initialLine);
    }
}
