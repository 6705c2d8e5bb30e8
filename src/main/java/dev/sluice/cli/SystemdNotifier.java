package dev.sluice.cli;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the state of the server to systemd (protocol of {@code sd_notify}, for units of {@code Type=notify}). Does
 * nothing if the environment does not contain {@code NOTIFY_SOCKET}. A report that cannot be sent is logged and does not
 * disturb the server.
 *
 * <p>Every method blocks until the message is sent, at most for seconds; so it must not run on an event loop.
 */
final class SystemdNotifier {
    private static final Logger LOG = LoggerFactory.getLogger(SystemdNotifier.class);
    private static final long SEND_SECONDS_MAX = 5;

    /** Path of the socket. The first character of an abstract name is NUL. */
    private final Optional<String> socket;

    private SystemdNotifier(Optional<String> socket) {
        this.socket = socket;
    }

    /** Takes the socket from the variable {@code NOTIFY_SOCKET}. */
    static SystemdNotifier of(Map<String, String> environment) {
        String path = environment.getOrDefault("NOTIFY_SOCKET", "");
        if (path.isEmpty()) {
            return new SystemdNotifier(Optional.empty());
        }
        return new SystemdNotifier(Optional.of(path.startsWith("@") ? "\0" + path.substring(1) : path));
    }

    /** The server responds to requests. Also the end of a reload. */
    void ready() {
        send("READY=1");
    }

    /** The server reads its configuration again. */
    void reloading() {
        // systemd compares this time with its own; on Linux nanoTime reads the same clock.
        send("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
    }

    /** The server begins to stop. */
    void stopping() {
        send("STOPPING=1");
    }

    private void send(String state) {
        socket.ifPresent(path -> {
            try {
                send(path, state);
            } catch (Exception failure) {
                LOG.warn("systemd was not notified over NOTIFY_SOCKET: {}", failure.toString());
            }
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // completed() waits and throws.
    private static void send(String path, String state) throws Exception {
        // The JDK has no datagram sockets of the Unix domain.
        Epoll.ensureAvailability();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            Channel channel = completed(new Bootstrap()
                            .group(group)
                            .channel(EpollDomainDatagramChannel.class)
                            .handler(new ChannelInboundHandlerAdapter())
                            .register())
                    .channel();
            completed(channel.connect(new DomainSocketAddress(path)));
            completed(channel.writeAndFlush(Unpooled.copiedBuffer(state, StandardCharsets.UTF_8)));
            completed(channel.close());
        } finally {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    private static <F extends Future<?>> F completed(F future) throws Exception {
        if (!future.await(SEND_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new IOException("no result within " + SEND_SECONDS_MAX + " s");
        }
        if (!future.isSuccess()) {
            throw new IOException(future.cause().toString());
        }
        return future;
    }
}
