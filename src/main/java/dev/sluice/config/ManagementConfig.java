package dev.sluice.config;

/**
 * The listener for health and metrics.
 *
 * @param host address to listen on
 * @param port port to listen on, 0 for a free one
 */
public record ManagementConfig(String host, int port) {}
