package dev.sluice.api;

import dev.sluice.api.auth.Principal;
import dev.sluice.api.control.ControlPlaneOperations;
import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.api.http.Certificates;
import dev.sluice.api.http.ConnectionLimit;
import dev.sluice.api.http.ListenerTransport;
import dev.sluice.api.http.Response;
import dev.sluice.api.http.TrackedConnection;
import dev.sluice.config.Access;
import dev.sluice.config.HttpConfig;
import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.Limits;
import dev.sluice.queue.LimitsBuilder;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.metrics.Meters;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The real HTTP server on a free port, over fakes. Operations on messages are stubs with the behaviours in {@link
 * #behaviours}; without one they fail with the text of the request body. Every JSON response is validated against the
 * contract.
 */
public final class EdgeServer implements AutoCloseable {
    public static final String ACCOUNT = "7f1d2c3b4a5968778695a4b3c2d1e0f9";
    public static final String OTHER_ACCOUNT = "11111111111111111111111111111111";
    public static final String WRITER = "writer-token";
    public static final String READER = "reader-token";
    public static final String ANYWHERE = "anywhere-token";

    static final int REQUEST_BYTES_MAX = 100_000;
    public static final long REQUEST_MEMORY_BYTES = 1 << 20;
    public static final long CONNECTION_BYTES = 64 << 20;

    /** How long a stop waits for requests in progress. */
    static final long STOP_MILLIS = 5_000;

    private static final Map<String, Principal> CALLERS = Map.of(
            WRITER, new Principal("writer", "", Set.of(ACCOUNT), Access.WRITE),
            READER, new Principal("reader", "reader@example.com", Set.of(ACCOUNT), Access.READ),
            ANYWHERE, new Principal("anywhere", "", Set.of("*"), Access.WRITE));

    public final FakeCatalog catalog = new FakeCatalog();
    /** The queues of the server. */
    public final FakeQueues queues = new FakeQueues();

    public final Map<String, Function<OperationCall, Future<Response>>> behaviours = new ConcurrentHashMap<>();
    public final Vertx vertx;
    final HttpClient client = HttpClient.newHttpClient();

    public final RequestMemory memory;
    public final ConnectionLimit connections;

    private final Gateway gateway;
    private final ApiVerticle verticle;

    /** Plain HTTP on any free port. */
    public EdgeServer() {
        this(HttpConfigs.plain());
    }

    public EdgeServer(HttpConfig settings) {
        this(settings, 1000);
    }

    EdgeServer(HttpConfig settings, int connectionsMax) {
        this(settings, connectionsMax, CONNECTION_BYTES);
    }

    public EdgeServer(HttpConfig settings, int connectionsMax, long connectionBytes) {
        this(settings, connectionsMax, connectionBytes, null);
    }

    /** A node of a cluster. */
    EdgeServer(ClusterRouting routing) {
        this(HttpConfigs.plain(), 1000, CONNECTION_BYTES, routing);
    }

    private EdgeServer(
            HttpConfig settings, int connectionsMax, long connectionBytes, @Nullable ClusterRouting routing) {
        vertx = Vertx.builder()
                .withTransport(ListenerTransport.preferNative(256, 8, settings.headerTimeoutMillis()))
                .build();
        memory = memory(connectionBytes);
        Contract contract = ContractResponses.shared().contract();
        gateway = new Gateway(EdgeServer::authenticate, catalog, limits(), memory, new Meters());
        if (routing != null) {
            gateway.inCluster(routing);
        }
        connections = new ConnectionLimit(connectionsMax);
        verticle = new ApiVerticle(
                settings,
                STOP_MILLIS,
                contract,
                gateway,
                () -> operations(contract),
                connections,
                new Meters(),
                settings.tls().map(Certificates::read).orElse(null));
        vertx.deployVerticle(verticle).await();
    }

    public int port() {
        return verticle.actualPort();
    }

    static RequestMemory memory() {
        return memory(CONNECTION_BYTES);
    }

    private static RequestMemory memory(long connectionBytes) {
        return new RequestMemory(
                new ByteBudget(REQUEST_MEMORY_BYTES), new ByteBudget(REQUEST_MEMORY_BYTES), connectionBytes);
    }

    static Limits limits() {
        return LimitsBuilder.documented().requestBytesMax(REQUEST_BYTES_MAX).build();
    }

    private List<OperationBinding> operations(Contract contract) {
        List<OperationBinding> operations = new ArrayList<>(ControlPlaneOperations.operations(
                contract, limits(), catalog, catalog, queues, OTHER_ACCOUNT, ContinuousClock.ofMachine()));
        Stream.of(contract.routes(), BindingRoutes.ALL, ExtensionRoutes.ALL)
                .flatMap(List::stream)
                .filter(route -> route.scope() == Route.RouteScope.MESSAGES || ExtensionRoutes.ALL.contains(route))
                .forEach(route -> operations.add(StubOperation.of(
                        route.operationId(), Access.WRITE, call -> behave(route.operationId(), call))));
        return operations;
    }

    private Future<Response> behave(String operationId, OperationCall call) {
        return behaviours
                .getOrDefault(
                        operationId,
                        echoed -> Future.failedFuture(new EdgeException(
                                EdgeError.MESSAGE_BODY_INVALID, echoed.body().length() + " bytes")))
                .apply(call);
    }

    private static Principal authenticate(HttpServerRequest request) {
        String header = request.getHeader("authorization");
        if (header == null) {
            throw new EdgeException(EdgeError.CREDENTIALS_MISSING);
        }
        Principal caller = CALLERS.get(header.substring("Bearer ".length()));
        if (caller == null) {
            throw new EdgeException(EdgeError.NOT_AUTHORIZED);
        }
        return caller;
    }

    /** Sends a request with the token for writing. The path is below {@code /client/v4/accounts/ACCOUNT}. */
    public Reply send(String method, String path, String body) {
        return sendTo(method, "/client/v4/accounts/" + ACCOUNT + path, WRITER, body);
    }

    /** Gets a path below the account. */
    public Reply get(String path) {
        return send("GET", path, null);
    }

    /** Sends a request to any path, with a token or without one. */
    public Reply sendTo(String method, String path, String token, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (token != null) {
            request.header("authorization", "Bearer " + token);
        }
        return send(request.build());
    }

    Reply send(HttpRequest request) {
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            return new Reply(ContractResponses.shared().check(response));
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Sets the behaviour of an operation on messages. */
    public void respondWith(String operationId, Function<OperationCall, Future<Response>> behaviour) {
        behaviours.put(operationId, behaviour);
    }

    /** The open connections; to be used on their event loop, or by polling. */
    public Collection<TrackedConnection> openConnections() {
        return gateway.connections().all();
    }

    /** Runs the task when the next bytes arrive, before any other handler reads them. */
    public static void failOnNextBytes(Runnable failure) {
        EdgeServer edge = new EdgeServer();
        edge.get("/queues");
        edge.gateway.connections().all().forEach(each -> each.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                failure.run();
            }
        }));
        edge.get("/queues");
    }

    /** Creates a queue. Returns its id. */
    public String queue(String name) {
        return send("POST", "/queues", new JsonObject().put("queue_name", name).encode())
                .result()
                .getString("queue_id");
    }

    /** Removes everything that a test created. */
    public void clear() {
        catalog.clear();
        queues.metrics.clear();
        queues.purges.clear();
        behaviours.clear();
    }

    @Override
    public void close() {
        vertx.close().await();
    }

    /** A response that is valid according to the contract. */
    public record Reply(HttpResponse<String> response) {
        public int status() {
            return response.statusCode();
        }

        public JsonObject envelope() {
            return new JsonObject(response.body());
        }

        public JsonObject result() {
            return envelope().getJsonObject("result");
        }

        JsonObject error() {
            return envelope().getJsonArray("errors").getJsonObject(0);
        }

        public int code() {
            return error().getInteger("code");
        }

        public String message() {
            return error().getString("message");
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }
    }
}
