package dev.sluice.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The target of a worker consumer.
 *
 * @param url absolute, http or https
 * @param key the HMAC key that signs requests
 * @param keyFile the file that the key is from, if it is from one
 * @param timeoutMillis from the start of a request to the end of its response
 */
public record WorkerConfig(URI url, Secret key, Optional<Path> keyFile, int timeoutMillis) {
    /** A target whose key is not from a file. */
    public WorkerConfig(URI url, Secret key, int timeoutMillis) {
        this(url, key, Optional.empty(), timeoutMillis);
    }

    private static final int KEY_CHARS_MIN = 16;
    private static final int PORT_MAX = 65_535;

    /**
     * What is wrong with a URL, to follow its name; empty if nothing is. Does not contain the URL, because it may contain a
     * password (which is rejected).
     */
    public static Optional<String> urlFault(String text) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            return Optional.of("is not a URL");
        }
        boolean http = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        if (!http || url.getHost() == null || url.getPort() == 0 || url.getPort() > PORT_MAX) {
            return Optional.of("must be an absolute URL like http://127.0.0.1:3000/batches or https://…");
        }
        return url.getRawUserInfo() == null && url.getRawFragment() == null
                ? Optional.empty()
                : Optional.of("must have neither user and password nor a fragment");
    }

    /** What is wrong with a key, to follow its name; empty if nothing is. */
    public static Optional<String> keyFault(String key) {
        return key.length() < KEY_CHARS_MIN
                ? Optional.of("must have at least " + KEY_CHARS_MIN + " characters")
                : Optional.empty();
    }
}
