package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Requirement;
import dev.sluice.TestTimeout;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemdNotifierTest {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private EventLoopGroup group;

    @TempDir
    Path directory;

    @BeforeEach
    void requireDatagramSockets() {
        Requirement.check(Epoll.isAvailable(), "datagram sockets of the Unix domain need epoll");
        group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    @AfterEach
    void close() {
        if (group != null) {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void readinessReloadAndStopAreReportedToTheSocket() throws InterruptedException {
        Path socket = directory.resolve("notify");
        listen(socket.toString());
        reportsArrive(socket.toString());
    }

    @Test
    void theSocketMayHaveAnAbstractName() throws InterruptedException {
        String name = "sluice-test-" + ProcessHandle.current().pid();
        listen("\0" + name);
        reportsArrive("@" + name);
    }

    @Test
    void withoutASocketNothingIsReportedAndAMissingSocketIsNoFailure() {
        SystemdNotifier.of(Map.of()).ready();
        SystemdNotifier.of(Map.of("NOTIFY_SOCKET", "")).ready();
        SystemdNotifier.of(Map.of("NOTIFY_SOCKET", directory.resolve("absent").toString()))
                .ready();
        assertThat(received).isEmpty();
    }

    private void reportsArrive(String variable) throws InterruptedException {
        SystemdNotifier notifier = SystemdNotifier.of(Map.of("NOTIFY_SOCKET", variable));
        notifier.ready();
        assertThat(next()).isEqualTo("READY=1");
        notifier.reloading();
        assertThat(next()).matches("RELOADING=1\nMONOTONIC_USEC=[0-9]+");
        notifier.stopping();
        assertThat(next()).isEqualTo("STOPPING=1");
    }

    private void listen(String name) {
        new Bootstrap()
                .group(group)
                .channel(EpollDomainDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket packet) {
                        received.add(packet.content().toString(StandardCharsets.UTF_8));
                    }
                })
                .bind(new DomainSocketAddress(name))
                .syncUninterruptibly();
    }

    private String next() throws InterruptedException {
        return received.poll(TestTimeout.SECONDS, TimeUnit.SECONDS);
    }
}
