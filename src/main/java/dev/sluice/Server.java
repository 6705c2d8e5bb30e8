package dev.sluice;

import dev.sluice.api.ApiVerticle;
import dev.sluice.api.Contract;
import dev.sluice.api.Gateway;
import dev.sluice.api.OperationBinding;
import dev.sluice.api.Pages;
import dev.sluice.api.RequestMemory;
import dev.sluice.api.auth.ConsoleSessions;
import dev.sluice.api.auth.Credentials;
import dev.sluice.api.auth.SessionAuthenticator;
import dev.sluice.api.binding.BindingOperations;
import dev.sluice.api.control.ControlPlaneOperations;
import dev.sluice.api.control.ResetAccount;
import dev.sluice.api.extension.ExtensionOperations;
import dev.sluice.api.extension.TokenAdministration;
import dev.sluice.api.http.Certificates;
import dev.sluice.api.http.ConnectionLimit;
import dev.sluice.api.http.ListenerTransport;
import dev.sluice.api.http.RefusedLogins;
import dev.sluice.api.message.MessageOperations;
import dev.sluice.api.page.ConsolePages;
import dev.sluice.api.page.ContractPages;
import dev.sluice.config.HttpConfig;
import dev.sluice.config.ServerConfig;
import dev.sluice.config.StorageConfig.Engine;
import dev.sluice.management.ManagementVerticle;
import dev.sluice.management.QueueSource;
import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.MemoryBudgets;
import dev.sluice.runtime.QueueRuntime;
import dev.sluice.runtime.RuntimeOptions;
import dev.sluice.runtime.RuntimeResources;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.runtime.metrics.MetricDescription;
import dev.sluice.store.CommitMeter;
import dev.sluice.store.OpenFileLimit;
import dev.sluice.store.QueueStore;
import dev.sluice.store.rocksdb.RocksDbStore;
import dev.sluice.telemetry.Telemetry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The composition root. Opens store, runtime, management port and API in this order and closes them in reverse order,
 * so that no part serves requests before the resources that it depends on.
 */
public final class Server {
    private static final long VERTX_CLOSE_SECONDS_MAX = 2;

    /** Open connections and HTTP/2 streams may use at most 1/4 of the heap, without their requests. */
    private static final int CONNECTIONS_SHARE = 4;

    private final ServerConfig config;
    private final Optional<Certificates> certificates;
    private final QueueStore store;
    private final Optional<GeneratedCredentials> generatedCredentials;
    private final Vertx vertx;
    private final Meters meters;
    private final ContinuousClock clock;
    private final Telemetry telemetry;
    private final ConsoleSessions sessions = new ConsoleSessions(System::nanoTime);
    private final LiveSettings live;
    private final RefusedLogins refusedLogins = new RefusedLogins(System::nanoTime);

    @SuppressWarnings("NullAway.Init") // Set by the start; null if that failed before.
    private QueueRuntime runtime;

    /** Null unless several nodes share the store. */
    private volatile @Nullable ServerNode node;

    private @Nullable String apiDeployment;
    /** Whether the listeners of all event loops are open. Before that the server is not ready. */
    private volatile boolean listening;

    private volatile boolean stopping;

    private int port;
    private int managementPort;

    private Server(
            ServerConfig config,
            Optional<Certificates> certificates,
            QueueStore store,
            Optional<GeneratedCredentials> generatedCredentials,
            Vertx vertx,
            ContinuousClock clock,
            Meters meters,
            Telemetry telemetry) {
        this.telemetry = telemetry;
        this.config = config;
        this.certificates = certificates;
        this.store = store;
        this.generatedCredentials = generatedCredentials;
        this.vertx = vertx;
        this.clock = clock;
        this.meters = meters;
        this.live = new LiveSettings(vertx, config, generatedCredentials.isPresent(), clock);
    }

    /**
     * Opens all resources; completes when the API accepts requests. Blocks while the store opens, so it must not run on an
     * event loop. After a failure the resources that are open are closed again.
     */
    public static CompletionStage<Server> start(ServerConfig config) {
        return start(config, ContinuousClock.ofMachine());
    }

    /** The same with a clock that the caller can move forward, followed by {@link #checkDeadlines}. */
    public static CompletionStage<Server> start(ServerConfig config, ContinuousClock clock) {
        return start(config, clock, Map.of());
    }

    /**
     * The same for a process of its own.
     *
     * @param environment its variables; those of OpenTelemetry decide whether traces are exported
     */
    public static CompletionStage<Server> start(
            ServerConfig config, ContinuousClock clock, Map<String, String> environment) {
        LoopbackGuard.refuseWithoutCredentials(config);
        LoopbackGuard.refuseOpenInternalPort(config);
        PortCheck.requireFree(config);
        Optional<Certificates> certificates = config.http().tls().map(Certificates::read);
        Meters meters = new Meters();
        Telemetry telemetry = Telemetry.open(environment);
        CommitMeter commits = new ObservedCommits(meters, telemetry.tracing());
        // The store is opened before Vert.x only if Netty needs the store's directory for its libraries: that order is
        // slower.
        boolean storeFirst = config.storage().engine() == Engine.ROCKSDB && !NettyLibraries.canBeLoaded();
        Optional<QueueStore> opened = storeFirst ? Optional.of(StoreEngines.open(config, commits)) : Optional.empty();
        try {
            if (storeFirst) {
                NettyLibraries.unpackIn(
                        RocksDbStore.nativeLibraries(config.storage().directory()));
            }
            if (certificates.isPresent()) {
                NettyLibraries.requireTls();
            }
        } catch (RuntimeException | Error failure) {
            opened.ifPresent(QueueStore::close);
            telemetry.close();
            throw failure;
        }
        Vertx vertx = newVertx(config.http());
        // Loading the contract takes as long as opening the store, so both run at the same time.
        Future<Contract> contract = Contract.load(vertx);
        Server server;
        try {
            QueueStore store = opened.orElseGet(() -> StoreEngines.open(config, commits));
            server = withStore(config, certificates, store, vertx, clock, meters, telemetry);
        } catch (RuntimeException | Error failure) {
            telemetry.close();
            // Not before the contract is loaded: a result for a closed event loop would be logged as an error.
            contract.onComplete(read -> vertx.close());
            throw failure;
        }
        CompletableFuture<Server> started = new CompletableFuture<>();
        server.open(contract)
                .onSuccess(listening -> started.complete(server))
                .onFailure(failure -> contract.onComplete(read ->
                        server.close().whenComplete((closed, ignored) -> started.completeExceptionally(failure))));
        return started;
    }

    private static Server withStore(
            ServerConfig config,
            Optional<Certificates> certificates,
            QueueStore store,
            Vertx vertx,
            ContinuousClock clock,
            Meters meters,
            Telemetry telemetry) {
        try {
            return new Server(
                    config, certificates, store, generatedCredentials(config), vertx, clock, meters, telemetry);
        } catch (RuntimeException failure) {
            store.close();
            throw failure;
        }
    }

    /** The store must be open: its lock proves that the directory belongs to this process. */
    private static Optional<GeneratedCredentials> generatedCredentials(ServerConfig config) {
        return config.auth().isEmpty()
                ? Optional.of(GeneratedCredentials.open(config.storage(), new SecureRandom()))
                : Optional.empty();
    }

    private static Vertx newVertx(HttpConfig http) {
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(http.eventLoops())
                // Files of the jar are read directly. Vert.x would create a directory to unpack them, and a killed
                // process would leave it behind.
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false));
        return Vertx.builder()
                .with(options)
                .withTransport(ListenerTransport.preferNative(
                        ConnectionLimits.ofProcess().pending(),
                        ConnectionLimits.HANDSHAKES_MAX,
                        http.headerTimeoutMillis()))
                .build();
    }

    private Future<Void> open(Future<Contract> contract) {
        RuntimeResources resources = new RuntimeResources(
                store,
                config.limits(),
                MemoryBudgets.of(config.windowBytes(), config.requestBytes()),
                RuntimeOptions.DEFAULT.withFreeBytesMin(config.storage().freeBytesMin()),
                live.workers(),
                clock,
                meters,
                telemetry.tracing());
        return ServerNode.start(vertx, config, resources)
                .compose(started -> {
                    runtime = started.runtime();
                    node = started.node();
                    return started.makesDeclaredQueues()
                            ? provisioner().provision(config.queues())
                            : Future.succeededFuture();
                })
                .compose(declared -> openManagement())
                .compose(managed -> contract)
                .compose(loaded -> pages().compose(pages -> openApi(loaded, pages)));
    }

    private Future<Pages> pages() {
        return config.consoleEnabled()
                ? ConsolePages.load(vertx, sessions, refusedLogins)
                        .map(console -> console.and(new ContractPages(vertx)))
                : Future.succeededFuture(Pages.NONE);
    }

    private QueueProvisioner provisioner() {
        return new QueueProvisioner(runtime.catalog(), runtime.catalogClient(), defaultAccountId());
    }

    /** The account of declared queues that name none. */
    public Optional<String> defaultAccountId() {
        return config.auth().account().or(() -> generatedCredentials.map(GeneratedCredentials::accountId));
    }

    /** Called after store and management port are open, so that their open files are counted. */
    private int connectionsMax() {
        return ConnectionLimits.ofProcess()
                .toApi(
                        config.http().connectionsMax(),
                        OpenFileLimit.open(),
                        config.workers().size() * LiveSettings.connectionsToWorker(config),
                        config.http().tls().isPresent());
    }

    private Future<Void> openManagement() {
        ServerMeters own = new ServerMeters(meters);
        own.addBuild();
        own.addStore(store, config);
        own.addCertificate(certificates);
        own.addAccessLog(live.accessLog());
        ManagementVerticle management = new ManagementVerticle(
                        config.management(),
                        config.http(),
                        meters,
                        new QueueSource(() -> runtime.backlogs().readAll(), clock::nowMillis),
                        this::unreadyReason,
                        new ManagementAccess(credentials(), new Owners(generatedCredentials)),
                        this::copyTo)
                .withReload(live::reload);
        return vertx.deployVerticle(management)
                .recover(failure -> Future.failedFuture(StartException.listening(
                        "management.port",
                        config.management().host(),
                        config.management().port(),
                        failure)))
                .onSuccess(id -> managementPort = management.port())
                .mapEmpty();
    }

    private Future<Void> openApi(Contract contract, Pages pages) {
        HttpConfig http = config.http();
        ConnectionLimit connections = new ConnectionLimit(connectionsMax());
        RequestMemory memory = new RequestMemory(
                new ByteBudget(config.requestBytes()),
                new ByteBudget(config.requestBytes()),
                Runtime.getRuntime().maxMemory() / CONNECTIONS_SHARE / http.eventLoops());
        new ServerMeters(meters).addConnections(connections, memory.responses());
        if (node != null) {
            node.serve(runtime, memory, meters, telemetry.tracing(), contract, () -> operations(contract));
        }
        ConcurrentLinkedQueue<ApiVerticle> instances = new ConcurrentLinkedQueue<>();
        Supplier<ApiVerticle> perEventLoop = () -> {
            Gateway gateway = new Gateway(
                    new SessionAuthenticator(sessions, credentials()),
                    runtime.catalog(),
                    config.limits(),
                    memory,
                    meters,
                    live.accessLog(),
                    refusedLogins,
                    telemetry.tracing());
            if (node != null) {
                gateway.inCluster(node.routing(runtime));
            }
            ApiVerticle instance = new ApiVerticle(
                            http,
                            Math.max(1, config.shutdownTimeoutMillis() / 2),
                            contract,
                            gateway,
                            () -> operations(contract),
                            connections,
                            meters,
                            certificates.orElse(null))
                    .withPages(pages);
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
                    listening = true;
                })
                .mapEmpty();
    }

    private List<OperationBinding> operations(Contract contract) {
        List<OperationBinding> operations = new ArrayList<>(ControlPlaneOperations.operations(
                contract,
                config.limits(),
                runtime.catalog(),
                runtime.catalogClient(),
                runtime.queueClient(),
                defaultAccountId().orElse(""),
                clock));
        operations.addAll(MessageOperations.forEventLoop(
                runtime.queueClient(), config.limits(), config.messages(), runtime.installationKey(), clock));
        operations.addAll(BindingOperations.forEventLoop(runtime.queueClient(), config.limits(), clock));
        operations.addAll(ExtensionOperations.forEventLoop(runtime, clock, sessions, tokenAdministration()));
        if (config.devMode()) {
            AccountReset reset = new AccountReset(
                    runtime.catalog(), runtime.catalogClient(), runtime.queueClient(), provisioner(), config.queues());
            operations.add(OperationBinding.writing("accounts-reset", new ResetAccount(reset::reset)));
        }
        return operations;
    }

    private TokenAdministration tokenAdministration() {
        return new TokenAdministration(
                runtime.tokens(),
                runtime.catalogClient(),
                live::auth,
                new Owners(generatedCredentials)::isOwner,
                clock);
    }

    private Credentials credentials() {
        return new Credentials(
                live::auth,
                generatedCredentials.map(GeneratedCredentials::credential),
                runtime.tokens(),
                clock::nowMillis);
    }

    private Optional<String> unreadyReason() {
        if (stopping) {
            return Optional.of("stopping");
        }
        if (!listening) {
            return Optional.of("starting");
        }
        return store.failure().or(() -> node == null ? Optional.empty() : node.failure());
    }

    /** Copies the generated credentials too: without them the copy could not be accessed. */
    private void copyTo(Path directory) {
        store.copyTo(directory);
        generatedCredentials
                .flatMap(GeneratedCredentials::file)
                .ifPresent(file -> GeneratedCredentials.copy(file, directory));
    }

    /** What the documents say about the metrics. */
    List<MetricDescription> metrics() {
        return meters.descriptions();
    }

    /** The actual port of the API. */
    public int port() {
        return port;
    }

    /** The actual port for health and metrics. */
    public int managementPort() {
        return managementPort;
    }

    /** The queues of an account now, by creation time. */
    public List<QueueDefinition> queues(String accountId) {
        return runtime.catalog().list(accountId);
    }

    /** Makes the queues handle what is due now, after the clock was moved. */
    public CompletionStage<Void> checkDeadlines() {
        return runtime.checkDeadlines().toCompletionStage();
    }

    /** The certificates, which a configuration reload updates; empty without TLS. */
    public Optional<Certificates> certificates() {
        return certificates;
    }

    /** What a reload of the configuration replaces. */
    public LiveSettings live() {
        return live;
    }

    /** Uses other targets of worker consumers from now on. Completes when all queues do. */
    public Future<Void> reloadWorkers(ServerConfig changed) {
        live.replaceWorkers(changed);
        return runtime.catalogClient().refreshWorkers();
    }

    /** The generated account and token; empty if credentials are configured. */
    public Optional<GeneratedCredentials> generatedCredentials() {
        return generatedCredentials;
    }

    /**
     * A new one-time code that opens the console with the generated credentials; empty if credentials are configured,
     * or the console is off.
     */
    public Optional<String> consoleCode() {
        return generatedCredentials
                .filter(generated -> config.consoleEnabled())
                .map(GeneratedCredentials::credential)
                .map(Credentials::callerOf)
                .map(sessions::newCode);
    }

    /**
     * Closes all resources: readiness ends, no new connections are accepted, requests in progress get their responses,
     * queues stop, the store is flushed and closed. Never fails; errors are logged where they occur.
     */
    public CompletionStage<Void> close() {
        stopping = true;
        CompletableFuture<Void> closed = new CompletableFuture<>();
        (node == null ? Future.succeededFuture() : node.leave())
                .eventually(() -> apiDeployment == null ? Future.succeededFuture() : vertx.undeploy(apiDeployment))
                .eventually(() -> runtime == null ? Future.succeededFuture() : runtime.close())
                .eventually(() -> vertx.executeBlocking(() -> {
                    live.accessLog().stop();
                    store.close();
                    return null;
                }))
                // After Vert.x is closed its event loops run no callbacks, so this future must not depend on one of its
                // futures.
                .eventually(() -> Future.fromCompletionStage(telemetry.close(), vertx.getOrCreateContext()))
                .onComplete(storeClosed -> {
                    vertx.close().onComplete(ignored -> closed.complete(null));
                    // The store is closed at this point, and Vert.x does not close while a request waits for a
                    // connection.
                    closed.completeOnTimeout(null, VERTX_CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
                });
        return closed;
    }
}
