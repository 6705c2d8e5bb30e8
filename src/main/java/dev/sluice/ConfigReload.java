package dev.sluice;

import dev.sluice.config.ConfigException;
import dev.sluice.config.ServerConfig;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads the configuration, on {@code SIGHUP}, after a change of its file or on a request, and passes it to the parts of a running server that can change without a
 * restart. An invalid configuration changes nothing. A part that cannot apply it keeps its old state. Both are logged,
 * and neither stops the server. Keys that belong to no part take effect at the next start.
 *
 * <p>Reloads run one after the other, each on the thread that asks for it. Signals that arrive during a reload, or before
 * the server is ready, cause one reload afterwards.
 */
public final class ConfigReload {
    private static final long PART_SECONDS_MAX = 60;
    private static final Logger LOG = LoggerFactory.getLogger(ConfigReload.class);

    /** A part of the server that can change without a restart. */
    @FunctionalInterface
    public interface Part {
        /**
         * Applies the configuration. Completes when it is in effect. Fails with, or throws, a {@link StartException} if it
         * cannot be applied.
         */
        Future<Void> apply(ServerConfig config);
    }

    private final Supplier<ServerConfig> configuration;
    private final Map<String, Part> parts = new LinkedHashMap<>();
    private Runnable began = () -> {};
    private Runnable ended = () -> {};
    private final Object oneAtATime = new Object();
    private boolean ready;
    private boolean requested;
    private boolean running;

    /** Creates a reload that is not ready yet; {@code configuration} loads the current configuration. */
    public ConfigReload(Supplier<ServerConfig> configuration) {
        this.configuration = configuration;
    }

    /** Adds a part. Must be called before {@link #begin}. */
    public ConfigReload with(String name, Part part) {
        parts.put(name, part);
        return this;
    }

    /** Runs {@code began} before each reload and {@code ended} after it. Must be called before {@link #begin}. */
    public ConfigReload reportTo(Runnable began, Runnable ended) {
        this.began = began;
        this.ended = ended;
        return this;
    }

    /** Starts to execute reload requests. Requests that came before cause one reload now. */
    public void begin() {
        synchronized (this) {
            ready = true;
            if (!requested) {
                return;
            }
        }
        request();
    }

    /** Reloads on the calling thread, or marks the running reload to be repeated. */
    public void request() {
        synchronized (this) {
            requested = true;
            if (!ready || running) {
                return;
            }
            running = true;
        }
        while (startsNextReload()) {
            reload();
        }
    }

    /**
     * Reloads on the calling thread, after a reload that runs. Returns what is in force.
     *
     * @throws StartException if something could not be applied; the message has one line
     */
    public String run() {
        synchronized (this) {
            if (!ready) {
                throw new StartException("the server is starting");
            }
        }
        ReloadOutcome outcome = reload();
        if (!outcome.failures().isEmpty()) {
            throw new StartException(String.join("; ", outcome.failures()));
        }
        return outcome.inForce();
    }

    /** What a reload has applied, and why it did not apply the rest. */
    private record ReloadOutcome(List<String> applied, List<String> failures) {
        String inForce() {
            return "in force: " + (applied.isEmpty() ? "nothing" : String.join(", ", applied));
        }
    }

    private ReloadOutcome reload() {
        synchronized (oneAtATime) {
            began.run();
            try {
                return readAndApply();
            } finally {
                ended.run();
            }
        }
    }

    private synchronized boolean startsNextReload() {
        running = requested;
        requested = false;
        return running;
    }

    private ReloadOutcome readAndApply() {
        ServerConfig config;
        try {
            config = configuration.get();
        } catch (ConfigException invalid) {
            LOG.warn("The configuration cannot be used, everything stays as it is: {}", invalid.getMessage());
            return new ReloadOutcome(List.of(), List.of(String.valueOf(invalid.getMessage())));
        } catch (RuntimeException failure) {
            LOG.error("The configuration cannot be read, everything stays as it is", failure);
            return new ReloadOutcome(List.of(), List.of(StartException.lineOf(failure)));
        }
        ReloadOutcome outcome = new ReloadOutcome(new ArrayList<>(), new ArrayList<>());
        parts.forEach((name, part) -> {
            Optional<String> failure = apply(name, part, config);
            failure.ifPresentOrElse(
                    reason -> outcome.failures().add(name + " stays as it is: " + reason),
                    () -> outcome.applied().add(name));
        });
        LOG.info("The configuration was read again; {}", outcome.inForce());
        return outcome;
    }

    /** Returns why the part could not apply it; empty if it has. */
    private static Optional<String> apply(String name, Part part, ServerConfig config) {
        try {
            part.apply(config).toCompletionStage().toCompletableFuture().get(PART_SECONDS_MAX, TimeUnit.SECONDS);
            return Optional.empty();
        } catch (ExecutionException | StartException rejected) {
            String reason = StartException.lineOf(rejected);
            LOG.warn("{} cannot be reloaded and stays as it is: {}", name, reason);
            return Optional.of(reason);
        } catch (TimeoutException timeout) {
            LOG.warn("{} was not reloaded within {} s", name, PART_SECONDS_MAX);
            return Optional.of("not within " + PART_SECONDS_MAX + " s");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        } catch (RuntimeException failure) {
            LOG.error("{} cannot be reloaded and stays as it is", name, failure);
            return Optional.of(StartException.lineOf(failure));
        }
    }
}
