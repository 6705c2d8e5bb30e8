package dev.sluice.config;

import dev.sluice.queue.Limits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The table of configuration keys, with default and meaning of each. A test compares the configuration file and
 * {@code docs/configuration.md} to it.
 */
public final class ConfigKeys {
    /** The prefix of environment variables. */
    public static final String ENVIRONMENT_PREFIX = "SLUICE_";

    private static final int INT_MAX = Integer.MAX_VALUE;
    private static final long DAY_MILLIS = 86_400_000;
    private static final Limits DOCUMENTED = Limits.DOCUMENTED;
    private static final List<ConfigKey<?>> TABLE = new ArrayList<>();

    static final ConfigKey<String> HTTP_HOST =
            key("http.host", "127.0.0.1", "Address on which the API listens.", ValueTypes.text());
    static final ConfigKey<Integer> HTTP_PORT =
            key("http.port", "8080", "Port of the API; 0 picks a free one.", ValueTypes.integer(0, 65_535));
    static final ConfigKey<Integer> HTTP_EVENT_LOOPS = key(
            "http.event_loops",
            "0",
            "Event loop threads that serve requests; 0 means one per core.",
            ValueTypes.integer(0, 256));
    static final ConfigKey<Long> HTTP_HEADER_TIMEOUT = key(
            "http.header_timeout",
            "10s",
            "Time in which the headers of each request must arrive, and in which a new connection must send its "
                    + "first headers.",
            ValueTypes.duration(100, DAY_MILLIS));
    static final ConfigKey<Long> HTTP_BODY_TIMEOUT = key(
            "http.body_timeout",
            "30s",
            "Time in which the body of a request must arrive.",
            ValueTypes.duration(100, DAY_MILLIS));
    static final ConfigKey<Long> HTTP_IDLE_TIMEOUT = key(
            "http.idle_timeout",
            "620s",
            "A connection on which no request begins for this long is closed (HTTP/2: on which nothing arrives). "
                    + "Keep it longer than the idle timeout of proxies in front.",
            ValueTypes.duration(1_000, DAY_MILLIS));
    static final ConfigKey<Integer> HTTP_CONNECTIONS_MAX = key(
            "http.connections_max",
            "16384",
            "Maximum of open connections. A further one replaces the one that has been idle longest; if none is "
                    + "idle, it is closed at once. Lowered at start if the limit of open files (ulimit -n) is too low.",
            ValueTypes.integer(1, 1_000_000));
    static final ConfigKey<Path> HTTP_TLS_CERT = key(
            "http.tls.cert",
            "",
            "Certificate chain (PEM). Together with the key it enables TLS 1.2 and 1.3, with HTTP/2.",
            ValueTypes.path());
    static final ConfigKey<Path> HTTP_TLS_KEY =
            key("http.tls.key", "", "Private key of the certificate (PEM).", ValueTypes.path());
    static final ConfigKey<Path> HTTP_TLS_CLIENT_CA = key(
            "http.tls.client_ca",
            "",
            "Certificate authorities (PEM) for client certificates, which are checked in addition to the token.",
            ValueTypes.path());
    static final ConfigKey<HttpConfig.ClientAuth> HTTP_TLS_CLIENT_AUTH = key(
            "http.tls.client_auth",
            "",
            "With client_ca: required (the default; a client certificate is mandatory), request (it is optional, "
                    + "but must be valid) or none.",
            ValueTypes.oneOf(HttpConfig.ClientAuth.class));

    static final ConfigKey<String> MANAGEMENT_HOST =
            key("management.host", "127.0.0.1", "Address for health, metrics and backups.", ValueTypes.text());
    static final ConfigKey<Integer> MANAGEMENT_PORT = key(
            "management.port",
            "8081",
            "Port for health, metrics and backups; 0 picks a free one.",
            ValueTypes.integer(0, 65_535));
    static final ConfigKey<List<String>> MANAGEMENT_HOST_NAMES = key(
            "management.host_names",
            "[]",
            "Host names that clients may use for the management port, as a list. IP addresses, localhost and "
                    + "management.host are always allowed.",
            new HostNamesType());

    static final ConfigKey<Integer> METRICS_QUEUES_MAX = key(
            "metrics.queues_max",
            "1000",
            "Queues with metrics of their own, the first ones by creation. The others are summed up under the queue "
                    + "_other. A scrape is about 2 KiB for each.",
            ValueTypes.integer(0, 100_000));

    static final ConfigKey<StorageConfig.Engine> STORAGE_ENGINE = key(
            "storage.engine",
            "rocksdb",
            "Where messages are stored: rocksdb (on disk), memory (lost when the process ends) or kafka (experimental; "
                    + "a log in Kafka, with a copy on disk).",
            ValueTypes.oneOf(StorageConfig.Engine.class));
    static final ConfigKey<Path> STORAGE_DIRECTORY = key(
            "storage.directory",
            "data",
            "Directory of the rocksdb engine, and of the copy of the kafka engine.",
            ValueTypes.path());
    static final ConfigKey<StorageConfig.DurabilityMode> STORAGE_DURABILITY = key(
            "storage.durability",
            "fsync",
            "When a push is confirmed: fsync (after the disk has confirmed the write) or async (after the "
                    + "operating system has accepted it).",
            ValueTypes.oneOf(StorageConfig.DurabilityMode.class));

    static final ConfigKey<Long> STORAGE_FREE_BYTES_MIN = key(
            "storage.free_bytes_min",
            "256MiB",
            "Minimum of free disk space, such as 256MiB. Below it pushes are rejected; pulls and acknowledgements "
                    + "continue.",
            ValueTypes.bytes(0));

    static final ConfigKey<String> CLUSTER_BOOTSTRAP_SERVERS = key(
            "cluster.bootstrap_servers",
            "",
            "Addresses of Kafka brokers for the kafka engine, as host:port,host:port.",
            ValueTypes.text());
    static final ConfigKey<Path> CLUSTER_CLIENT_PROPERTIES = key(
            "cluster.client_properties",
            "",
            "File with properties of Kafka's clients for encryption and authentication: security.*, sasl.* and "
                    + "ssl.* only.",
            ValueTypes.path());
    static final ConfigKey<String> CLUSTER_TOPIC_PREFIX = key(
            "cluster.topic_prefix",
            "sluice",
            "Beginning of the names of the topics in Kafka, which belong to one installation.",
            ValueTypes.matching("1 to 100 letters, digits, dots, dashes and underscores", "[A-Za-z0-9._-]{1,100}"));
    static final ConfigKey<Integer> CLUSTER_SHARDS = key(
            "cluster.shards",
            "24",
            "Into how many shards the queues are divided, from 8 to 256. Fixed when the topics are made.",
            ValueTypes.integer(8, 256));
    static final ConfigKey<Long> CLUSTER_SNAPSHOT_BYTES = key(
            "cluster.snapshot_bytes",
            "256MiB",
            "A shard gets a snapshot, and its log is trimmed, when the log has grown by so much and by twice the size of "
                    + "the last one.",
            ValueTypes.bytes(64 * 1024));
    static final ConfigKey<String> CLUSTER_NODE = key(
            "cluster.node",
            "",
            "Name of this node in the log and in messages of other nodes; by default the host name.",
            ValueTypes.matching("1 to 100 letters, digits, dots, dashes and underscores", "[A-Za-z0-9._-]{1,100}"));
    static final ConfigKey<String> CLUSTER_HOST = key(
            "cluster.host",
            "127.0.0.1",
            "Address of the internal port, through which the nodes of the kafka engine forward requests to each other.",
            ValueTypes.text());
    static final ConfigKey<Integer> CLUSTER_PORT =
            key("cluster.port", "8082", "The internal port; 0 picks a free one.", ValueTypes.integer(0, 65_535));
    static final ConfigKey<String> CLUSTER_ADDRESS = key(
            "cluster.address",
            "",
            "How other nodes reach the internal port, as host:port; by default cluster.host and the port.",
            ValueTypes.matching("host:port", "[^\\s:]{1,253}:[0-9]{1,5}|\\[[0-9A-Fa-f:.]+\\]:[0-9]{1,5}"));
    static final ConfigKey<Secret> CLUSTER_KEY = key(
            "cluster.key",
            "",
            "Secret that all nodes share, at least 32 characters; signs requests between nodes. Needed if cluster.host "
                    + "is not a loopback address.",
            ValueTypes.secret());
    static final ConfigKey<String> CLUSTER_ZONE = key(
            "cluster.zone",
            "",
            "Where this machine is. The copy of a shard is kept in another zone than its owner, if there is one.",
            ValueTypes.matching("1 to 100 letters, digits, dots, dashes and underscores", "[A-Za-z0-9._-]{1,100}"));

    static final ConfigKey<Secret> AUTH_TOKEN = key(
            "auth.token",
            "",
            "A token with full rights on every account, for containers and tests.",
            ValueTypes.secret());
    static final ConfigKey<Path> AUTH_TOKEN_FILE =
            key("auth.token_file", "", "File that holds auth.token, instead of that key.", ValueTypes.path());
    static final ConfigKey<String> AUTH_EMAIL = key(
            "auth.email",
            "",
            "Email of a global API key (X-Auth-Email and X-Auth-Key) with the same rights.",
            ValueTypes.text());
    static final ConfigKey<Secret> AUTH_KEY =
            key("auth.key", "", "The key that goes with auth.email.", ValueTypes.secret());
    static final ConfigKey<Path> AUTH_KEY_FILE =
            key("auth.key_file", "", "File that holds auth.key, instead of that key.", ValueTypes.path());
    static final ConfigKey<List<AuthConfig.TokenConfig>> AUTH_TOKENS = key(
            "auth.tokens",
            "[]",
            "Tokens by hash: a list of {name, sha256, accounts, access}; access is read or write, account '*' is every"
                    + " account.",
            new TokenListType());
    static final ConfigKey<String> AUTH_ACCOUNT = key(
            "auth.account",
            "",
            "Account id of declared queues that name none, and of clients that ask which accounts exist. Without "
                    + "configured credentials it is generated.",
            new AccountIdType());

    static final ConfigKey<MessagesConfig.JsonBodyEncoding> MESSAGES_JSON_BODY_ENCODING = key(
            "messages.json_body_encoding",
            "base64",
            "How a pull returns a JSON body: base64 (as documented) or plain (the JSON text).",
            ValueTypes.oneOf(MessagesConfig.JsonBodyEncoding.class));
    static final ConfigKey<Boolean> MESSAGES_STRICT_JSON_BODIES = key(
            "messages.strict_json_bodies",
            "false",
            "Reject JSON bodies that are neither an object nor an array.",
            ValueTypes.bool());
    static final ConfigKey<Boolean> MESSAGES_STRICT_QUEUE_NAMES = key(
            "messages.strict_queue_names",
            "false",
            "Reject queue names with capital letters or underscores.",
            ValueTypes.bool());

    static final ConfigKey<List<DeclaredQueueType.Draft>> QUEUES = key(
            "queues",
            "[]",
            "Queues that must exist: a list of {account, name, settings, consumer}. A start creates missing ones "
                    + "and sets the declared fields; other fields keep their values.",
            new DeclaredQueueType());
    static final ConfigKey<Map<String, WorkerConfig>> WORKERS = key(
            "workers",
            "{}",
            "Targets of worker consumers: a map from script_name to {url, key, timeout_ms}, with key_file for a file that "
                    + "holds the key.",
            new WorkerMapType());

    static final ConfigKey<Long> MEMORY_WINDOW_BYTES = key(
            "memory.window_bytes",
            "25%",
            "Memory for the heads of all queues and their cached message bodies; the rest is read from disk.",
            ValueTypes.bytesOrHeapShare(1 << 20));
    static final ConfigKey<Long> MEMORY_REQUEST_BYTES = key(
            "memory.request_bytes",
            "6%",
            "Memory for request bodies in progress, and the same amount for pull responses; beyond either the "
                    + "status is 429. The same amount again for responses that clients have not read yet, and again for "
                    + "batches in progress to workers.",
            ValueTypes.bytesOrHeapShare(1 << 20));
    static final ConfigKey<Long> SHUTDOWN_TIMEOUT = key(
            "shutdown.timeout",
            "10s",
            "Time for a graceful shutdown: requests in progress complete and the store closes.",
            ValueTypes.duration(0, 3_600_000));
    static final ConfigKey<LogLevel> LOG_LEVEL = key(
            "log.level",
            "info",
            "Log level on standard error: debug, info, warn or error.",
            ValueTypes.oneOf(LogLevel.class));
    static final ConfigKey<LogFormat> LOG_FORMAT = key(
            "log.format",
            "text",
            "How an event of the log is written: text, or json (one object per line, with time, level, logger, message and "
                    + "stack_trace).",
            ValueTypes.oneOf(LogFormat.class));
    static final ConfigKey<AccessLogMode> LOG_ACCESS = key(
            "log.access",
            "off",
            "Which requests have a line in the log, whatever log.level is: off, errors (status 400 and above) or all. With id, "
                    + "principal, queue, status, bytes and time.",
            ValueTypes.oneOf(AccessLogMode.class));

    static final ConfigKey<Boolean> DEV_MODE = key(
            "dev.mode",
            "false",
            "Development mode, as sluice dev turns it on: POST /sluice/v1/accounts/{account_id}/reset deletes all messages "
                    + "and restores the declared queues.",
            ValueTypes.bool());

    static final ConfigKey<Boolean> CONSOLE_ENABLED = key(
            "console.enabled",
            "true",
            "Whether the API port serves the console at /console and the contract at /docs. The console shows nothing "
                    + "without a token.",
            ValueTypes.bool());

    static final ConfigKey<Integer> MESSAGE_BYTES_MAX =
            limit("message_bytes_max", DOCUMENTED.messageBytesMax(), 1, 1 << 26, "Body of one message, in bytes.");
    static final ConfigKey<Integer> BATCH_MESSAGES_MAX =
            limit("batch_messages_max", DOCUMENTED.batchMessagesMax(), 1, 10_000, "Messages in one batch.");
    static final ConfigKey<Integer> BATCH_BYTES_MAX =
            limit("batch_bytes_max", DOCUMENTED.batchBytesMax(), 1, 1 << 27, "Bodies of one batch together, in bytes.");
    static final ConfigKey<Integer> REQUEST_BYTES_MAX =
            limit("request_bytes_max", DOCUMENTED.requestBytesMax(), 1 << 10, 1 << 29, "HTTP request body, in bytes.");
    static final ConfigKey<Integer> JSON_DEPTH_MAX =
            limit("json_depth_max", DOCUMENTED.jsonDepthMax(), 8, 1_000, "Nesting depth of a JSON request body.");
    static final ConfigKey<Integer> DELAY_SECONDS_MAX =
            limit("delay_seconds_max", DOCUMENTED.delaySecondsMax(), 0, INT_MAX, "Largest delay, in seconds.");
    static final ConfigKey<Integer> PULL_MESSAGES_MAX = limit(
            "pull_messages_max",
            DOCUMENTED.pullMessagesMax(),
            1,
            10_000,
            "Largest batch_size of a pull, a peek or a consumer.");
    static final ConfigKey<Integer> DELIVERY_BYTES_MAX = limit(
            "delivery_bytes_max",
            DOCUMENTED.deliveryBytesMax(),
            1,
            1 << 30,
            "Serialized messages of one response to a pull or a peek, or of one batch to a worker, in bytes. The "
                    + "rest is delivered by the next one. A single message may be larger.");
    static final ConfigKey<Integer> VISIBILITY_TIMEOUT_MILLIS_MAX = limit(
            "visibility_timeout_millis_max",
            DOCUMENTED.visibilityTimeoutMillisMax(),
            1,
            INT_MAX,
            "Longest lease, in milliseconds.");
    static final ConfigKey<Integer> RETENTION_SECONDS_MIN = limit(
            "retention_seconds_min",
            DOCUMENTED.retentionSecondsMin(),
            1,
            INT_MAX,
            "Smallest message_retention_period, in seconds.");
    static final ConfigKey<Integer> RETENTION_SECONDS_MAX = limit(
            "retention_seconds_max",
            DOCUMENTED.retentionSecondsMax(),
            1,
            INT_MAX,
            "Largest message_retention_period, in seconds.");
    static final ConfigKey<Integer> RETRIES_MAX =
            limit("retries_max", DOCUMENTED.retriesMax(), 0, 10_000, "Largest max_retries of a consumer.");
    static final ConfigKey<Integer> WAIT_TIME_MILLIS_MAX = limit(
            "wait_time_millis_max",
            DOCUMENTED.waitTimeMillisMax(),
            0,
            INT_MAX,
            "Largest max_wait_time_ms of a consumer, in milliseconds.");
    static final ConfigKey<Integer> CONCURRENCY_MAX =
            limit("concurrency_max", DOCUMENTED.concurrencyMax(), 1, 10_000, "Largest max_concurrency of a consumer.");
    static final ConfigKey<Integer> ACK_ENTRIES_MAX = limit(
            "ack_entries_max",
            DOCUMENTED.ackEntriesMax(),
            1,
            1_000_000,
            "Acknowledgements and retries in one request.");
    static final ConfigKey<Integer> QUEUES_PER_ACCOUNT_MAX =
            limit("queues_per_account_max", DOCUMENTED.queuesPerAccountMax(), 1, INT_MAX, "Queues of one account.");
    static final ConfigKey<Integer> QUEUES_MAX = limit(
            "queues_max",
            DOCUMENTED.queuesMax(),
            1,
            INT_MAX,
            "Queues of all accounts. This many queues with the largest possible fields fit into a heap of 192 "
                    + "MiB.");
    static final ConfigKey<Integer> ACCOUNTS_MAX = limit(
            "accounts_max",
            DOCUMENTED.accountsMax(),
            1,
            INT_MAX,
            "Accounts that have a queue. A token for all accounts can use any account id.");
    static final ConfigKey<Integer> SUBSCRIPTIONS_PER_ACCOUNT_MAX = limit(
            "subscriptions_per_account_max",
            DOCUMENTED.subscriptionsPerAccountMax(),
            1,
            INT_MAX,
            "Event subscriptions of one account.");
    static final ConfigKey<Integer> SUBSCRIPTIONS_MAX = limit(
            "subscriptions_max", DOCUMENTED.subscriptionsMax(), 1, INT_MAX, "Event subscriptions of all accounts.");
    static final ConfigKey<Integer> LEASES_PER_QUEUE_MAX = limit(
            "leases_per_queue_max",
            DOCUMENTED.leasesPerQueueMax(),
            1,
            INT_MAX,
            "Leased messages of one queue; at this limit a pull returns fewer messages.");
    static final ConfigKey<Long> BACKLOG_BYTES_MAX = key(
            "limits.backlog_bytes_max",
            String.valueOf(DOCUMENTED.backlogBytesMax()),
            "Bytes stored in one queue, such as 25GiB; 0 means no limit.",
            ValueTypes.bytes(0));
    static final ConfigKey<Integer> MESSAGES_PER_SECOND_MAX = limit(
            "messages_per_second_max",
            DOCUMENTED.messagesPerSecondMax(),
            0,
            INT_MAX,
            "Messages pushed to one queue per second; 0 means no limit.");

    private ConfigKeys() {}

    /** Every key, in the order of the documentation. */
    public static List<ConfigKey<?>> all() {
        return Collections.unmodifiableList(TABLE);
    }

    /** The key of that name, or null. */
    static @Nullable ConfigKey<?> find(String name) {
        for (ConfigKey<?> key : TABLE) {
            if (key.name().equals(name)) {
                return key;
            }
        }
        return null;
    }

    /** The key that this environment variable sets, or null. */
    static @Nullable ConfigKey<?> findByEnvironmentName(String variable) {
        for (ConfigKey<?> key : TABLE) {
            if (key.environmentName().equals(variable)) {
                return key;
            }
        }
        return null;
    }

    private static ConfigKey<Integer> limit(String name, int documented, int min, int max, String doc) {
        return key("limits." + name, String.valueOf(documented), doc, ValueTypes.integer(min, max));
    }

    private static <T> ConfigKey<T> key(String name, String defaultText, String doc, ValueType<T> type) {
        ConfigKey<T> key = new ConfigKey<>(name, defaultText, doc, type);
        TABLE.add(key);
        return key;
    }
}
