package dev.sluice;

import dev.sluice.api.http.HttpOptions;
import dev.sluice.config.HttpConfig;
import java.util.Optional;

/** Maps the configuration of the listener to the options of the API. */
public final class ApiConfiguration {
    private static final int HEADER_BYTES_MAX = 16 * 1024;

    private ApiConfiguration() {}

    /**
     * The options of the API's listener.
     *
     * @param shutdownMillis time for a graceful shutdown; half of it is for requests in progress, the rest for queues
     *     and store
     */
    static HttpOptions of(HttpConfig http, long shutdownMillis) {
        return new HttpOptions(
                http.host(),
                http.port(),
                tls(http).orElse(null),
                seconds(http.idleTimeoutMillis()),
                seconds(http.headerTimeoutMillis()),
                seconds(http.bodyTimeoutMillis()),
                HEADER_BYTES_MAX,
                Math.max(1, shutdownMillis / 2));
    }

    /** The TLS files; empty if TLS is off. */
    public static Optional<HttpOptions.TlsOptions> tls(HttpConfig http) {
        return http.tls()
                .map(files -> new HttpOptions.TlsOptions(
                        files.certificate().toString(),
                        files.key().toString(),
                        files.clientAuthorities()
                                .map(authorities -> new HttpOptions.ClientCertificates(
                                        authorities.toString(), files.clientAuth() == HttpConfig.ClientAuth.REQUIRED))
                                .orElse(null)));
    }

    /** Whole seconds, rounded up, because 0 means "no timeout". */
    static int seconds(long millis) {
        return Math.toIntExact((millis + 999) / 1000);
    }
}
