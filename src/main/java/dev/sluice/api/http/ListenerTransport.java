package dev.sluice.api.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.spi.transport.Transport;
import java.net.SocketAddress;
import java.util.concurrent.ThreadFactory;

/**
 * A transport of Vert.x whose listeners have an {@link AcceptLimit}, and those with TLS {@link PendingHandshakes}.
 * Vert.x gives no other access to the pipeline of a listener before its first connection.
 */
public final class ListenerTransport implements Transport, io.vertx.core.transport.Transport {
    private final io.vertx.core.transport.Transport known;
    private final Transport transport;
    private final int pendingMax;
    private final int handshakesMax;
    private final long handshakeTimeoutMillis;

    private ListenerTransport(
            io.vertx.core.transport.Transport known, int pendingMax, int handshakesMax, long handshakeTimeoutMillis) {
        this.pendingMax = pendingMax;
        this.handshakesMax = handshakesMax;
        this.handshakeTimeoutMillis = handshakeTimeoutMillis;
        this.known = known;
        this.transport = known.implementation();
    }

    /**
     * The native transport of this machine, or that of the JDK.
     *
     * @param pendingMax connections of one listener that are accepted and not set up yet
     * @param handshakesMax connections of one listener with TLS that cannot send requests yet
     * @param handshakeTimeoutMillis how long each may be one of them
     */
    public static ListenerTransport preferNative(int pendingMax, int handshakesMax, long handshakeTimeoutMillis) {
        io.vertx.core.transport.Transport nativeTransport = io.vertx.core.transport.Transport.nativeTransport();
        boolean usable = nativeTransport != null && nativeTransport.available();
        return new ListenerTransport(
                usable ? nativeTransport : io.vertx.core.transport.Transport.NIO,
                pendingMax,
                handshakesMax,
                handshakeTimeoutMillis);
    }

    @Override
    public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
        transport.configure(options, domainSocket, bootstrap);
        bootstrap.handler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel listener) {
                if (options.isSsl()) {
                    listener.pipeline().addLast(new PendingHandshakes(listener, handshakesMax, handshakeTimeoutMillis));
                }
                listener.pipeline().addLast(new AcceptLimit(pendingMax));
            }
        });
    }

    @Override
    public Transport implementation() {
        return this;
    }

    @Override
    public String name() {
        return known.name();
    }

    @Override
    public boolean available() {
        return known.available();
    }

    @Override
    public boolean isAvailable() {
        return transport.isAvailable();
    }

    @Override
    public Throwable unavailabilityCause() {
        return transport.unavailabilityCause();
    }

    @Override
    public boolean supportsDomainSockets() {
        return transport.supportsDomainSockets();
    }

    @Override
    public boolean supportFileRegion() {
        return transport.supportFileRegion();
    }

    @Override
    public SocketAddress convert(io.vertx.core.net.SocketAddress address) {
        return transport.convert(address);
    }

    @Override
    public io.vertx.core.net.SocketAddress convert(SocketAddress address) {
        return transport.convert(address);
    }

    @Override
    public IoHandlerFactory ioHandlerFactory() {
        return transport.ioHandlerFactory();
    }

    @Override
    public EventLoopGroup eventLoopGroup(int type, int threads, ThreadFactory threadFactory, int ioRatio) {
        return transport.eventLoopGroup(type, threads, threadFactory, ioRatio);
    }

    @Override
    public DatagramChannel datagramChannel() {
        return transport.datagramChannel();
    }

    @Override
    @SuppressWarnings("deprecation") // The interface still has this type.
    public DatagramChannel datagramChannel(InternetProtocolFamily family) {
        return transport.datagramChannel(family);
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
        return transport.channelFactory(domainSocket);
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
        return transport.serverChannelFactory(domainSocket);
    }

    @Override
    public void configure(DatagramChannel channel, DatagramSocketOptions options) {
        transport.configure(channel, options);
    }

    @Override
    public void configure(
            ClientOptionsBase options, int connectTimeoutMillis, boolean domainSocket, Bootstrap bootstrap) {
        transport.configure(options, connectTimeoutMillis, domainSocket, bootstrap);
    }
}
