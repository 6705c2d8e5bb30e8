package dev.sluice.cluster;

import dev.sluice.api.ClusterRouting;
import dev.sluice.api.ForwardedCall;
import dev.sluice.api.ForwardedRequests;
import dev.sluice.api.OperationPlace;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.bus.OwnerWork;
import dev.sluice.runtime.catalog.Catalog;
import dev.sluice.runtime.catalog.CatalogFollower;
import dev.sluice.store.ShardedStore;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The internal port of one event loop: serves requests of other nodes, over HTTP/2. Every request is signed with the
 * key of the installation. A request for something that this node does not own gets 421 and the owner.
 */
final class NodePort extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(NodePort.class);

    private static final int MISDIRECTED = 421;
    private static final int STREAMS_MAX = 100;
    private static final int WINDOW_BYTES = 1024 * 1024;
    private static final int IDLE_SECONDS = 120;
    private static final String JSON = "application/json";
    private static final String CONTENT_TYPE = "content-type";

    /**
     * What the port needs once the node has started.
     *
     * @param requests for one event loop
     */
    record Served(
            InternalKey key,
            ForwardedRequests requests,
            ClusterRouting routing,
            Catalog catalog,
            CatalogFollower follower,
            OwnerWork work) {}

    private final String host;
    private final int port;
    private final ShardedStore store;
    private final ShardRoutes routes;
    private final LongSupplier wallMillis;
    private final long bodyMillis;
    private HttpServer server;
    private volatile @Nullable Served served;

    /**
     * A port that refuses every request until {@link #serve}.
     *
     * @param port negative for a free one that all event loops share
     */
    NodePort(String host, int port, ShardedStore store, ShardRoutes routes, LongSupplier wallMillis, long bodyMillis) {
        this.host = host;
        this.port = port;
        this.store = store;
        this.routes = routes;
        this.wallMillis = wallMillis;
        this.bodyMillis = bodyMillis;
    }

    @Override
    public Future<?> start() {
        server = vertx.createHttpServer(new HttpServerOptions()
                        .setHost(host)
                        .setPort(port)
                        .setIdleTimeout(IDLE_SECONDS)
                        .setHttp2ConnectionWindowSize(WINDOW_BYTES)
                        .setInitialSettings(new Http2Settings()
                                .setMaxConcurrentStreams(STREAMS_MAX)
                                .setInitialWindowSize(WINDOW_BYTES)
                                .setPushEnabled(false)))
                .requestHandler(this::receive);
        return server.listen();
    }

    int actualPort() {
        return server.actualPort();
    }

    /** Begins to serve requests; any thread. */
    void serve(Supplier<Served> perEventLoop) {
        context.runOnContext(ignored -> {
            Served begun = perEventLoop.get();
            begun.requests().begin(vertx, bodyMillis, IDLE_SECONDS * 1_000L);
            served = begun;
        });
    }

    private void receive(HttpServerRequest request) {
        Served current = served;
        if (current == null || !request.method().equals(HttpMethod.POST)) {
            notServed(request, 503);
            return;
        }
        Future<Buffer> body = current.requests().readBody(request);
        body.compose(bytes -> authenticated(request, bytes, current)
                        ? handle(request, bytes, current)
                        : Future.succeededFuture())
                .onComplete(ended -> {
                    if (body.succeeded()) {
                        current.requests().releaseBody(body.result());
                    }
                    if (ended.failed()) {
                        LOG.debug("{} failed", request.path(), ended.cause());
                        notServed(request, 503);
                    }
                });
    }

    private boolean authenticated(HttpServerRequest request, Buffer body, Served current) {
        @Nullable String signature = request.getHeader(NodeHeaders.SIGNATURE);
        long timeMillis = time(request.getHeader(NodeHeaders.TIME));
        boolean isValid = signature != null
                && current.key()
                        .isValid(signature, timeMillis, wallMillis.getAsLong(), request.path(), body.getBytes());
        if (!isValid) {
            request.response().putHeader(NodeHeaders.REFUSED, "its signature is not valid");
            notServed(request, 401);
        }
        return isValid;
    }

    private static long time(@Nullable String header) {
        try {
            return header == null ? 0 : Long.parseLong(header);
        } catch (NumberFormatException malformed) {
            return 0;
        }
    }

    private Future<Void> handle(HttpServerRequest request, Buffer body, Served current) {
        return switch (request.path()) {
            case NodePaths.CALL -> call(request, body, current);
            case NodePaths.APPLY -> {
                JsonObject json = new JsonObject(body);
                long number = json.getLong("queue");
                yield ifOwned(request, store.shardOf(number), () -> current.work()
                        .apply(number, json.getLong("offset"))
                        .map(applied -> new JsonObject()));
            }
            case NodePaths.ENSURE_QUEUE -> {
                JsonObject json = new JsonObject(body);
                yield ifOwned(request, ShardedStore.CATALOG, () -> current.work()
                        .ensureQueue(json.getString("account"), json.getString("name"), json.getString("jurisdiction"))
                        .map(queue -> new JsonObject().put("queue", queue)));
            }
            case NodePaths.MOVE -> {
                MoveFormat.AddressedMove addressed = MoveFormat.decode(body);
                yield ifOwned(request, store.shardOf(addressed.targetNumber()), () -> current.work()
                        .move(addressed.targetNumber(), addressed.move())
                        .map(result -> new JsonObject().put("result", result.name())));
            }
            default -> {
                notServed(request, 404);
                yield Future.succeededFuture();
            }
        };
    }

    /** First the catalog here becomes at least as new as the one by which the sender has checked the request. */
    private Future<Void> call(HttpServerRequest request, Buffer body, Served current) {
        ForwardedCall call = ForwardedCall.decode(body.slice(NodeRouting.OFFSET_BYTES, body.length()));
        return current.follower().reach(body.getLong(0)).compose(newEnough -> {
            @Nullable OperationPlace place = current.requests().placeOf(call);
            if (place == null) {
                notServed(request, 404);
                return Future.succeededFuture();
            }
            @Nullable Long number = call.queueNumber();
            @Nullable
            QueueDefinition queue = number == null ? null : current.catalog().findByNumber(number);
            boolean isOfCatalog = place == OperationPlace.CATALOG_OWNER || number == null;
            boolean isServed = isOfCatalog
                    ? current.routing().servesCatalog()
                    : queue == null || current.routing().serves(queue);
            if (!isServed) {
                misdirected(request, isOfCatalog || number == null ? ShardedStore.CATALOG : store.shardOf(number));
                return Future.succeededFuture();
            }
            request.response().putHeader(NodeHeaders.SERVED, "1");
            if (number != null && queue == null) {
                current.requests().fail(request, call, new QueueException(call.unknownQueue()));
                return Future.succeededFuture();
            }
            return current.requests().serve(request, call, queue);
        });
    }

    private Future<Void> ifOwned(HttpServerRequest request, int shard, Supplier<Future<JsonObject>> work) {
        if (!store.owns(shard)) {
            misdirected(request, shard);
            return Future.succeededFuture();
        }
        request.response().putHeader(NodeHeaders.SERVED, "1").putHeader(CONTENT_TYPE, JSON);
        return work.get()
                .onSuccess(result -> request.response().end(result.toBuffer()))
                .recover(failure -> {
                    QueueException refusal = failure instanceof QueueException known
                            ? known
                            : new QueueException(QueueError.UNAVAILABLE);
                    JsonObject error = new JsonObject()
                            .put("error", refusal.error().number())
                            .put("message", refusal.getMessage());
                    request.response().setStatusCode(503).end(error.toBuffer());
                    return Future.succeededFuture();
                })
                .mapEmpty();
    }

    private void misdirected(HttpServerRequest request, int shard) {
        request.response().putHeader(NodeHeaders.OWNER, routes.of(shard).orElse(""));
        notServed(request, MISDIRECTED);
    }

    private static void notServed(HttpServerRequest request, int status) {
        if (!request.response().ended() && !request.response().closed()) {
            request.response().setStatusCode(status).end();
        }
    }
}
