package dev.sluice;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The only time limit of tests: many times longer than the slowest wait on a busy machine, so that only a wait without
 * end fails. Tests have no shorter limits of their own. JUnit loads this class through {@code META-INF/services}, and
 * it is Awaitility's default.
 */
public final class TestTimeout implements BeforeAllCallback {
    /** The maximum time to wait. */
    public static final Duration LIMIT = Duration.ofMinutes(5);

    /** The limit in seconds. */
    public static final long SECONDS = LIMIT.toSeconds();

    /** The limit in milliseconds, for the read timeout of a socket. */
    public static final int MILLIS = (int) LIMIT.toMillis();

    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    /** The result of the stage; fails after the limit. */
    public static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(LIMIT);
        Awaitility.setDefaultPollInterval(POLL_INTERVAL);
    }
}
