package dev.sluice.api.http;

import dev.sluice.api.error.EdgeException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/**
 * Events of a connection of HTTP/1.1 beside its requests: the client closes its half of the connection, or sends
 * malformed input. Vert.x would close the connection at once in both cases, and the client would not receive its
 * response.
 */
final class Http1ConnectionEvents extends ChannelInboundHandlerAdapter {
    private final TrackedConnection connection;

    Http1ConnectionEvents(TrackedConnection connection) {
        this.connection = connection;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
        if (cause instanceof EdgeException refusal) {
            connection.onMalformedInput(refusal);
        } else {
            super.exceptionCaught(context, cause);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            connection.onInputEnded();
        }
        super.userEventTriggered(context, event);
    }
}
