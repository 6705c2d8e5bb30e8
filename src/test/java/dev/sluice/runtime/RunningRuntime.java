package dev.sluice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.TestTimeout;
import dev.sluice.queue.Ack;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.LeaseId;
import dev.sluice.queue.Limits;
import dev.sluice.queue.NewMessage;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueSettings;
import dev.sluice.queue.QueueState;
import dev.sluice.runtime.bus.CatalogClient;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.delivery.WorkerTarget;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.store.QueueStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A runtime on real event loops, used like the edge does, but with blocking calls. */
public final class RunningRuntime implements AutoCloseable {
    public static final String ACCOUNT = "a".repeat(32);

    final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    final Meters meters = new Meters();
    public final QueueRuntime runtime;
    private final ContinuousClock clock;

    public RunningRuntime(QueueStore store) {
        this(store, options(60_000, 4096), Limits.DOCUMENTED);
    }

    public RunningRuntime(QueueStore store, RuntimeOptions options, Limits limits) {
        this(store, options, limits, ContinuousClock.ofMachine());
    }

    public RunningRuntime(QueueStore store, RuntimeOptions options, Limits limits, ContinuousClock clock) {
        this.clock = clock;
        RuntimeResources resources = new RuntimeResources(
                store, limits, MemoryBudgets.unbounded(), options, WorkerTarget.Directory.EMPTY, clock, meters);
        runtime = get(QueueRuntime.start(vertx, resources, false));
    }

    /** A node of a cluster. */
    public RunningRuntime(QueueRuntime.ClusterParts cluster) {
        this.clock = ContinuousClock.ofMachine();
        RuntimeResources resources = new RuntimeResources(
                cluster.store(),
                Limits.DOCUMENTED,
                MemoryBudgets.unbounded(),
                options(60_000, 4096),
                WorkerTarget.Directory.EMPTY,
                clock,
                meters);
        runtime = get(QueueRuntime.start(vertx, resources, false, cluster));
    }

    public static RuntimeOptions options(long idleMillis, int inFlightMax) {
        return new RuntimeOptions(inFlightMax, 64L << 20, 0, 10_000, idleMillis, QueueState.WINDOW_MESSAGES_MAX);
    }

    public static <T> T get(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(TestTimeout.SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof QueueException refusal) {
                throw refusal;
            }
            throw new AssertionError(failed.getCause());
        } catch (InterruptedException | TimeoutException tooLate) {
            throw new AssertionError(tooLate);
        }
    }

    /** Returns the error of a future that must fail. */
    public static QueueError refusal(Future<?> future) {
        try {
            get(future);
        } catch (QueueException refusal) {
            return refusal.error();
        }
        throw new AssertionError("it succeeded");
    }

    public QueueDefinition create(String name) {
        return get(runtime.catalogClient().createQueue(ACCOUNT, name, QueueSettings.DEFAULT, ""));
    }

    /** A queue with a pull consumer. */
    public QueueDefinition createPulled(String name, int maxRetries, String deadLetterQueue) {
        QueueDefinition queue = create(name);
        consume(queue, maxRetries, deadLetterQueue);
        return runtime.catalog().find(ACCOUNT, queue.queueId());
    }

    public Consumer consume(QueueDefinition queue, int maxRetries, String deadLetterQueue) {
        return get(runtime.catalogClient().createConsumer(ACCOUNT, queue.queueId(), spec(maxRetries, deadLetterQueue)));
    }

    public static CatalogClient.ConsumerSpec spec(int maxRetries, String deadLetterQueue) {
        return new CatalogClient.ConsumerSpec(
                ConsumerType.HTTP_PULL,
                "",
                deadLetterQueue,
                new ConsumerSettings(5, maxRetries, 0, 30_000, 5_000, ConsumerSettings.CONCURRENCY_UNSET));
    }

    static NewMessage message(String body) {
        return new NewMessage(
                body.hashCode(), 1, ContentType.TEXT, body.getBytes(StandardCharsets.UTF_8), NewMessage.DELAY_UNSET);
    }

    public Future<?> pushing(QueueDefinition queue, String body) {
        return runtime.queueClient().push(queue, List.of(message(body)));
    }

    public void push(QueueDefinition queue, String... bodies) {
        List<NewMessage> messages = new ArrayList<>();
        for (String body : bodies) {
            messages.add(message(body));
        }
        get(runtime.queueClient().push(queue, messages));
    }

    public List<QueueClient.Delivery> pull(QueueDefinition queue, int leaseMillis) {
        QueueClient.Delivered delivered = get(pulling(queue, 100, leaseMillis));
        delivered.pending().sent();
        return delivered.deliveries();
    }

    /** A pull whose response is not reported yet. */
    public Future<QueueClient.Delivered> pulling(QueueDefinition queue, int batchSize, int leaseMillis) {
        return runtime.queueClient().pull(queue, batchSize, leaseMillis, content -> content.body().length);
    }

    public static List<String> bodies(List<QueueClient.Delivery> deliveries) {
        return deliveries.stream()
                .map(delivery -> new String(delivery.message().content().body(), StandardCharsets.UTF_8))
                .toList();
    }

    public void ack(QueueDefinition queue, List<QueueClient.Delivery> deliveries) {
        List<LeaseId> leases = deliveries.stream()
                .map(delivery -> new LeaseId(delivery.message().header().seq(), delivery.delivery()))
                .toList();
        Ack.AckReply reply = get(runtime.queueClient().ack(queue, new Ack(leases, List.of())));
        assertThat(reply.ackCount()).isEqualTo(leases.size());
    }

    long nowMillis() {
        return clock.nowMillis();
    }

    public long backlog(QueueDefinition queue) {
        return get(runtime.queueClient().metrics(queue)).backlogCount();
    }

    public QueueDefinition find(String name) {
        return runtime.catalog().findByName(ACCOUNT, name);
    }

    /** Stops the runtime; the store stays open. */
    @Override
    public void close() {
        get(runtime.close());
        get(vertx.close());
    }
}
