package dev.sluice.store.kafka;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where the log is, and who this node is.
 *
 * @param bootstrapServers addresses of brokers, {@code host:port} separated by commas
 * @param client properties of Kafka's clients for encryption and authentication only, see {@link ClientProperties#read}
 * @param topicPrefix beginning of the names of the topics
 * @param node name of this node, for the messages of others
 * @param directory where this node keeps its copies
 */
public record KafkaOptions(
        String bootstrapServers, Map<String, String> client, String topicPrefix, String node, Path directory) {
    /** The topic of the shard log. */
    String logTopic() {
        return topicPrefix + "-log";
    }

    /** The topic of the catalog's log. */
    String catalogTopic() {
        return topicPrefix + "-catalog";
    }
}
