package dev.sluice.api;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs errors of the Java machine that reach a connection. Vert.x closes a connection of HTTP/2 on any failure without a word, and
 * an error must be seen: the process may have to end.
 */
@Sharable
final class ErrorLog extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorLog.class);
    private static final ErrorLog INSTANCE = new ErrorLog();

    private ErrorLog() {}

    /** Sees what the handlers before the last one throw; that one is asked by {@link #log}. */
    static void watch(ChannelPipeline pipeline) {
        pipeline.addBefore(pipeline.lastContext().name(), null, INSTANCE);
    }

    /** Logs an error; what clients send or break off is of no interest. */
    static void log(Throwable failure) {
        if (failure instanceof Error) {
            LOG.error("a connection failed", failure);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        log(failure);
        context.fireExceptionCaught(failure);
    }
}
