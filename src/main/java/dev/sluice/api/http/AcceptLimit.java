package dev.sluice.api.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the connections that a listener has accepted and that their event loops have not set up yet. Connections are
 * counted, refused and evicted by event loops; without this bound a burst of connections would take all file
 * descriptors before that. While the bound is reached, further connections wait in the operating system.
 *
 * <p>In the pipeline of one listener and owned by its event loop; only the counter is shared.
 */
public final class AcceptLimit extends ChannelInboundHandlerAdapter {
    private final int pendingMax;
    private final AtomicInteger pending = new AtomicInteger();
    private volatile boolean paused;

    /** @param pendingMax connections of the listener that may be waiting for their event loops */
    AcceptLimit(int pendingMax) {
        this.pendingMax = pendingMax;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        Channel listener = context.channel();
        Channel accepted = (Channel) message;
        int waiting = pending.incrementAndGet();
        context.fireChannelRead(accepted);
        try {
            // The task runs after those that register the connection and hand it to its HTTP server.
            accepted.eventLoop().execute(() -> onTaken(listener));
        } catch (RejectedExecutionException stopped) {
            waiting = pending.decrementAndGet();
        }
        if (waiting >= pendingMax) {
            paused = true;
            listener.config().setAutoRead(false);
            // A task may have run before it could see that.
            resume(listener);
        }
    }

    /** Called on the event loop of the connection. */
    private void onTaken(Channel listener) {
        pending.decrementAndGet();
        if (paused) {
            try {
                listener.eventLoop().execute(() -> resume(listener));
            } catch (RejectedExecutionException stopped) {
                paused = false;
            }
        }
    }

    private void resume(Channel listener) {
        if (paused && pending.get() < pendingMax) {
            paused = false;
            listener.config().setAutoRead(true);
        }
    }
}
