package dev.sluice.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The log in Kafka of engine {@link StorageConfig.Engine#KAFKA}.
 *
 * @param bootstrapServers addresses of brokers; empty with the other engines only
 * @param clientProperties a file with properties of Kafka's clients for encryption and authentication
 * @param topicPrefix beginning of the names of the topics
 * @param shards into how many shards the queues are divided
 * @param snapshotLogBytes with less log since its last snapshot a shard gets no other one
 * @param node name of this node; empty means the host name
 * @param internal the port for requests between nodes
 */
public record ClusterConfig(
        Optional<String> bootstrapServers,
        Optional<Path> clientProperties,
        String topicPrefix,
        int shards,
        long snapshotLogBytes,
        Optional<String> node,
        InternalPort internal) {
    /**
     * The port through which nodes forward requests to each other.
     *
     * @param port 0 picks a free one
     * @param address how other nodes reach it, {@code host:port}; empty means host and port
     * @param key a secret that all nodes share; needed beyond loopback
     * @param zone where this machine is
     */
    public record InternalPort(
            String host, int port, Optional<String> address, Optional<Secret> key, Optional<String> zone) {}
}
