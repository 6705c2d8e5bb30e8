package dev.sluice.cli;

import dev.sluice.ApiConfiguration;
import dev.sluice.ConfigReload;
import dev.sluice.ReloadSignal;
import dev.sluice.Server;
import dev.sluice.StartException;
import dev.sluice.api.http.HttpOptions;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.ServerConfig;
import io.vertx.core.Future;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice serve}: runs the server until the process receives a stop signal. */
@Command(name = "serve", description = "Run the server.", mixinStandardHelpOptions = true, addMethodSubcommands = false)
final class ServeCommand implements Callable<Integer> {
    private static final int STOPPED_IN_TIME = 0;
    private static final int STOPPED_LATE = 1;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration file in YAML. Without it only environment and flags are used.")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set one key of the configuration, as --set http.port=9000. Overrides environment and file.")
    private List<String> assignments = List.of();

    @Option(
            names = "--stop-when-ready",
            description = "Stop as soon as the server is ready: to test a configuration, or to write a class archive.")
    private boolean stopWhenReady;

    @Override
    public Integer call() throws Exception {
        SystemdNotifier systemd = SystemdNotifier.of(System.getenv());
        ConfigReload reload = new ConfigReload(this::configuration).reportTo(systemd::reloading, systemd::ready);
        ReloadSignal.handle(reload::request);
        ServerConfig config = configuration();
        LogConfigurator.level(config.logLevel());
        List<String> ignored = ConfigLoader.ignoredVariables(System.getenv());
        if (!ignored.isEmpty()) {
            LoggerFactory.getLogger(ServeCommand.class)
                    .info(
                            "Environment variables that are no configuration are ignored: {}",
                            String.join(", ", ignored));
        }
        Server server = start(config);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, config, systemd), "sluice-stop"));
        reload.with("certificates", reloaded -> reloadCertificates(server, reloaded))
                .with("log.level", reloaded -> {
                    LogConfigurator.level(reloaded.logLevel());
                    return Future.succeededFuture();
                })
                .begin();
        printReady(server, config);
        systemd.ready();
        if (!stopWhenReady) {
            new CountDownLatch(1).await();
        }
        return Main.OK;
    }

    private ServerConfig configuration() {
        return ConfigLoader.load(file, System.getenv(), assignments);
    }

    private static Future<Void> reloadCertificates(Server server, ServerConfig reloaded) {
        Optional<HttpOptions.TlsOptions> files = ApiConfiguration.tls(reloaded.http());
        if (files.isPresent() != server.certificates().isPresent()) {
            return Future.failedFuture(new StartException("TLS is turned on and off by a restart only"));
        }
        return server.certificates()
                .map(certificates -> certificates.reload(files.get()))
                .orElse(Future.succeededFuture());
    }

    private static Server start(ServerConfig config) throws Exception {
        try {
            return Server.start(config).toCompletableFuture().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static void printReady(Server server, ServerConfig config) {
        String scheme = config.http().tls().isPresent() ? "https" : "http";
        String url = scheme + "://" + urlHost(config.http().host()) + ":" + server.port();
        server.generatedCredentials().ifPresent(credentials -> System.out.println(new StartupBanner(url, credentials)));
        long startMillis = ManagementFactory.getRuntimeMXBean().getUptime();
        System.out.println("sluice ready on " + url + " in " + startMillis + " ms");
        System.out.flush();
    }

    private static String urlHost(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }

    /** The shutdown hook. Ends the process with exit code 0, which the JVM would not use after a signal. */
    private static void stop(Server server, ServerConfig config, SystemdNotifier systemd) {
        Logger log = LoggerFactory.getLogger(ServeCommand.class);
        systemd.stopping();
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
