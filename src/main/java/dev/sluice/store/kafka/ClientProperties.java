package dev.sluice.store.kafka;

import dev.sluice.store.FileFailure;
import dev.sluice.store.StoreException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The properties of Kafka's clients. Everything that the protocol of the log depends on is fixed here; users set how
 * clients connect, and nothing else.
 */
public final class ClientProperties {
    /** The largest record, in bytes: what the topic must allow. */
    static final int RECORD_BYTES_MAX = 8 * 1024 * 1024;
    /** Size of a record without its value, in a batch of its own; an upper bound. */
    static final int RECORD_OVERHEAD_BYTES = 512;

    /** An append without a result for this long is given up. */
    static final int DELIVERY_TIMEOUT_MILLIS = 30_000;

    static final int REQUEST_TIMEOUT_MILLIS = 10_000;
    private static final int BUFFER_BYTES = OwnerEpoch.DEPTH * RECORD_BYTES_MAX + 8 * 1024 * 1024;

    /** The beginnings of what users may set. */
    private static final List<String> ALLOWED = List.of("security.", "sasl.", "ssl.", "client.dns.lookup");

    private ClientProperties() {}

    /**
     * Reads a file of properties for encryption and authentication.
     *
     * @throws StoreException with one line for the operator, if it cannot be read or has other properties
     */
    public static Map<String, String> read(Path file) {
        Properties read = new Properties();
        try (Reader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            read.load(lines);
        } catch (IOException | IllegalArgumentException failure) {
            String reason = failure instanceof IOException io ? FileFailure.reason(io) : failure.getMessage();
            throw new StoreException(
                    "cluster.client_properties: the file " + file + " cannot be read: " + reason, failure);
        }
        Map<String, String> properties = new TreeMap<>();
        for (String name : read.stringPropertyNames()) {
            if (ALLOWED.stream().noneMatch(name::startsWith)) {
                throw new StoreException("cluster.client_properties: the file " + file + " sets " + name
                        + "; it may set properties of security, sasl and ssl only");
            }
            properties.put(name, read.getProperty(name));
        }
        return properties;
    }

    static Map<String, Object> admin(KafkaOptions options, int timeoutMillis) {
        Map<String, Object> properties = common(options);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeoutMillis);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(timeoutMillis, REQUEST_TIMEOUT_MILLIS));
        return properties;
    }

    static Map<String, Object> producer(KafkaOptions options) {
        Map<String, Object> properties = common(options);
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, OwnerEpoch.DEPTH);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // No batching: one group is one batch of Kafka, which the limit of the topic is for.
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 0);
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, RECORD_BYTES_MAX);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) BUFFER_BYTES);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MILLIS);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) REQUEST_TIMEOUT_MILLIS);
        return properties;
    }

    static Map<String, Object> consumer(KafkaOptions options) {
        Map<String, Object> properties = common(options);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, RECORD_BYTES_MAX);
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, RECORD_BYTES_MAX);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
        properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
        return properties;
    }

    private static Map<String, Object> common(KafkaOptions options) {
        Map<String, Object> properties = new TreeMap<>(options.client());
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, options.bootstrapServers());
        properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, "sluice-" + options.node());
        // Metrics of the clients are neither exported nor pushed to the brokers.
        properties.put("enable.metrics.push", false);
        properties.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
        return properties;
    }
}
