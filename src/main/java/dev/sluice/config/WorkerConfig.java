package dev.sluice.config;

import java.net.URI;

/**
 * Where the batches of a Worker go.
 *
 * @param url absolute, http or https
 * @param key signs requests
 * @param timeoutMillis from a request's start to the end of its answer
 */
public record WorkerConfig(URI url, Secret key, int timeoutMillis) {}
