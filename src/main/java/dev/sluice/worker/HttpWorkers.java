package dev.sluice.worker;

import dev.sluice.config.WorkerConfig;
import dev.sluice.queue.Limits;
import dev.sluice.runtime.RequestIds;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.delivery.WorkerTarget;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.http.PoolOptions;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.client.impl.ClientPhase;
import io.vertx.ext.web.client.impl.HttpContext;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The workers with a configured URL. Each has its own HTTP client and connections, so that an unresponsive worker does
 * not block the others. The clients close with Vert.x. Usable from any event loop.
 */
public final class HttpWorkers implements WorkerTarget.Directory {
    /**
     * Shorter than the idle timeout of common servers, so that a batch is not sent on a connection that the server is
     * closing.
     */
    private static final int KEEP_ALIVE_SECONDS = 4;

    private static final int CONNECT_MILLIS_MAX = 10_000;
    private static final int CLOSE_MARGIN_MILLIS = 5_000;

    private final Vertx vertx;
    private final Limits limits;
    private final ContinuousClock clock;
    /** Replaced as a whole. */
    private volatile Map<String, ConfiguredTarget> targets = Map.of();

    private final RequestIds ids = new RequestIds();

    /**
     * Creates a target for each script name.
     *
     * @param connectionsMax maximum of open connections to each worker; further batches wait
     * @param clock converts the timestamps of messages to the wall clock
     */
    public HttpWorkers(
            Vertx vertx, Map<String, WorkerConfig> workers, Limits limits, int connectionsMax, ContinuousClock clock) {
        this.vertx = vertx;
        this.limits = limits;
        this.clock = clock;
        replace(workers, connectionsMax);
    }

    /** A target, with what it was made of and what has to be closed after it. */
    private record ConfiguredTarget(WorkerConfig config, WebClient client, WorkerTarget target) {}

    /**
     * Uses other workers from now on. A target that does not change keeps its connections. The connections of others
     * are closed when their batches under way must have ended.
     */
    public synchronized void replace(Map<String, WorkerConfig> workers, int connectionsMax) {
        Map<String, ConfiguredTarget> before = targets;
        Map<String, ConfiguredTarget> next = new HashMap<>();
        workers.forEach((scriptName, worker) -> {
            ConfiguredTarget known = before.get(scriptName);
            next.put(
                    scriptName,
                    known != null && known.config().equals(worker) ? known : configured(worker, connectionsMax));
        });
        targets = Map.copyOf(next);
        before.forEach((scriptName, each) -> {
            if (!each.equals(next.get(scriptName))) {
                vertx.setTimer(each.config().timeoutMillis() + CLOSE_MARGIN_MILLIS, ended -> each.client()
                        .close());
            }
        });
    }

    private ConfiguredTarget configured(WorkerConfig worker, int connectionsMax) {
        WebClient client = client(vertx, worker, connectionsMax);
        WorkerTarget target =
                new HttpWorkerTarget(vertx, client, worker, limits.delaySecondsMax(), clock, this::newRequestId);
        return new ConfiguredTarget(worker, client, target);
    }

    /** Batches leave from any event loop. There are few of them, compared with requests of clients. */
    private synchronized String newRequestId() {
        return ids.next().toString();
    }

    private static WebClient client(Vertx vertx, WorkerConfig worker, int connectionsMax) {
        WebClientOptions options = new WebClientOptions();
        options.setFollowRedirects(false);
        options.setUserAgent("sluice");
        options.setKeepAliveTimeout(KEEP_ALIVE_SECONDS);
        options.setConnectTimeout(Math.min(CONNECT_MILLIS_MAX, worker.timeoutMillis()));
        PoolOptions pool = new PoolOptions().setHttp1MaxSize(connectionsMax);
        return WebClient.create(vertx, options, pool).addInterceptor(HttpWorkers::attachConnection);
    }

    /**
     * Informs the response body when its request is sent and on which connection its response arrives. The web client
     * does not expose either.
     */
    private static void attachConnection(HttpContext<?> exchange) {
        if (exchange.request().bodyCodec() instanceof BoundedResponseBody body) {
            if (exchange.phase() == ClientPhase.SEND_REQUEST && !body.beginRequest()) {
                exchange.clientRequest().reset();
                exchange.fail(VertxException.noStackTrace("too late"));
                return;
            }
            if (exchange.phase() == ClientPhase.RECEIVE_RESPONSE) {
                body.onConnection(exchange.clientResponse().request().connection());
            }
        }
        exchange.next();
    }

    @Override
    public @Nullable WorkerTarget find(String scriptName) {
        ConfiguredTarget found = targets.get(scriptName);
        return found == null ? null : found.target();
    }
}
