package dev.sluice.api.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * The timeout for heads of requests of HTTP/1.1. Whenever bytes have arrived, it checks whether they leave a head that
 * has begun and is not complete. Its place in the pipeline is behind the decoder. It costs nothing per request and
 * little per read.
 */
final class Http1HeaderTimeout extends ChannelInboundHandlerAdapter {
    private final TrackedConnection connection;
    private final Http1RequestDecoder decoder;

    Http1HeaderTimeout(TrackedConnection connection, Http1RequestDecoder decoder) {
        this.connection = connection;
        this.decoder = decoder;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        connection.onBytesDecoded(decoder.isHeadIncomplete());
        context.fireChannelReadComplete();
    }
}
