package dev.sluice.api;

import dev.sluice.config.HttpConfig;
import java.util.Optional;

/** Configurations of the listener for tests, on any free port. */
public final class HttpConfigs {
    private HttpConfigs() {}

    /** Plain HTTP, with timeouts of a minute. */
    public static HttpConfig plain() {
        return of(null, 60, 60, 60);
    }

    /**
     * A listener with these timeouts.
     *
     * @param tls null for plain HTTP
     */
    public static HttpConfig of(HttpConfig.TlsConfig tls, int idleSeconds, int headerSeconds, int bodySeconds) {
        return new HttpConfig(
                "127.0.0.1",
                0,
                1,
                Optional.ofNullable(tls),
                headerSeconds * 1_000L,
                bodySeconds * 1_000L,
                idleSeconds * 1_000L,
                1_000);
    }
}
