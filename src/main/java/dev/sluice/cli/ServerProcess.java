package dev.sluice.cli;

import dev.sluice.Server;
import dev.sluice.config.ServerConfig;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server whose life is that of the process. */
final class ServerProcess {
    private static final int STOPPED_IN_TIME = 0;
    private static final int STOPPED_LATE = 1;

    private ServerProcess() {}

    /**
     * Starts a server that stops when the process gets a stop signal or exits. Blocks until it is ready.
     *
     * @param onStopping runs when the stop begins
     */
    static Server start(ServerConfig config, Runnable onStopping) throws Exception {
        Server server;
        try {
            server = Server.start(config).toCompletableFuture().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, config, onStopping), "sluice-stop"));
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

    /** The shutdown hook. Ends the process with exit code 0, which the JVM would not use after a signal. */
    private static void stop(Server server, ServerConfig config, Runnable onStopping) {
        Logger log = LoggerFactory.getLogger(ServerProcess.class);
        onStopping.run();
        int exitCode = STOPPED_LATE;
        try {
            server.close().toCompletableFuture().get(config.shutdownTimeoutMillis(), TimeUnit.MILLISECONDS);
            exitCode = STOPPED_IN_TIME;
        } catch (TimeoutException e) {
            log.error("stop took longer than shutdown.timeout; what was answered is stored, the rest is not");
        } catch (ExecutionException e) {
            log.error("stop failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(exitCode);
    }
}
