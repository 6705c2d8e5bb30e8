package dev.sluice.config;

import dev.sluice.queue.Limits;
import java.util.List;
import java.util.Map;

/**
 * The complete, validated configuration.
 *
 * @param http the API's listener
 * @param management the listener for health and metrics
 * @param storage where messages are stored
 * @param cluster the log of engine {@link StorageConfig.Engine#KAFKA}
 * @param auth the credentials of the API
 * @param messages compatibility options
 * @param limits the limits of the service
 * @param queues queues to create or update at start
 * @param workers targets of worker consumers, by script name
 * @param windowBytes memory for windows and cached bodies of all queues together
 * @param requestBytes memory for bodies of requests in progress, and the same amount for responses
 * @param shutdownTimeoutMillis time for a graceful stop
 * @param logLevel the level of Sluice's own log
 * @param logFormat how an event of the log is written
 * @param logAccess which requests the access log contains
 * @param devMode whether one request may reset an account
 * @param consoleEnabled whether the page at /console exists
 */
public record ServerConfig(
        HttpConfig http,
        ManagementConfig management,
        StorageConfig storage,
        ClusterConfig cluster,
        AuthConfig auth,
        MessagesConfig messages,
        Limits limits,
        List<DeclaredQueue> queues,
        Map<String, WorkerConfig> workers,
        long windowBytes,
        long requestBytes,
        long shutdownTimeoutMillis,
        LogLevel logLevel,
        LogFormat logFormat,
        AccessLogMode logAccess,
        boolean devMode,
        boolean consoleEnabled) {
    /** The same with other declared queues and targets of worker consumers. */
    public ServerConfig withQueues(List<DeclaredQueue> declared, Map<String, WorkerConfig> targets) {
        return new ServerConfig(
                http,
                management,
                storage,
                cluster,
                auth,
                messages,
                limits,
                List.copyOf(declared),
                Map.copyOf(targets),
                windowBytes,
                requestBytes,
                shutdownTimeoutMillis,
                logLevel,
                logFormat,
                logAccess,
                devMode,
                consoleEnabled);
    }
}
