package dev.sluice.config;

import java.util.List;

/**
 * The listener for health, metrics and administration.
 *
 * @param host address to listen on
 * @param port port to listen on, 0 for a free one
 * @param hostNames allowed Host header values besides IP addresses and localhost
 * @param metricsQueuesMax queues that have metrics of their own
 */
public record ManagementConfig(String host, int port, List<String> hostNames, int metricsQueuesMax) {}
