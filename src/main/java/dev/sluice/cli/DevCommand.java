package dev.sluice.cli;

import dev.sluice.LoopbackGuard;
import dev.sluice.Server;
import dev.sluice.StartException;
import dev.sluice.config.ConfigLoader;
import dev.sluice.config.Secret;
import dev.sluice.config.ServerConfig;
import dev.sluice.config.WorkerConfig;
import dev.sluice.wrangler.WranglerConfiguration;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sluice dev}: a server for development and tests, with a documented token and account, in memory unless a
 * directory is given. Queues come from flags, the configuration file and a wrangler configuration.
 */
@Command(
        name = "dev",
        description = "Run a server for development and tests: in memory, with a fixed token and account.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class DevCommand implements Callable<Integer> {
    /** The token of every server in development mode, unless another one is given. Documented in docs/testing.md. */
    static final String TOKEN = "sluice-dev-token";

    /** The account of every server in development mode, unless another one is given. */
    static final String ACCOUNT = "00000000000000000000000000000de0";

    /** The key that signs batches to a Worker in development, unless another one is given. */
    static final String WORKER_KEY = "sluice-dev-worker-key";

    private static final int WORKER_TIMEOUT_MILLIS = 30_000;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port of the API, 8080 by default; 0 picks a free one.")
    private @Nullable Integer port;

    @Option(names = "--host", paramLabel = "HOST", description = "Address on which the API listens.")
    private @Nullable String host;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Keep messages in this directory. Without it they are in memory.")
    private @Nullable Path data;

    @Option(
            names = "--queue",
            paramLabel = "NAME",
            description = "Create this queue, with a pull consumer. Can be repeated.")
    private List<String> queueNames = List.of();

    @Option(
            names = "--wrangler",
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "FILE",
            description = "Create the queues of a wrangler configuration; without FILE, of the nearest wrangler.json, "
                    + "wrangler.jsonc or wrangler.toml in this directory or above it.")
    private @Nullable String wrangler;

    @Option(names = "--env", paramLabel = "NAME", description = "Environment of the wrangler configuration.")
    private @Nullable String wranglerEnvironment;

    @Option(
            names = "--worker",
            paramLabel = "URL",
            description = "Deliver the batches of the Worker of the wrangler configuration to this URL. Without it its "
                    + "queues are for pulling.")
    private @Nullable String workerUrl;

    @Option(
            names = "--worker-key",
            paramLabel = "KEY",
            description = "Key that signs the deliveries; " + WORKER_KEY + " by default.")
    private @Nullable String workerKey;

    @Option(names = "--token", paramLabel = "TOKEN", description = "API token; " + TOKEN + " by default.")
    private @Nullable String token;

    @Option(
            names = "--account",
            paramLabel = "ID",
            description = "Account id, 32 hexadecimal digits; " + ACCOUNT + " by default.")
    private @Nullable String account;

    @Option(
            names = {"-v", "--verbose"},
            description = "Log one line per event of a message.")
    private boolean verbose;

    @Option(names = "--json", description = "Print the ready line as JSON, with ports, credentials and queues.")
    private boolean json;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration file in YAML, as for serve. Its queues are created too.")
    private @Nullable Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Set one key of the configuration, as for serve.")
    private List<String> assignments = List.of();

    @Option(
            names = "--stop-at-eof",
            description = "Stop when standard input ends: when the program that started the server is gone.")
    private boolean stopAtEof;

    @Option(
            names = "--stop-when-ready",
            description = "Stop as soon as the server is ready: to test a configuration, or to write a class archive.")
    private boolean stopWhenReady;

    @Override
    public Integer call() throws Exception {
        ServerConfig loaded = ConfigLoader.load(presets(), file, System.getenv(), flags());
        LogConfigurator.level(loaded.logLevel());
        LogConfigurator.format(loaded.logFormat());
        if (verbose) {
            LogConfigurator.logMessages();
        }
        requireOwnTokenBeyondLoopback(loaded);
        DevQueues queues = new DevQueues(loaded);
        Map<String, WorkerConfig> workers = new LinkedHashMap<>(loaded.workers());
        readWrangler(loaded).ifPresent(configuration -> {
            queues.addAll(configuration);
            if (workerUrl != null) {
                workers.put(configuration.script().orElseThrow(), worker(workerUrl));
            }
        });
        queueNames.forEach(queues::add);
        queues.addDeadLetterQueues();
        queues.notes().forEach(note -> System.err.println("sluice: " + TerminalText.visible(note)));
        ServerConfig config = loaded.withQueues(queues.declared(), workers);
        Server server = start(config);
        print(server, config);
        if (stopWhenReady) {
            return Main.OK;
        }
        if (stopAtEof) {
            awaitEndOfInput();
            return Main.OK;
        }
        new CountDownLatch(1).await();
        return Main.OK;
    }

    private Map<String, String> presets() {
        Map<String, String> presets = new LinkedHashMap<>();
        presets.put("management.port", "0");
        presets.put("storage.engine", "memory");
        presets.put("auth.token", TOKEN);
        presets.put("auth.account", ACCOUNT);
        presets.put("messages.json_body_encoding", "plain");
        presets.put("dev.mode", "true");
        return presets;
    }

    /** The flags of this command as assignments; --set beats them. */
    private List<String> flags() {
        List<String> flags = new ArrayList<>();
        add(flags, "http.port", "--port", port);
        add(flags, "http.host", "--host", host);
        add(flags, "auth.token", "--token", token);
        add(flags, "auth.account", "--account", account);
        if (data != null) {
            flags.add("storage.engine=rocksdb");
            add(flags, "storage.directory", "--data", data);
        }
        flags.addAll(assignments);
        return flags;
    }

    /** An empty value is a variable of a script that is not set, and no wish for the default. */
    private static void add(List<String> flags, String key, String option, @Nullable Object value) {
        if (value != null) {
            if (value.toString().isBlank()) {
                throw new StartException(option + " must be followed by a value that is not empty");
            }
            flags.add(key + "=" + value);
        }
    }

    /** The documented token is no secret. */
    private static void requireOwnTokenBeyondLoopback(ServerConfig config) {
        boolean documented = config.auth()
                .token()
                .filter(token -> token.value().equals(TOKEN))
                .isPresent();
        if (documented && !LoopbackGuard.isLoopback(config.http().host())) {
            throw new StartException("http.host " + config.http().host()
                    + " can be reached by other machines, and everyone knows the default token; give one of your own"
                    + " with --token or SLUICE_AUTH_TOKEN");
        }
    }

    private Optional<WranglerConfiguration> readWrangler(ServerConfig config) {
        if (workerKey != null && workerUrl == null) {
            throw new StartException("--worker-key goes with --worker");
        }
        if (wrangler == null) {
            if (wranglerEnvironment != null || workerUrl != null) {
                throw new StartException("--env and --worker go with --wrangler");
            }
            return Optional.empty();
        }
        Path configuration = wrangler.isEmpty() ? WranglerConfiguration.find(Path.of("")) : Path.of(wrangler);
        return Optional.of(WranglerConfiguration.read(
                configuration, Optional.ofNullable(wranglerEnvironment), config.limits(), workerUrl != null));
    }

    private WorkerConfig worker(String url) {
        String key = workerKey == null ? WORKER_KEY : workerKey;
        WorkerConfig.urlFault(url).ifPresent(fault -> refuse("--worker", fault));
        WorkerConfig.keyFault(key).ifPresent(fault -> refuse("--worker-key", fault));
        return new WorkerConfig(URI.create(url), new Secret(key), WORKER_TIMEOUT_MILLIS);
    }

    private static void refuse(String option, String fault) {
        throw new StartException(option + " " + fault);
    }

    private static Server start(ServerConfig config) throws Exception {
        try {
            return ServerProcess.start(config, () -> {});
        } catch (StartException failure) {
            throw failure.isPortInUse()
                    ? new StartException(failure.getMessage() + "; --port takes another one, --port 0 a free one")
                    : failure;
        }
    }

    private void print(Server server, ServerConfig config) {
        DevReady ready = DevReady.of(server, config);
        System.out.println(json ? ready.json() : ready.text());
        System.out.flush();
    }

    private static void awaitEndOfInput() throws IOException {
        while (System.in.read() != -1) {
            // Input has no meaning.
        }
    }
}
