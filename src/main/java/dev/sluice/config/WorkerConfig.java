package dev.sluice.config;

import java.net.URI;

/**
 * The target of a worker consumer.
 *
 * @param url absolute, http or https
 * @param key the HMAC key that signs requests
 * @param timeoutMillis from the start of a request to the end of its response
 */
public record WorkerConfig(URI url, Secret key, int timeoutMillis) {}
