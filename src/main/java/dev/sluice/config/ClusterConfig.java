package dev.sluice.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The log in Kafka of engine {@link StorageConfig.Engine#KAFKA}.
 *
 * @param bootstrapServers addresses of brokers; empty with the other engines only
 * @param clientProperties a file with properties of Kafka's clients for encryption and authentication
 * @param topicPrefix beginning of the names of the topics
 * @param node name of this node; empty means the host name
 */
public record ClusterConfig(
        Optional<String> bootstrapServers,
        Optional<Path> clientProperties,
        String topicPrefix,
        Optional<String> node) {}
