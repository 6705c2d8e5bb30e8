package dev.sluice;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The one limit for everything a test waits for: many times what the slowest takes on a machine that is busy with other things, so that
 * only what never happens fails. No test has a shorter one of its own. JUnit finds this class through {@code META-INF/services} and
 * Awaitility has the limit by default.
 */
public final class TestTimeout implements BeforeAllCallback {
    /** How long a test waits. */
    public static final Duration LIMIT = Duration.ofMinutes(5);

    /** The same as a number. */
    public static final long SECONDS = LIMIT.toSeconds();

    /** The same for the read timeout of a socket. */
    public static final int MILLIS = (int) LIMIT.toMillis();

    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    /** What the stage ends with; fails with an {@link AssertionError} once the limit has passed. */
    public static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(LIMIT);
        Awaitility.setDefaultPollInterval(POLL_INTERVAL);
    }
}
