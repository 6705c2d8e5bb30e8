package dev.sluice.store.log;

import java.util.UUID;

/**
 * Which log this is, whatever its name. A topic that was deleted and made again has another identity, and so has one
 * that was copied to another Kafka cluster.
 *
 * @param clusterId the id of the Kafka cluster, at most 255 bytes in UTF-8
 * @param topicId the id of the topic in it
 */
public record LogIdentity(String clusterId, UUID topicId) {}
