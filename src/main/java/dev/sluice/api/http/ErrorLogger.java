package dev.sluice.api.http;

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
public final class ErrorLogger extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorLogger.class);
    private static final ErrorLogger INSTANCE = new ErrorLogger();

    private ErrorLogger() {}

    /** Sees what the handlers before the last one throw; that one is asked by {@link #log}. */
    public static void watch(ChannelPipeline pipeline) {
        pipeline.addBefore(pipeline.lastContext().name(), null, INSTANCE);
    }

    /** Logs an error; what clients send or break off is of no interest. */
    public static void log(Throwable failure) {
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
