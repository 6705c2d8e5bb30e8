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
 * Reads the configuration again on {@code SIGHUP} and gives it to the parts of a running server that can change without a restart. A
 * configuration that cannot be used changes nothing, and a part that cannot use it goes on as before; both are logged, and neither
 * ends the server. Keys of no part take effect at the next start.
 *
 * <p>Reloads run one after the other, each on the thread of its signal. Signals that come while one runs, or before the server is
 * ready, cause one reload together afterwards.
 */
public final class ConfigReload {
    private static final long PART_SECONDS_MAX = 60;
    private static final Logger LOG = LoggerFactory.getLogger(ConfigReload.class);

    /** Something that can change without a restart. */
    @FunctionalInterface
    public interface Part {
        /** Takes over what the configuration says; completes when it is in force, and fails with one line if it cannot be. */
        Future<Void> apply(ServerConfig config);
    }

    private final Supplier<ServerConfig> configuration;
    private final Map<String, Part> parts = new LinkedHashMap<>();
    private boolean ready;
    private boolean requested;
    private boolean running;

    /** A reload that reads the configuration from there, and is not ready yet. */
    public ConfigReload(Supplier<ServerConfig> configuration) {
        this.configuration = configuration;
    }

    /** Adds a part; before {@link #begin}. */
    public ConfigReload with(String name, Part part) {
        parts.put(name, part);
        return this;
    }

    /** From now on requests are carried out, and one at once if there were some before. */
    public void begin() {
        synchronized (this) {
            ready = true;
            if (!requested) {
                return;
            }
        }
        request();
    }

    /** Reloads now, or after the reload that runs. */
    public void request() {
        synchronized (this) {
            requested = true;
            if (!ready || running) {
                return;
            }
            running = true;
        }
        while (isMoreToDo()) {
            reload();
        }
    }

    private synchronized boolean isMoreToDo() {
        running = requested;
        requested = false;
        return running;
    }

    private void reload() {
        ServerConfig config;
        try {
            config = configuration.get();
        } catch (ConfigException unusable) {
            LOG.warn("The configuration cannot be used, everything stays as it is: {}", unusable.getMessage());
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
        } catch (ExecutionException refused) {
            LOG.warn("{} cannot be reloaded and stays as it is: {}", name, StartException.lineOf(refused.getCause()));
        } catch (TimeoutException slow) {
            LOG.warn("{} was not reloaded within {} s", name, PART_SECONDS_MAX);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            LOG.error("{} cannot be reloaded and stays as it is", name, failure);
        }
        return false;
    }
}
