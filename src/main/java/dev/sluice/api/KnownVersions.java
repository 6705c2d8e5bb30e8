package dev.sluice.api;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Lets requests of HTTP/1.0 and HTTP/1.1 pass and marks those of any other version as malformed, so that they are answered as
 * everything malformed is. Vert.x would answer them by itself, with 501 and an empty body.
 */
@Sharable
final class KnownVersions extends ChannelInboundHandlerAdapter {
    private static final KnownVersions INSTANCE = new KnownVersions();
    private static final String DECODER = "httpDecoder";
    private static final Exception UNKNOWN = new IllegalArgumentException("unknown HTTP version");

    private KnownVersions() {}

    /** Stands in the way of a new connection; does nothing if it speaks HTTP/2. */
    static void demandOf(HttpConnection connection) {
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        if (pipeline.get(DECODER) != null) {
            pipeline.addAfter(DECODER, null, INSTANCE);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request && !isKnown(request.protocolVersion())) {
            request.setProtocolVersion(HttpVersion.HTTP_1_1);
            request.setDecoderResult(DecoderResult.failure(UNKNOWN));
        }
        context.fireChannelRead(message);
    }

    private static boolean isKnown(HttpVersion version) {
        return version == HttpVersion.HTTP_1_1 || version == HttpVersion.HTTP_1_0;
    }
}
