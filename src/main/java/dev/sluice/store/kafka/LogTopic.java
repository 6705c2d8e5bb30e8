package dev.sluice.store.kafka;

import dev.sluice.store.StoreException;
import dev.sluice.store.log.LogIdentity;
import dev.sluice.store.log.LogUnusableException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * The topic of the shard log: made if it does not exist, and checked at every start. A setting that could lose what was
 * acknowledged refuses the start, by its name. Blocks; used by the thread that opens the store.
 */
final class LogTopic implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 15_000;
    private static final short REPLICAS = 3;
    private static final int IN_SYNC_REPLICAS_MIN = 2;
    private static final long VISIBLE_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);
    private static final long VISIBLE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final String UNLIMITED = "-1";

    private final KafkaOptions options;
    private final String topic;
    private final Admin admin;

    private LogTopic(KafkaOptions options) {
        this.options = options;
        this.topic = options.logTopic();
        try {
            this.admin = Admin.create(ClientProperties.admin(options, TIMEOUT_MILLIS));
        } catch (KafkaException failure) {
            throw failed("connect", failure);
        }
    }

    /**
     * Makes the topic if it is missing, checks it, and returns its identity.
     *
     * @throws StoreException with one line for the operator, if Kafka cannot be reached or the topic cannot be used
     */
    static LogIdentity require(KafkaOptions options) {
        try (LogTopic topic = new LogTopic(options)) {
            return topic.require();
        }
    }

    private LogIdentity require() {
        String clusterId = get("connect", admin.describeCluster().clusterId());
        TopicDescription description = describe();
        if (description == null) {
            create();
            description = awaitVisible(this::describeWithLeader);
        }
        check(description);
        Uuid id = description.topicId();
        return new LogIdentity(clusterId, new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits()));
    }

    /** Null if there is no such topic. */
    private @Nullable TopicDescription describe() {
        return getIfKnown(
                        "describe topic " + topic,
                        admin.describeTopics(Set.of(topic)).allTopicNames())
                .map(topics -> topics.get(topic))
                .orElse(null);
    }

    /** Empty if the broker that was asked does not know the topic. */
    private <T> Optional<T> getIfKnown(String what, KafkaFuture<T> answer) {
        try {
            return Optional.of(answer.get());
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw failed(what, failure);
        } catch (InterruptedException interrupted) {
            throw interrupted();
        }
    }

    private void create() {
        NewTopic made = new NewTopic(topic, 1, REPLICAS).configs(settings());
        try {
            admin.createTopics(List.of(made)).all().get();
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof TopicExistsException) {
                return;
            }
            if (failure.getCause() instanceof InvalidReplicationFactorException tooFew) {
                throw new StoreException(
                        "topic " + topic + " needs " + REPLICAS + " brokers, because its replication factor is "
                                + REPLICAS + ": " + tooFew.getMessage(),
                        tooFew);
            }
            throw failed("make topic " + topic, failure);
        } catch (InterruptedException interrupted) {
            throw interrupted();
        }
    }

    /** The settings of a new topic. */
    static Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, String.valueOf(IN_SYNC_REPLICAS_MIN));
        settings.put(TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, "false");
        settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(ClientProperties.RECORD_BYTES_MAX));
        settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        settings.put(TopicConfig.RETENTION_MS_CONFIG, UNLIMITED);
        settings.put(TopicConfig.RETENTION_BYTES_CONFIG, UNLIMITED);
        settings.put(TopicConfig.COMPRESSION_TYPE_CONFIG, "uncompressed");
        return settings;
    }

    /** A new topic is not known to every broker at once. */
    private <T> T awaitVisible(Supplier<Optional<T>> read) {
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < VISIBLE_NANOS_MAX) {
            Optional<T> found = read.get();
            if (found.isPresent()) {
                return found.get();
            }
            LockSupport.parkNanos(VISIBLE_PAUSE_NANOS);
        }
        throw new StoreException("topic " + topic + " was made, but the brokers do not show it");
    }

    private Optional<TopicDescription> describeWithLeader() {
        return Optional.ofNullable(describe())
                .filter(found -> found.partitions().stream().allMatch(partition -> partition.leader() != null));
    }

    private void check(TopicDescription description) {
        require(
                description.partitions().size() == 1,
                "has " + description.partitions().size() + " partitions, not 1");
        int replicas = description.partitions().get(0).replicas().size();
        require(replicas >= REPLICAS, "has the replication factor " + replicas + ", not at least " + REPLICAS);
        Config config = config();
        int inSyncMin = (int) number(config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
        require(
                inSyncMin >= IN_SYNC_REPLICAS_MIN && inSyncMin < replicas,
                TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                inSyncMin,
                "at least " + IN_SYNC_REPLICAS_MIN + " and less than its replication factor");
        requireValue(config, TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, "false");
        long recordBytesMax = number(config, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        require(
                recordBytesMax >= ClientProperties.RECORD_BYTES_MAX,
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                recordBytesMax,
                "at least " + ClientProperties.RECORD_BYTES_MAX);
        requireValue(config, TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        requireValue(config, TopicConfig.RETENTION_MS_CONFIG, UNLIMITED);
        requireValue(config, TopicConfig.RETENTION_BYTES_CONFIG, UNLIMITED);
        requireValue(config, TopicConfig.COMPRESSION_TYPE_CONFIG, "uncompressed", "producer");
        requireValue(config, TopicConfig.REMOTE_LOG_STORAGE_ENABLE_CONFIG, "false");
    }

    private Config config() {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return awaitVisible(() -> getIfKnown(
                        "read the settings of topic " + topic,
                        admin.describeConfigs(Set.of(resource)).all())
                .map(configs -> configs.get(resource)));
    }

    /** An unknown setting has no value: an older broker does not have what it would turn on. */
    private static @Nullable String value(Config config, String name) {
        ConfigEntry entry = config.get(name);
        return entry == null ? null : entry.value();
    }

    private static long number(Config config, String name) {
        return Long.parseLong(Objects.requireNonNull(value(config, name), name));
    }

    private void requireValue(Config config, String name, String... accepted) {
        String value = value(config, name);
        require(value == null || List.of(accepted).contains(value), name, value, String.join(" or ", accepted));
    }

    private void require(boolean met, String name, @Nullable Object value, String wanted) {
        require(met, "has the setting " + name + "=" + value + "; it must be " + wanted);
    }

    private void require(boolean met, String obstacle) {
        if (!met) {
            throw new LogUnusableException("topic " + topic + " " + obstacle);
        }
    }

    private <T> T get(String what, KafkaFuture<T> answer) {
        try {
            return answer.get();
        } catch (ExecutionException failure) {
            throw failed(what, failure);
        } catch (InterruptedException interrupted) {
            throw interrupted();
        }
    }

    private StoreException failed(String what, Throwable failure) {
        return KafkaFailure.of(what, options, failure);
    }

    private static StoreException interrupted() {
        Thread.currentThread().interrupt();
        return new StoreException("interrupted while waiting for Kafka");
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
