package dev.sluice.api.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Times the header blocks of HTTP/2. Nothing else may come on a connection between the first and the last frame of a block, so bytes that
 * arrive and complete neither a block nor another frame belong to a block or frame that has begun. Its place is before the decoder.
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
