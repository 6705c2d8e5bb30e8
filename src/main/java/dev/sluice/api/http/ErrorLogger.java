package dev.sluice.api.http;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs every {@link Error} on a connection. Vert.x closes a connection of HTTP/2 on any failure without a log message,
 * but an error must be logged, because the process may have to end.
 */
@Sharable
public final class ErrorLogger extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorLogger.class);
    private static final ErrorLogger INSTANCE = new ErrorLogger();

    private ErrorLogger() {}

    /**
     * Installs it before the last handler, so that it logs the failures of all handlers before that. The last one
     * belongs to Vert.x, which passes its failures to {@link #log}.
     */
    public static void install(ChannelPipeline pipeline) {
        pipeline.addBefore(pipeline.lastContext().name(), null, INSTANCE);
    }

    /** Logs an {@link Error}. Malformed input and broken connections are not logged. */
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
