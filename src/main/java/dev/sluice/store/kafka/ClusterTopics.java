package dev.sluice.store.kafka;

import dev.sluice.store.ShardedStore;
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
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * The topics of a cluster: made if they do not exist, and checked at every start. A setting that could lose what was
 * acknowledged refuses the start, by its name. Blocks; used by the thread that opens the store.
 */
final class ClusterTopics implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 15_000;
    private static final short REPLICAS = 3;
    private static final int IN_SYNC_REPLICAS_MIN = 2;
    private static final long VISIBLE_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);
    private static final long VISIBLE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int SEGMENT_BYTES = 64 * 1024 * 1024;
    private static final String UNLIMITED = "-1";

    private final KafkaOptions options;
    private final Admin admin;

    private ClusterTopics(KafkaOptions options) {
        this.options = options;
        try {
            this.admin = Admin.create(ClientProperties.admin(options, TIMEOUT_MILLIS));
        } catch (KafkaException failure) {
            throw failed("connect", failure);
        }
    }

    /**
     * Makes the topics that are missing, checks all, and returns the identity of the catalog's log.
     *
     * @throws StoreException with one line for the operator, if Kafka cannot be reached or a topic cannot be used
     */
    static LogIdentity require(KafkaOptions options) {
        try (ClusterTopics topics = new ClusterTopics(options)) {
            return topics.require();
        }
    }

    private LogIdentity require() {
        String clusterId = get("connect", admin.describeCluster().clusterId());
        boolean catalogIsNew = describe(options.catalogTopic()) == null;
        UUID snapshots = require(options.snapshotTopic(), options.shards() + 1);
        UUID log = require(options.logTopic(), options.shards());
        UUID catalog = require(options.catalogTopic(), 1);
        if (catalogIsNew || endOf(options.catalogTopic(), 1) == 0) {
            refuseLostCatalog();
        }
        return new LogIdentity(clusterId, log, catalog, snapshots, options.shards(), ShardedStore.CATALOG);
    }

    /** Without the catalog all queues would be gone, though their messages are there. */
    private void refuseLostCatalog() {
        if (endOf(options.logTopic(), options.shards()) > 0) {
            throw new LogUnusableException(
                    "topic " + options.catalogTopic() + " is empty, but topic " + options.logTopic()
                            + " has records: the catalog was deleted, or the topics do not belong together");
        }
    }

    private long endOf(String topic, int partitions) {
        Map<TopicPartition, OffsetSpec> ends = new LinkedHashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        return get("read topic " + topic, admin.listOffsets(ends).all()).values().stream()
                .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
                .sum();
    }

    private UUID require(String topic, int partitions) {
        TopicDescription description = describe(topic);
        if (description == null) {
            create(topic, partitions);
            description = awaitVisible(topic, () -> describeWithLeader(topic));
        }
        check(description, partitions);
        Uuid id = description.topicId();
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    /** Null if there is no such topic. */
    private @Nullable TopicDescription describe(String topic) {
        return getIfKnown(
                        "describe topic " + topic,
                        admin.describeTopics(Set.of(topic)).allTopicNames())
                .map(topics -> topics.get(topic))
                .orElse(null);
    }

    /** Empty if the broker that was asked does not know the topic. */
    private <T> Optional<T> getIfKnown(String what, KafkaFuture<T> result) {
        try {
            return Optional.of(result.get());
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw failed(what, failure);
        } catch (InterruptedException interrupted) {
            throw interrupted();
        }
    }

    private void create(String topic, int partitions) {
        NewTopic made = new NewTopic(topic, partitions, REPLICAS).configs(settings());
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
        // Trimming frees whole segments only.
        settings.put(TopicConfig.SEGMENT_BYTES_CONFIG, String.valueOf(SEGMENT_BYTES));
        settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        return settings;
    }

    /** A new topic is not known to every broker at once. */
    private <T> T awaitVisible(String topic, Supplier<Optional<T>> read) {
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

    private Optional<TopicDescription> describeWithLeader(String topic) {
        return Optional.ofNullable(describe(topic))
                .filter(found -> found.partitions().stream().allMatch(partition -> partition.leader() != null));
    }

    private void check(TopicDescription description, int partitions) {
        String topic = description.name();
        int found = description.partitions().size();
        require(
                topic,
                found == partitions,
                "has " + found + " partitions, not " + partitions + "; cluster.shards (" + options.shards()
                        + ") is fixed when the topics are made");
        int replicas = description.partitions().get(0).replicas().size();
        require(topic, replicas >= REPLICAS, "has the replication factor " + replicas + ", not at least " + REPLICAS);
        Config config = config(topic);
        int inSyncMin = (int) number(config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
        require(
                topic,
                inSyncMin >= IN_SYNC_REPLICAS_MIN && inSyncMin < replicas,
                TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                inSyncMin,
                "at least " + IN_SYNC_REPLICAS_MIN + " and less than its replication factor");
        requireValue(topic, config, TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, "false");
        long recordBytesMax = number(config, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        require(
                topic,
                recordBytesMax >= ClientProperties.RECORD_BYTES_MAX,
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                recordBytesMax,
                "at least " + ClientProperties.RECORD_BYTES_MAX);
        requireValue(topic, config, TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        requireValue(topic, config, TopicConfig.RETENTION_MS_CONFIG, UNLIMITED);
        requireValue(topic, config, TopicConfig.RETENTION_BYTES_CONFIG, UNLIMITED);
        requireValue(topic, config, TopicConfig.COMPRESSION_TYPE_CONFIG, "uncompressed", "producer");
        requireValue(topic, config, TopicConfig.REMOTE_LOG_STORAGE_ENABLE_CONFIG, "false");
        requireValue(topic, config, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
    }

    private Config config(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return awaitVisible(topic, () -> getIfKnown(
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

    private void requireValue(String topic, Config config, String name, String... accepted) {
        String value = value(config, name);
        require(topic, value == null || List.of(accepted).contains(value), name, value, String.join(" or ", accepted));
    }

    private void require(String topic, boolean met, String name, @Nullable Object value, String wanted) {
        require(topic, met, "has the setting " + name + "=" + value + "; it must be " + wanted);
    }

    private static void require(String topic, boolean met, String obstacle) {
        if (!met) {
            throw new LogUnusableException("topic " + topic + " " + obstacle);
        }
    }

    private <T> T get(String what, KafkaFuture<T> result) {
        try {
            return result.get();
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
