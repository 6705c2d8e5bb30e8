package dev.sluice.worker;

import java.net.URI;

/**
 * Where the batches of a Worker go.
 *
 * @param url absolute, http or https
 * @param key signs requests
 * @param timeoutMillis from a request's start to the end of its answer
 */
public record WorkerEndpoint(URI url, String key, int timeoutMillis) {
    @Override
    public String toString() {
        return "WorkerEndpoint[url=" + url + ", timeoutMillis=" + timeoutMillis + "]";
    }
}
