package dev.sluice.api.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits the connections that a listener with TLS has accepted and that cannot send requests yet: those in their TLS
 * handshake, and those of HTTP/2 whose SETTINGS have not arrived. Vert.x passes on a connection only after that, so
 * this handler is in the pipeline of the listener itself. At the limit, the oldest one is closed for a new one. One
 * that takes too long is closed.
 *
 * <p>Owned by the event loop of the listener.
 */
public final class PendingHandshakes extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(PendingHandshakes.class);

    private final Channel listener;
    private final int max;
    private final long timeoutMillis;
    /** Oldest first. */
    private final Map<Channel, ScheduledFuture<?>> pending = new LinkedHashMap<>();

    /**
     * A handler for the pipeline of a listener.
     *
     * @param max pending connections
     * @param timeoutMillis how long one may be pending
     */
    PendingHandshakes(Channel listener, int max, long timeoutMillis) {
        this.listener = listener;
        this.max = max;
        this.timeoutMillis = timeoutMillis;
    }

    /** Called when a connection can send requests. */
    public static void opened(Channel connection) {
        PendingHandshakes bound = connection.parent().pipeline().get(PendingHandshakes.class);
        if (bound != null) {
            execute(bound.listener, () -> bound.remove(connection));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        Channel connection = (Channel) accepted;
        context.fireChannelRead(connection);
        if (connection.closeFuture().isDone()) {
            return;
        }
        if (pending.size() >= max) {
            Iterator<Channel> oldest = pending.keySet().iterator();
            Channel closed = oldest.next();
            remove(closed);
            close(closed);
        }
        pending.put(
                connection,
                listener.eventLoop().schedule(() -> close(connection), timeoutMillis, TimeUnit.MILLISECONDS));
        connection.closeFuture().addListener(gone -> execute(listener, () -> remove(connection)));
    }

    private void remove(Channel connection) {
        ScheduledFuture<?> timeout = pending.remove(connection);
        if (timeout != null) {
            timeout.cancel(false);
        }
    }

    /** Closes at once. The TLS handler would first wait until its close_notify is flushed. */
    private static void close(Channel connection) {
        execute(connection, () -> connection.unsafe().close(connection.voidPromise()));
    }

    /** Runs a task on the event loop of a channel. At a stop one event loop may end before another; then nothing is left to do. */
    private static void execute(Channel channel, Runnable task) {
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("an event loop has stopped already", stopped);
        }
    }
}
