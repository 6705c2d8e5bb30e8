package dev.sluice.api.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Bounds the connections that a listener with TLS has accepted and that cannot send requests yet: those in their handshake, and those of HTTP/2
 * that have not sent their settings. Vert.x shows a connection only after that, so this stands in the pipeline of the listener itself. At
 * the limit the oldest one makes room; one that takes too long is closed.
 *
 * <p>Owned by the event loop of the listener.
 */
public final class PendingHandshakes extends ChannelInboundHandlerAdapter {
    private static final String NAME = "pendingHandshakes";

    private final Channel listener;
    private final int max;
    private final int timeoutSeconds;
    /** Oldest first. */
    private final Map<Channel, ScheduledFuture<?>> pending = new LinkedHashMap<>();

    private PendingHandshakes(Channel listener, int max, int timeoutSeconds) {
        this.listener = listener;
        this.max = max;
        this.timeoutSeconds = timeoutSeconds;
    }

    /**
     * A connection can send requests now. The first one of a listener puts the bound into place, as Vert.x does not show the listener
     * before; several event loops may do so at once.
     *
     * @param max pending connections
     * @param timeoutSeconds how long one may be pending; 0 for ever
     */
    public static void opened(Channel connection, int max, int timeoutSeconds) {
        Channel listener = connection.parent();
        listener.eventLoop().execute(() -> {
            if (listener.pipeline().get(NAME) instanceof PendingHandshakes bound) {
                bound.remove(connection);
            } else if (listener.isOpen()) {
                listener.pipeline().addFirst(NAME, new PendingHandshakes(listener, max, timeoutSeconds));
            }
        });
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
                timeoutSeconds == 0
                        ? null
                        : listener.eventLoop().schedule(() -> close(connection), timeoutSeconds, TimeUnit.SECONDS));
        connection.closeFuture().addListener(gone -> listener.eventLoop().execute(() -> remove(connection)));
    }

    private void remove(Channel connection) {
        ScheduledFuture<?> timeout = pending.remove(connection);
        if (timeout != null) {
            timeout.cancel(false);
        }
    }

    /** At once: the handler of TLS would first wait until its own farewell is taken. */
    private static void close(Channel connection) {
        connection.eventLoop().execute(() -> connection.unsafe().close(connection.voidPromise()));
    }
}
