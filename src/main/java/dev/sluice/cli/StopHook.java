package dev.sluice.cli;

import dev.sluice.Server;
import dev.sluice.config.ServerConfig;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shutdown hook of a process with a server. It stops the server and ends the process with an exit code of its own; the
 * JVM would use 143 after a stop signal. A stop signal during the start waits until the start has ended, so that the
 * store is closed as usual.
 */
final class StopHook {
    private static final int STOPPED_IN_TIME = 0;
    private static final int STOPPED_LATE = 1;
    /** How long a stop waits for the end of a start. */
    private static final long START_SECONDS_MAX = 10;

    private static final CompletableFuture<Outcome> OUTCOME = new CompletableFuture<>();

    /** What became of the start: a server, or only the exit code of the command. */
    private record Outcome(Optional<Running> running, int exitCode) {}

    /** A server that is ready, and what runs when its stop begins. */
    private record Running(Server server, ServerConfig config, Runnable onStopping) {}

    private static final AtomicBoolean INSTALLED = new AtomicBoolean();
    private static final Thread HOOK = new Thread(StopHook::run, "sluice-stop");
    private static volatile boolean stopping;

    private StopHook() {}

    /** Registers the hook, before there is a server. Further calls do nothing. */
    static void install() {
        if (INSTALLED.getAndSet(true)) {
            return;
        }
        Runtime.getRuntime().addShutdownHook(HOOK);
    }

    /** The start has failed; there is nothing to stop. A hook that runs already waits for the end of the command. */
    static void remove() {
        if (!stopping && INSTALLED.getAndSet(false)) {
            try {
                Runtime.getRuntime().removeShutdownHook(HOOK);
            } catch (IllegalStateException e) {
                log().debug("the process stops already");
            }
        }
    }

    /**
     * The server is ready; from now on the hook stops it.
     *
     * @param onStopping runs when the stop begins
     */
    static void onReady(Server server, ServerConfig config, Runnable onStopping) {
        OUTCOME.complete(new Outcome(Optional.of(new Running(server, config, onStopping)), STOPPED_IN_TIME));
    }

    /** The command has ended. Without a server there is nothing to stop, and its exit code stays. */
    static void onEnded(int exitCode) {
        OUTCOME.complete(new Outcome(Optional.empty(), exitCode));
    }

    /** Whether the process is stopping, so that a start that ends now has nothing to announce. */
    static boolean isStopping() {
        return stopping;
    }

    private static void run() {
        stopping = true;
        boolean starting = !OUTCOME.isDone();
        if (starting) {
            log().info("stopped before it was ready");
        }
        int exitCode = STOPPED_LATE;
        try {
            Outcome outcome = OUTCOME.get(START_SECONDS_MAX, TimeUnit.SECONDS);
            if (outcome.running().isPresent()) {
                exitCode = stop(outcome.running().get());
            } else if (starting) {
                exitCode = outcome.exitCode();
            } else {
                return;
            }
        } catch (TimeoutException e) {
            log().error("the start did not end within {} s; nothing that was confirmed is lost", START_SECONDS_MAX);
        } catch (ExecutionException e) {
            log().error("stop failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(exitCode);
    }

    private static int stop(Running running) throws InterruptedException, ExecutionException {
        running.onStopping().run();
        long startedNanos = System.nanoTime();
        log().info("stopping: requests in progress complete, then the store closes");
        long timeoutMillis = running.config().shutdownTimeoutMillis();
        try {
            running.server().close().toCompletableFuture().get(timeoutMillis, TimeUnit.MILLISECONDS);
            log().info("stopped in {} ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos));
            return STOPPED_IN_TIME;
        } catch (TimeoutException e) {
            log().error("stop took longer than shutdown.timeout; what was confirmed is stored, the rest is not");
            return STOPPED_LATE;
        }
    }

    private static Logger log() {
        return LoggerFactory.getLogger(StopHook.class);
    }
}
