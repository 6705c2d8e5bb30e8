package dev.sluice;

import dev.sluice.config.ConfigException;
import dev.sluice.config.ServerConfig;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads the configuration on {@code SIGHUP} and passes it to the parts of a running server that can change without a
 * restart. An invalid configuration changes nothing. A part that cannot apply it keeps its old state. Both are logged,
 * and neither stops the server. Keys that belong to no part take effect at the next start.
 *
 * <p>Reloads run one after the other, each on the thread of its signal. Signals that arrive during a reload, or before
 * the server is ready, cause one reload afterwards.
 */
public final class ConfigReload {
    private static final long PART_SECONDS_MAX = 60;
    private static final Logger LOG = LoggerFactory.getLogger(ConfigReload.class);

    /** A part of the server that can change without a restart. */
    @FunctionalInterface
    public interface Part {
        /**
         * Applies the configuration. Completes when it is in effect; fails with a one-line message if it cannot be
         * applied.
         */
        Future<Void> apply(ServerConfig config);
    }

    private final Supplier<ServerConfig> configuration;
    private final Map<String, Part> parts = new LinkedHashMap<>();
    private Runnable began = () -> {};
    private Runnable ended = () -> {};
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
            began.run();
            reload();
            ended.run();
        }
    }

    private synchronized boolean startsNextReload() {
        running = requested;
        requested = false;
        return running;
    }

    private void reload() {
        ServerConfig config;
        try {
            config = configuration.get();
        } catch (ConfigException invalid) {
            LOG.warn("The configuration cannot be used, everything stays as it is: {}", invalid.getMessage());
            return;
        } catch (RuntimeException failure) {
            LOG.error("The configuration cannot be read, everything stays as it is", failure);
            return;
        }
        List<String> applied = new ArrayList<>();
        parts.forEach((name, part) -> {
            if (isApplied(name, part, config)) {
                applied.add(name);
            }
        });
        LOG.info(
                "The configuration was read again; in force: {}",
                applied.isEmpty() ? "nothing" : String.join(", ", applied));
    }

    private static boolean isApplied(String name, Part part, ServerConfig config) {
        try {
            part.apply(config).toCompletionStage().toCompletableFuture().get(PART_SECONDS_MAX, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException rejected) {
            LOG.warn("{} cannot be reloaded and stays as it is: {}", name, StartException.lineOf(rejected.getCause()));
        } catch (TimeoutException timeout) {
            LOG.warn("{} was not reloaded within {} s", name, PART_SECONDS_MAX);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            LOG.error("{} cannot be reloaded and stays as it is", name, failure);
        }
        return false;
    }
}
