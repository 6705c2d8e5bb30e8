package dev.sluice;

import dev.sluice.api.Access;
import dev.sluice.api.ApiVerticle;
import dev.sluice.api.Connections;
import dev.sluice.api.Contract;
import dev.sluice.api.Credentials;
import dev.sluice.api.Gateway;
import dev.sluice.api.MessagesFormat;
import dev.sluice.api.Operation;
import dev.sluice.api.RequestMemory;
import dev.sluice.api.operation.ControlPlane;
import dev.sluice.api.operation.MessageOperations;
import dev.sluice.config.AuthConfig;
import dev.sluice.config.HttpConfig;
import dev.sluice.config.MessagesConfig;
import dev.sluice.config.ServerConfig;
import dev.sluice.config.StorageConfig;
import dev.sluice.management.ManagementVerticle;
import dev.sluice.runtime.Meters;
import dev.sluice.runtime.ProcessBudget;
import dev.sluice.runtime.QueueRuntime;
import dev.sluice.runtime.RuntimeOptions;
import dev.sluice.runtime.RuntimeParts;
import dev.sluice.runtime.Transit;
import dev.sluice.store.Durability;
import dev.sluice.store.OpenFileLimit;
import dev.sluice.store.QueueStore;
import dev.sluice.store.memory.MemoryStore;
import dev.sluice.store.rocksdb.RocksDbStore;
import dev.sluice.worker.HttpWorkers;
import dev.sluice.worker.WorkerEndpoint;
import io.netty.handler.ssl.OpenSsl;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * The composition root: opens in order, closes in reverse. Store, runtime, management, API; so that nothing answers before
 * everything below it does.
 */
public final class Server {
    private final ServerConfig config;
    private final QueueStore store;
    private final Optional<Installation> installation;
    private final Vertx vertx;
    private final Meters meters;
    private final Transit transit;
    private QueueRuntime runtime;
    private String apiDeployment;
    private volatile boolean stopping;
    private int port;
    private int managementPort;

    private Server(
            ServerConfig config, QueueStore store, Optional<Installation> installation, Vertx vertx, Meters meters) {
        this.config = config;
        this.store = store;
        this.installation = installation;
        this.vertx = vertx;
        this.meters = meters;
        this.transit = Transit.of(config.requestBytes());
    }

    /**
     * Opens everything; completes when requests are answered. Blocks while the store opens, so it is not for event loops. What
     * was opened before a failure is closed again.
     */
    public static CompletionStage<Server> start(ServerConfig config) {
        NetworkExposure.refuseWithoutCredentials(config);
        ListenAddresses.requireFree(config);
        if (config.http().tls().isPresent()) {
            // Loads native code, which would hold up an event loop.
            OpenSsl.ensureAvailability();
        }
        Vertx vertx = newVertx(config.http());
        // Reading the contract takes as long as opening the store; they go side by side.
        Future<Contract> contract = Contract.load(vertx);
        Server server;
        try {
            server = onStore(config, vertx);
        } catch (RuntimeException failure) {
            vertx.close();
            throw failure;
        }
        CompletableFuture<Server> started = new CompletableFuture<>();
        server.open(contract).onSuccess(opened -> started.complete(server)).onFailure(failure -> server.close()
                .whenComplete((closed, ignored) -> started.completeExceptionally(failure)));
        return started;
    }

    private static Server onStore(ServerConfig config, Vertx vertx) {
        Meters meters = new Meters();
        QueueStore store = openStore(config.storage(), meters);
        try {
            Optional<Installation> installation = config.auth().isEmpty()
                    ? Optional.of(Installation.open(config.storage(), new SecureRandom()))
                    : Optional.empty();
            return new Server(config, store, installation, vertx, meters);
        } catch (RuntimeException failure) {
            store.close();
            throw failure;
        }
    }

    private static QueueStore openStore(StorageConfig storage, Meters meters) {
        return switch (storage.engine()) {
            case MEMORY -> new MemoryStore();
            case ROCKSDB ->
                RocksDbStore.open(
                        storage.directory(),
                        storage.durability() == StorageConfig.Durability.FSYNC ? Durability.FSYNC : Durability.ASYNC,
                        meters::countCommit);
        };
    }

    private static Vertx newVertx(HttpConfig http) {
        return Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(http.eventLoops()));
    }

    private Future<Void> open(Future<Contract> contract) {
        RuntimeParts parts = new RuntimeParts(
                store,
                config.limits(),
                new ProcessBudget(config.windowBytes()),
                RuntimeOptions.DEFAULT.withFreeBytesMin(config.storage().freeBytesMin()),
                workers(),
                transit,
                meters);
        return QueueRuntime.start(vertx, parts, config.messages().strictQueueNames())
                .compose(started -> {
                    runtime = started;
                    return new Declarations(runtime.catalog(), runtime.catalogClient(), installation)
                            .carryOut(config.queues());
                })
                .compose(declared -> openManagement())
                .compose(managed -> contract)
                .compose(this::openApi);
    }

    private HttpWorkers workers() {
        Map<String, WorkerEndpoint> endpoints = new HashMap<>();
        config.workers()
                .forEach((scriptName, worker) -> endpoints.put(
                        scriptName,
                        new WorkerEndpoint(worker.url(), worker.key().value(), worker.timeoutMillis())));
        return new HttpWorkers(vertx, endpoints, config.limits(), connectionsToWorker());
    }

    private int connectionsToWorker() {
        return ConnectionLimits.ofProcess()
                .toWorker(Math.max(1, config.workers().size()), config.limits().concurrencyMax());
    }

    /** Store and management port are open, so that what they take is known. */
    private int connectionsMax() {
        return ConnectionLimits.ofProcess()
                .toApi(
                        config.http().connectionsMax(),
                        OpenFileLimit.open(),
                        config.workers().size() * connectionsToWorker(),
                        config.http().tls().isPresent());
    }

    private Future<Void> openManagement() {
        ManagementVerticle management = new ManagementVerticle(
                ApiSettings.ofManagement(config.management(), config.http()),
                meters,
                this::unready,
                new ManagementAccess(credentials(), installation),
                this::copyTo);
        return vertx.deployVerticle(management)
                .recover(failure -> Future.failedFuture(StartException.listening(
                        "management.port",
                        config.management().host(),
                        config.management().port(),
                        failure)))
                .onSuccess(id -> managementPort = management.port())
                .mapEmpty();
    }

    private Future<Void> openApi(Contract contract) {
        HttpConfig http = config.http();
        Connections connections =
                new Connections(connectionsMax(), http.tls().isPresent() ? ConnectionLimits.HANDSHAKES_MAX : 0);
        meters.gauge(
                "sluice_store_failed",
                "1 while nothing can be stored.",
                () -> store.failure().isPresent() ? 1 : 0);
        meters.gauge("sluice_store_reopenings", "Times the store was opened again in place.", store::generation);
        meters.gauge("sluice_open_connections", "Open connections of the API.", connections::open);
        RequestMemory memory = new RequestMemory(new ProcessBudget(config.requestBytes()), transit.answers());
        ConcurrentLinkedQueue<ApiVerticle> instances = new ConcurrentLinkedQueue<>();
        Supplier<ApiVerticle> perEventLoop = () -> {
            Gateway gateway = new Gateway(credentials(), runtime.catalog(), config.limits(), memory);
            ApiVerticle instance = new ApiVerticle(
                    ApiSettings.of(http, config.shutdownTimeoutMillis()),
                    contract,
                    gateway,
                    () -> operations(contract),
                    connections,
                    meters);
            instances.add(instance);
            return instance;
        };
        return vertx.deployVerticle(perEventLoop, new DeploymentOptions().setInstances(http.eventLoops()))
                .recover(failure -> Future.failedFuture(
                        failure instanceof IllegalStateException
                                ? failure
                                : StartException.listening("http.port", http.host(), http.port(), failure)))
                .onSuccess(id -> {
                    apiDeployment = id;
                    port = instances.peek().actualPort();
                })
                .mapEmpty();
    }

    private List<Operation> operations(Contract contract) {
        MessagesConfig messages = config.messages();
        MessagesFormat format = new MessagesFormat(
                messages.jsonBodyEncoding() == MessagesConfig.JsonBodyEncoding.PLAIN, messages.strictJsonBodies());
        List<Operation> operations = new ArrayList<>(ControlPlane.operations(
                contract,
                config.limits(),
                runtime.catalog(),
                runtime.catalogClient(),
                runtime.queueClient(),
                installation.map(Installation::accountId).orElse("")));
        operations.addAll(MessageOperations.forEventLoop(
                runtime.queueClient(), config.limits(), format, runtime.installationKey()));
        return operations;
    }

    private Credentials credentials() {
        AuthConfig auth = config.auth();
        List<Credentials.Token> tokens = new ArrayList<>();
        List<Credentials.EmailKey> pairs = new ArrayList<>();
        Set<String> everyAccount = Set.of("*");
        auth.token()
                .ifPresent(token -> tokens.add(new Credentials.Token(
                        "auth.token", Credentials.sha256Hex(token.value()), everyAccount, Access.WRITE, "")));
        installation.ifPresent(made -> tokens.add(new Credentials.Token(
                "installation",
                Credentials.sha256Hex(made.token().value()),
                Set.of(made.accountId()),
                Access.WRITE,
                "")));
        for (AuthConfig.Token token : auth.tokens()) {
            Access access = token.access() == AuthConfig.TokenAccess.WRITE ? Access.WRITE : Access.READ;
            tokens.add(new Credentials.Token(token.name(), token.sha256(), token.accounts(), access, ""));
        }
        auth.emailAndKey()
                .ifPresent(pair -> pairs.add(new Credentials.EmailKey(
                        "auth.email",
                        pair.email(),
                        Credentials.sha256Hex(pair.key().value()),
                        everyAccount,
                        Access.WRITE)));
        return new Credentials(tokens, pairs);
    }

    private Optional<String> unready() {
        return stopping ? Optional.of("stopping") : store.failure();
    }

    /** Without the made credentials a copy would be a store that nobody can get into. */
    private void copyTo(Path directory) {
        store.copyTo(directory);
        installation.flatMap(Installation::file).ifPresent(file -> Installation.copy(file, directory));
    }

    /** The port of the API. */
    public int port() {
        return port;
    }

    /** The port of health and metrics. */
    public int managementPort() {
        return managementPort;
    }

    /** The generated account and token, if no credentials are configured. */
    public Optional<Installation> installation() {
        return installation;
    }

    /**
     * Closes everything: unready, no new connections, requests under way answered, queues down, store flushed and closed. Never
     * fails; what goes wrong on the way is logged where it happens.
     */
    public CompletionStage<Void> close() {
        stopping = true;
        CompletableFuture<Void> closed = new CompletableFuture<>();
        Future<?> edge = apiDeployment == null ? Future.succeededFuture() : vertx.undeploy(apiDeployment);
        edge.eventually(() -> runtime == null ? Future.succeededFuture() : runtime.close())
                .eventually(() -> vertx.executeBlocking(() -> {
                    store.close();
                    return null;
                }))
                // Once Vert.x is closed its event loops take no callbacks, so nobody may wait on a future of theirs.
                .onComplete(stored -> vertx.close().onComplete(gone -> closed.complete(null)));
        return closed;
    }
}
