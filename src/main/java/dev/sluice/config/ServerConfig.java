package dev.sluice.config;

import dev.sluice.queue.Limits;
import java.util.List;
import java.util.Map;

/**
 * The whole configuration, checked.
 *
 * @param http the API's listener
 * @param management the listener for health and metrics
 * @param storage where messages are kept
 * @param auth who may use the API
 * @param messages choices of compatibility
 * @param limits the limits of the service
 * @param queues queues to declare at start
 * @param workers where batches of worker consumers go, by script name
 * @param windowBytes memory for windows and cached bodies of all queues together
 * @param requestBytes memory for bodies of requests under way, and as much again for answers
 * @param shutdownTimeoutMillis time for a graceful stop
 * @param logLevel how much goes to the log
 */
public record ServerConfig(
        HttpConfig http,
        ManagementConfig management,
        StorageConfig storage,
        AuthConfig auth,
        MessagesConfig messages,
        Limits limits,
        List<DeclaredQueue> queues,
        Map<String, WorkerConfig> workers,
        long windowBytes,
        long requestBytes,
        long shutdownTimeoutMillis,
        LogLevel logLevel) {}
