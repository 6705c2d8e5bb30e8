package dev.sluice.worker;

import dev.sluice.queue.Limits;
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

/**
 * The Workers that have a URL. Each has a client with connections of its own, so that one that hangs takes none from another; the
 * clients close with Vert.x. Usable from any event loop.
 */
public final class HttpWorkers implements WorkerTarget.Directory {
    /** Shorter than what common servers keep an idle connection for, so that a batch does not run into a closed one. */
    private static final int KEEP_ALIVE_SECONDS = 4;

    private static final int CONNECT_MILLIS_MAX = 10_000;

    private final Map<String, WorkerTarget> targets = new HashMap<>();

    /**
     * Targets by script name.
     *
     * @param connectionsMax open connections to each Worker; batches beyond them wait
     * @param clock shows the times of messages
     */
    public HttpWorkers(
            Vertx vertx,
            Map<String, WorkerEndpoint> endpoints,
            Limits limits,
            int connectionsMax,
            ContinuousClock clock) {
        endpoints.forEach((scriptName, endpoint) -> {
            WebClient client = client(vertx, endpoint, connectionsMax);
            targets.put(scriptName, new HttpWorkerTarget(vertx, client, endpoint, limits.delaySecondsMax(), clock));
        });
    }

    private static WebClient client(Vertx vertx, WorkerEndpoint endpoint, int connectionsMax) {
        WebClientOptions options = new WebClientOptions();
        options.setFollowRedirects(false);
        options.setUserAgent("sluice");
        options.setKeepAliveTimeout(KEEP_ALIVE_SECONDS);
        options.setConnectTimeout(Math.min(CONNECT_MILLIS_MAX, endpoint.timeoutMillis()));
        PoolOptions pool = new PoolOptions().setHttp1MaxSize(connectionsMax);
        return WebClient.create(vertx, options, pool).addInterceptor(HttpWorkers::attachConnection);
    }

    /** Tells who gathers an answer when its request goes to a connection, and on which one it comes; the client keeps that to itself. */
    private static void attachConnection(HttpContext<?> exchange) {
        if (exchange.request().bodyCodec() instanceof BoundedResponseBody answer) {
            if (exchange.phase() == ClientPhase.SEND_REQUEST && !answer.beginRequest()) {
                exchange.clientRequest().reset();
                exchange.fail(VertxException.noStackTrace("too late"));
                return;
            }
            if (exchange.phase() == ClientPhase.RECEIVE_RESPONSE) {
                answer.onConnection(exchange.clientResponse().request().connection());
            }
        }
        exchange.next();
    }

    @Override
    public WorkerTarget find(String scriptName) {
        return targets.get(scriptName);
    }
}
