package dev.sluice.api.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * The timeout for header blocks of HTTP/2. No other frame may arrive between the first and the last frame of a block.
 * So bytes that complete neither a block nor another frame belong to a block or frame that has begun. Its place in the
 * pipeline is before the decoder.
 */
final class Http2HeaderTimeout extends ChannelInboundHandlerAdapter {
    private final TrackedConnection connection;
    private final Http2FrameCounter frames;

    Http2HeaderTimeout(TrackedConnection connection, Http2FrameCounter frames) {
        this.connection = connection;
        this.frames = frames;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        long before = frames.complete();
        context.fireChannelRead(bytes);
        connection.onBytesDecoded(frames.complete() == before);
    }
}
