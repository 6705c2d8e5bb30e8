package dev.sluice.cli;

import dev.sluice.ConfigReload;
import dev.sluice.ReloadSignal;
import dev.sluice.Server;
import dev.sluice.StartException;
import dev.sluice.config.ConfigException;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.HttpConfig;
import dev.sluice.config.ServerConfig;
import io.vertx.core.Future;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice serve}: runs the server until the process receives a stop signal. */
@Command(name = "serve", description = "Run the server.", mixinStandardHelpOptions = true, addMethodSubcommands = false)
final class ServeCommand implements Callable<Integer> {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration file in YAML. Without it only environment and flags are used.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set one key of the configuration, as --set http.port=9000. Overrides environment and file.")
    private List<String> assignments = List.of();

    @Option(
            names = "--stop-when-ready",
            description = "Stop as soon as the server is ready: to test a configuration, or to write a class archive.")
    private boolean stopWhenReady;

    /** Whether the file had a key when the server started. */
    private boolean fileHadKeys;

    @Override
    public Integer call() throws Exception {
        SystemdNotifier systemd = SystemdNotifier.of(System.getenv());
        ConfigReload reload = new ConfigReload(this::changedConfiguration).reportTo(systemd::reloading, systemd::ready);
        ReloadSignal.handle(reload::request);
        ServerConfig config = configuration();
        fileHadKeys = file != null && ConfigLoader.hasKeys(file);
        LogConfigurator.level(config.logLevel());
        LogConfigurator.format(config.logFormat());
        List<String> ignored = ConfigLoader.ignoredVariables(System.getenv());
        if (!ignored.isEmpty()) {
            LoggerFactory.getLogger(ServeCommand.class)
                    .info(
                            "Environment variables that are no configuration are ignored: {}",
                            String.join(", ", ignored));
        }
        Server server = ServerProcess.start(config, systemd::stopping);
        reload.with("certificates", reloaded -> reloadCertificates(server, reloaded))
                .with("credentials", reloaded -> {
                    server.live().replaceCredentials(reloaded);
                    return Future.succeededFuture();
                })
                .with("workers", server::reloadWorkers)
                .with("log", reloaded -> {
                    LogConfigurator.level(reloaded.logLevel());
                    LogConfigurator.format(reloaded.logFormat());
                    server.live().accessLog().mode(reloaded.logAccess());
                    return Future.succeededFuture();
                })
                .begin();
        server.live().onReloadRequest(reload::run);
        if (!files().isEmpty()) {
            ConfigFileWatcher.start(this::files, reload::request);
        }
        if (!StopHook.isStopping()) {
            StartLines.log(server, config);
            printReady(server, config);
            systemd.ready();
        }
        if (!stopWhenReady) {
            new CountDownLatch(1).await();
        }
        return Main.OK;
    }

    private ServerConfig configuration() {
        return ConfigLoader.load(file, System.getenv(), assignments);
    }

    /** Refuses a file that has become empty: it is about to be written, or its disk was full. */
    private ServerConfig changedConfiguration() {
        if (file != null && fileHadKeys && !ConfigLoader.hasKeys(file)) {
            throw new ConfigException(
                    file + " has no keys any more; write it anew, or restart to use the defaults of all keys");
        }
        return configuration();
    }

    private List<Path> files() {
        return ConfigLoader.files(file, System.getenv(), assignments);
    }

    private static Future<Void> reloadCertificates(Server server, ServerConfig reloaded) {
        Optional<HttpConfig.TlsConfig> files = reloaded.http().tls();
        if (files.isPresent() != server.certificates().isPresent()) {
            return Future.failedFuture(new StartException("TLS is turned on and off by a restart only"));
        }
        return server.certificates()
                .map(certificates -> certificates.reload(files.get()))
                .orElse(Future.succeededFuture());
    }

    private static void printReady(Server server, ServerConfig config) {
        String url = ServerProcess.url(server, config);
        server.generatedCredentials().ifPresent(credentials -> System.out.println(new StartupBanner(url, credentials)));
        server.consoleCode()
                .ifPresent(code -> System.out.println(
                        "# Console, opens once within ten minutes: " + ConsoleCommand.link(url, code)));
        long startMillis = ManagementFactory.getRuntimeMXBean().getUptime();
        System.out.println("sluice ready on " + url + " in " + startMillis + " ms");
        System.out.flush();
    }
}
