package dev.sluice;

import dev.sluice.api.http.AccessLog;
import dev.sluice.config.AuthConfig;
import dev.sluice.config.ServerConfig;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.worker.HttpWorkers;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/** What a reload of the configuration replaces in a running server. Safe for use from several threads. */
public final class LiveSettings {
    private final AccessLog accessLog;
    private final HttpWorkers workers;
    private final boolean hasGeneratedCredentials;
    private volatile AuthConfig auth;
    private volatile Supplier<String> reload = () -> {
        throw new StartException("this server has no configuration to read again");
    };

    LiveSettings(Vertx vertx, ServerConfig config, boolean hasGeneratedCredentials, ContinuousClock clock) {
        this.accessLog = new AccessLog(config.logAccess());
        this.workers = new HttpWorkers(vertx, config.workers(), config.limits(), connectionsToWorker(config), clock);
        this.hasGeneratedCredentials = hasGeneratedCredentials;
        this.auth = config.auth();
    }

    static int connectionsToWorker(ServerConfig config) {
        return ConnectionLimits.ofProcess()
                .toWorker(Math.max(1, config.workers().size()), config.limits().concurrencyMax());
    }

    AuthConfig auth() {
        return auth;
    }

    HttpWorkers workers() {
        return workers;
    }

    /** The log of requests, whose mode can be set. */
    public AccessLog accessLog() {
        return accessLog;
    }

    /**
     * Uses other configured credentials from now on.
     *
     * @throws StartException if that would need generated ones, or make them needless, which only a restart does
     */
    public void replaceCredentials(ServerConfig changed) {
        if (changed.auth().isEmpty() != hasGeneratedCredentials) {
            throw new StartException("the first credential is configured, and the last one removed, by a restart only");
        }
        auth = changed.auth();
    }

    void replaceWorkers(ServerConfig changed) {
        workers.replace(changed.workers(), connectionsToWorker(changed));
    }

    /**
     * What a request to the management port does.
     *
     * @param run reloads and returns a line; may block; throws an exception with a one-line message on failure
     */
    public void onReloadRequest(Supplier<String> run) {
        reload = run;
    }

    String reload() {
        return reload.get();
    }
}
