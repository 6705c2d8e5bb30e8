package dev.sluice.cli;

import dev.sluice.Server;
import dev.sluice.config.ServerConfig;
import dev.sluice.runtime.clock.ContinuousClock;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A server whose life is that of the process. */
final class ServerProcess {
    private ServerProcess() {}

    /**
     * Starts a server that stops when the process gets a stop signal or exits. Blocks until it is ready.
     *
     * @param onStopping runs when the stop begins
     */
    static Server start(ServerConfig config, Runnable onStopping) throws Exception {
        StopHook.install();
        @Nullable Server server = null;
        try {
            server = Server.start(config, ContinuousClock.ofMachine(), System.getenv())
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } finally {
            if (server == null) {
                StopHook.remove();
            }
        }
        StopHook.onReady(server, config, onStopping);
        return server;
    }

    /** The address of the API, without a path. */
    static String url(Server server, ServerConfig config) {
        String scheme = config.http().tls().isPresent() ? "https" : "http";
        return scheme + "://" + urlHost(config.http().host()) + ":" + server.port();
    }

    private static String urlHost(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }
}
