package dev.sluice.config;

import dev.sluice.config.AuthConfig.EmailAndKey;
import dev.sluice.queue.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds a validated {@link ServerConfig} from defaults, file, environment and flags, in this order of precedence:
 * later sources override earlier ones.
 */
public final class ConfigLoader {
    /** Half of what one record of the log holds, which leaves room for ids and indexes. */
    private static final int KAFKA_BATCH_BYTES_MAX = 4 * 1024 * 1024;

    private static final int CLUSTER_KEY_CHARS_MIN = 32;

    private final ConfigSources sources = new ConfigSources();

    private ConfigLoader() {}

    /**
     * Loads the configuration.
     *
     * @param file a YAML file, or null
     * @param environment the process's environment
     * @param assignments flags of the form {@code key=value}
     * @throws ConfigException if a key is unknown, or a value has the wrong type or is out of range
     */
    public static ServerConfig load(@Nullable Path file, Map<String, String> environment, List<String> assignments) {
        return load(Map.of(), file, environment, assignments);
    }

    /**
     * Loads the configuration of a command that has defaults of its own.
     *
     * @param presets values by key, which all other sources override
     * @param file a YAML file, or null
     * @param environment the process's environment
     * @param assignments flags of the form {@code key=value}
     * @throws ConfigException if a key is unknown, or a value has the wrong type or is out of range
     */
    public static ServerConfig load(
            Map<String, String> presets,
            @Nullable Path file,
            Map<String, String> environment,
            List<String> assignments) {
        ConfigLoader loader = new ConfigLoader();
        presets.forEach(loader.sources::addPreset);
        if (file != null) {
            loader.sources.addFile(file);
        }
        loader.sources.addEnvironment(environment);
        assignments.forEach(loader.sources::addAssignment);
        return loader.build();
    }

    /**
     * Whether a configuration file has at least one key.
     *
     * @throws ConfigException if it cannot be read or is not a YAML document
     */
    public static boolean hasKeys(Path file) {
        return YamlText.readFile(file) instanceof Map<?, ?> keys && !keys.isEmpty();
    }

    /**
     * The values that {@link #load} would use and where each was set, in the order of the documentation.
     *
     * @throws ConfigException as {@link #load}
     */
    public static List<EffectiveSetting> explain(
            @Nullable Path file, Map<String, String> environment, List<String> assignments) {
        ConfigLoader loader = new ConfigLoader();
        if (file != null) {
            loader.sources.addFile(file);
        }
        loader.sources.addEnvironment(environment);
        assignments.forEach(loader.sources::addAssignment);
        loader.build();
        return ConfigKeys.all().stream().map(loader.sources::effective).toList();
    }

    /**
     * The files that {@link #load} reads: the configuration itself and those of secrets. Those that cannot be found out,
     * because the configuration is invalid, are missing.
     */
    public static List<Path> files(@Nullable Path file, Map<String, String> environment, List<String> assignments) {
        List<Path> files = new ArrayList<>();
        if (file != null) {
            files.add(file);
        }
        try {
            ConfigLoader loader = new ConfigLoader();
            if (file != null) {
                loader.sources.addFile(file);
            }
            loader.sources.addEnvironment(environment);
            assignments.forEach(loader.sources::addAssignment);
            loader.sources.find(ConfigKeys.AUTH_TOKEN_FILE).ifPresent(files::add);
            loader.sources.find(ConfigKeys.AUTH_KEY_FILE).ifPresent(files::add);
            loader.sources.find(ConfigKeys.WORKERS).ifPresent(workers -> workers.values()
                    .forEach(worker -> worker.keyFile().ifPresent(files::add)));
        } catch (ConfigException invalid) {
            // The next change of the file leads here again.
        }
        return List.copyOf(files);
    }

    /** The variables that begin with {@code SLUICE_} but are neither configuration nor service links; sorted. */
    public static List<String> ignoredVariables(Map<String, String> environment) {
        return EnvironmentVariables.ignored(environment);
    }

    private ServerConfig build() {
        Limits limits = limits();
        AuthConfig auth = auth();
        return new ServerConfig(
                http(),
                new ManagementConfig(
                        get(ConfigKeys.MANAGEMENT_HOST),
                        get(ConfigKeys.MANAGEMENT_PORT),
                        get(ConfigKeys.MANAGEMENT_HOST_NAMES),
                        get(ConfigKeys.METRICS_QUEUES_MAX)),
                new StorageConfig(
                        get(ConfigKeys.STORAGE_ENGINE),
                        get(ConfigKeys.STORAGE_DIRECTORY),
                        get(ConfigKeys.STORAGE_DURABILITY),
                        get(ConfigKeys.STORAGE_FREE_BYTES_MIN)),
                cluster(auth, limits),
                auth,
                new MessagesConfig(
                        get(ConfigKeys.MESSAGES_JSON_BODY_ENCODING),
                        get(ConfigKeys.MESSAGES_STRICT_JSON_BODIES),
                        get(ConfigKeys.MESSAGES_STRICT_QUEUE_NAMES)),
                limits,
                queues(limits, auth),
                get(ConfigKeys.WORKERS),
                get(ConfigKeys.MEMORY_WINDOW_BYTES),
                // A single request of the maximum size must always fit.
                Math.max(get(ConfigKeys.MEMORY_REQUEST_BYTES), limits.requestBytesMax()),
                get(ConfigKeys.SHUTDOWN_TIMEOUT),
                get(ConfigKeys.LOG_LEVEL),
                get(ConfigKeys.LOG_FORMAT),
                get(ConfigKeys.LOG_ACCESS),
                get(ConfigKeys.DEV_MODE),
                get(ConfigKeys.CONSOLE_ENABLED));
    }

    private ClusterConfig cluster(AuthConfig auth, Limits limits) {
        if (get(ConfigKeys.STORAGE_ENGINE) == StorageConfig.Engine.KAFKA) {
            if (!isSet(ConfigKeys.CLUSTER_BOOTSTRAP_SERVERS)) {
                throw new ConfigException(
                        "storage.engine kafka needs " + ConfigKeys.CLUSTER_BOOTSTRAP_SERVERS.name() + ", as host:port");
            }
            if (auth.isEmpty()) {
                throw new ConfigException("storage.engine kafka needs credentials: set auth.token, auth.tokens, or "
                        + "auth.email and auth.key. Generated ones would be lost with the directory of a node");
            }
            if (limits.batchBytesMax() > KAFKA_BATCH_BYTES_MAX) {
                throw new ConfigException(ConfigKeys.BATCH_BYTES_MAX.name() + " may be at most " + KAFKA_BATCH_BYTES_MAX
                        + " with storage.engine kafka, not " + limits.batchBytesMax());
            }
        }
        return new ClusterConfig(
                sources.find(ConfigKeys.CLUSTER_BOOTSTRAP_SERVERS),
                isSet(ConfigKeys.CLUSTER_CLIENT_PROPERTIES)
                        ? Optional.of(readable(ConfigKeys.CLUSTER_CLIENT_PROPERTIES))
                        : Optional.empty(),
                get(ConfigKeys.CLUSTER_TOPIC_PREFIX),
                get(ConfigKeys.CLUSTER_SHARDS),
                get(ConfigKeys.CLUSTER_SNAPSHOT_BYTES),
                sources.find(ConfigKeys.CLUSTER_NODE),
                new ClusterConfig.InternalPort(
                        get(ConfigKeys.CLUSTER_HOST),
                        get(ConfigKeys.CLUSTER_PORT),
                        sources.find(ConfigKeys.CLUSTER_ADDRESS),
                        clusterKey(),
                        sources.find(ConfigKeys.CLUSTER_ZONE)));
    }

    private Optional<Secret> clusterKey() {
        Optional<Secret> key = sources.find(ConfigKeys.CLUSTER_KEY);
        if (key.isPresent() && key.get().value().length() < CLUSTER_KEY_CHARS_MIN) {
            throw new ConfigException(ConfigKeys.CLUSTER_KEY.name() + " ("
                    + sources.sourceOf(ConfigKeys.CLUSTER_KEY) + ") must have at least " + CLUSTER_KEY_CHARS_MIN
                    + " characters, for instance from: openssl rand -hex 32");
        }
        return key;
    }

    private HttpConfig http() {
        int eventLoops = get(ConfigKeys.HTTP_EVENT_LOOPS);
        return new HttpConfig(
                get(ConfigKeys.HTTP_HOST),
                get(ConfigKeys.HTTP_PORT),
                eventLoops == 0 ? Runtime.getRuntime().availableProcessors() : eventLoops,
                tls(),
                get(ConfigKeys.HTTP_HEADER_TIMEOUT),
                get(ConfigKeys.HTTP_BODY_TIMEOUT),
                get(ConfigKeys.HTTP_IDLE_TIMEOUT),
                get(ConfigKeys.HTTP_CONNECTIONS_MAX));
    }

    private Optional<HttpConfig.TlsConfig> tls() {
        boolean tlsEnabled = bothOrNone(ConfigKeys.HTTP_TLS_CERT, ConfigKeys.HTTP_TLS_KEY);
        HttpConfig.ClientAuth clientAuth = clientAuth(tlsEnabled);
        if (!tlsEnabled) {
            return Optional.empty();
        }
        return Optional.of(new HttpConfig.TlsConfig(
                readable(ConfigKeys.HTTP_TLS_CERT),
                readable(ConfigKeys.HTTP_TLS_KEY),
                clientAuth,
                clientAuth == HttpConfig.ClientAuth.NONE
                        ? Optional.empty()
                        : Optional.of(readable(ConfigKeys.HTTP_TLS_CLIENT_CA))));
    }

    /**
     * A configuration that asks for client certificates is rejected if another key is missing, instead of accepting
     * connections without them.
     */
    private HttpConfig.ClientAuth clientAuth(boolean tlsEnabled) {
        Optional<HttpConfig.ClientAuth> configured = sources.find(ConfigKeys.HTTP_TLS_CLIENT_AUTH);
        if (configured.equals(Optional.of(HttpConfig.ClientAuth.NONE))) {
            return HttpConfig.ClientAuth.NONE;
        }
        if (configured.isPresent()) {
            requireWith(ConfigKeys.HTTP_TLS_CLIENT_AUTH, ConfigKeys.HTTP_TLS_CLIENT_CA);
        }
        if (!isSet(ConfigKeys.HTTP_TLS_CLIENT_CA)) {
            return HttpConfig.ClientAuth.NONE;
        }
        if (!tlsEnabled) {
            requireWith(ConfigKeys.HTTP_TLS_CLIENT_CA, ConfigKeys.HTTP_TLS_CERT);
        }
        return configured.orElse(HttpConfig.ClientAuth.REQUIRED);
    }

    private AuthConfig auth() {
        boolean keyInFile = isSet(ConfigKeys.AUTH_KEY_FILE);
        boolean globalKey =
                bothOrNone(ConfigKeys.AUTH_EMAIL, keyInFile ? ConfigKeys.AUTH_KEY_FILE : ConfigKeys.AUTH_KEY);
        Optional<Secret> key = secret(ConfigKeys.AUTH_KEY, ConfigKeys.AUTH_KEY_FILE);
        return new AuthConfig(
                secret(ConfigKeys.AUTH_TOKEN, ConfigKeys.AUTH_TOKEN_FILE),
                globalKey
                        ? Optional.of(new EmailAndKey(get(ConfigKeys.AUTH_EMAIL), key.orElseThrow()))
                        : Optional.empty(),
                get(ConfigKeys.AUTH_TOKENS),
                sources.find(ConfigKeys.AUTH_ACCOUNT));
    }

    /** A secret that is set itself, or in a file. */
    private Optional<Secret> secret(ConfigKey<Secret> key, ConfigKey<Path> fileKey) {
        Optional<Path> file = sources.find(fileKey);
        if (file.isEmpty()) {
            return sources.find(key);
        }
        if (isSet(key)) {
            throw new ConfigException(key.name() + " (" + sources.sourceOf(key) + ") and " + fileKey.name() + " ("
                    + sources.sourceOf(fileKey) + ") are both set; keep one of them");
        }
        try {
            return Optional.of(SecretFile.read(file.get()));
        } catch (ValueType.InvalidValueException invalid) {
            throw new ConfigException(fileKey.name() + " (" + sources.sourceOf(fileKey) + ") " + invalid.getMessage());
        }
    }

    private Limits limits() {
        Limits limits = new Limits(
                get(ConfigKeys.MESSAGE_BYTES_MAX),
                get(ConfigKeys.BATCH_MESSAGES_MAX),
                get(ConfigKeys.BATCH_BYTES_MAX),
                get(ConfigKeys.REQUEST_BYTES_MAX),
                get(ConfigKeys.JSON_DEPTH_MAX),
                get(ConfigKeys.DELAY_SECONDS_MAX),
                get(ConfigKeys.PULL_MESSAGES_MAX),
                get(ConfigKeys.DELIVERY_BYTES_MAX),
                get(ConfigKeys.VISIBILITY_TIMEOUT_MILLIS_MAX),
                get(ConfigKeys.RETENTION_SECONDS_MIN),
                get(ConfigKeys.RETENTION_SECONDS_MAX),
                get(ConfigKeys.RETRIES_MAX),
                get(ConfigKeys.WAIT_TIME_MILLIS_MAX),
                get(ConfigKeys.CONCURRENCY_MAX),
                get(ConfigKeys.ACK_ENTRIES_MAX),
                get(ConfigKeys.QUEUES_PER_ACCOUNT_MAX),
                get(ConfigKeys.QUEUES_MAX),
                get(ConfigKeys.ACCOUNTS_MAX),
                get(ConfigKeys.SUBSCRIPTIONS_PER_ACCOUNT_MAX),
                get(ConfigKeys.SUBSCRIPTIONS_MAX),
                get(ConfigKeys.LEASES_PER_QUEUE_MAX),
                get(ConfigKeys.BACKLOG_BYTES_MAX),
                get(ConfigKeys.MESSAGES_PER_SECOND_MAX));
        inOrder(ConfigKeys.MESSAGE_BYTES_MAX, ConfigKeys.BATCH_BYTES_MAX);
        inOrder(ConfigKeys.BATCH_BYTES_MAX, ConfigKeys.REQUEST_BYTES_MAX);
        inOrder(ConfigKeys.RETENTION_SECONDS_MIN, ConfigKeys.RETENTION_SECONDS_MAX);
        return limits;
    }

    private List<DeclaredQueue> queues(Limits limits, AuthConfig auth) {
        try {
            return DeclaredQueueType.check(
                    get(ConfigKeys.QUEUES),
                    limits,
                    !auth.isEmpty() && auth.account().isEmpty());
        } catch (ValueType.InvalidValueException invalid) {
            throw new ConfigException(ConfigKeys.QUEUES.name() + invalid.path() + " ("
                    + sources.sourceOf(ConfigKeys.QUEUES) + ") " + invalid.getMessage());
        }
    }

    /** The value of a key that has a default or is known to be set. */
    private <T> T get(ConfigKey<T> key) {
        return sources.find(key).orElseThrow(() -> new IllegalStateException(key.name() + " is not set"));
    }

    private boolean isSet(ConfigKey<?> key) {
        return sources.find(key).isPresent();
    }

    private Path readable(ConfigKey<Path> key) {
        Path file = get(key);
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new ConfigException(
                    key.name() + " (" + sources.sourceOf(key) + ") names a file that cannot be read: " + file);
        }
        return file;
    }

    private boolean bothOrNone(ConfigKey<?> one, ConfigKey<?> other) {
        boolean oneSet = isSet(one);
        if (oneSet != isSet(other)) {
            requireWith(oneSet ? one : other, oneSet ? other : one);
        }
        return oneSet;
    }

    /** Rejects the configuration if {@code needed} is not set although {@code present} is. */
    private void requireWith(ConfigKey<?> present, ConfigKey<?> needed) {
        if (!isSet(needed)) {
            throw new ConfigException(present.name() + " (" + sources.sourceOf(present) + ") is set but "
                    + needed.name() + " is not: they go together");
        }
    }

    private void inOrder(ConfigKey<Integer> smaller, ConfigKey<Integer> larger) {
        if (get(smaller) > get(larger)) {
            throw new ConfigException(larger.name() + " must be at least " + smaller.name() + " (" + get(smaller)
                    + "), not " + get(larger));
        }
    }
}
