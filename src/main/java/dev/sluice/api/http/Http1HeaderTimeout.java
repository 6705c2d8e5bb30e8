package dev.sluice.api.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Times the heads of requests of HTTP/1.1: whenever bytes have arrived, it looks whether they leave a head that has begun and is not complete.
 * Its place is behind the decoder. Costs nothing for each request, and next to nothing for each read.
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
