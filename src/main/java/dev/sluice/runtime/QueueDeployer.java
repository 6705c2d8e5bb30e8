package dev.sluice.runtime;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueHead;
import dev.sluice.runtime.bus.QueueGate;
import dev.sluice.runtime.bus.QueueGates;
import dev.sluice.runtime.catalog.CatalogView;
import dev.sluice.runtime.deadletter.DeadLetterTransport;
import dev.sluice.runtime.queue.EventLoopScheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the map from queue to verticle: brings a queue up on first use, takes it down when it idles or is deleted, and wakes it
 * when its deadline comes. One change is under way per queue at a time. Runs on one event loop.
 */
public final class QueueDeployer extends VerticleBase {
    public static final String ADDRESS = "sluice.deployer";

    private static final Logger LOG = LoggerFactory.getLogger(QueueDeployer.class);
    private static final long DRAIN_POLL_MILLIS = 2;
    private static final int SWEEP_MAX = 256;

    /** What the deployer understands. */
    sealed interface DeployerRequest {
        /** The queue it is about. */
        long queueNumber();
    }

    /** Bring the queue up; answers true when it takes requests. */
    public record Activate(long queueNumber) implements DeployerRequest {}

    /** Take the queue down for good; answers true when nothing of it is left in memory. */
    public record Remove(long queueNumber) implements DeployerRequest {}

    /** Wait for a change under way; answers whether the queue is up then. */
    public record AwaitTransition(long queueNumber) implements DeployerRequest {}

    private record Deployed(QueueVerticle verticle, String deploymentId) {}

    private final CatalogView catalog;
    private final QueueGates slots;
    private final RuntimeResources parts;
    private final Admission admission;
    private final DeadLetterTransport post;
    private final Map<Long, Deployed> deployed = new HashMap<>();
    private final Map<Long, Future<?>> changes = new HashMap<>();
    private final ActivationTimer calendar;

    QueueDeployer(
            CatalogView catalog,
            QueueGates slots,
            RuntimeResources parts,
            Admission admission,
            DeadLetterTransport post) {
        this.catalog = catalog;
        this.slots = slots;
        this.parts = parts;
        this.admission = admission;
        this.post = post;
        this.calendar = new ActivationTimer(this::wakeForDeadline);
    }

    @Override
    public Future<?> start() {
        calendar.open(new EventLoopScheduler(vertx, context, parts.clock()));
        vertx.eventBus().localConsumer(ADDRESS, this::receive);
        long sweepMillis = Math.max(50, parts.options().idleMillis() / 4);
        vertx.setPeriodic(sweepMillis, id -> sweep());
        return Future.fromCompletionStage(parts.store().heads(), context)
                .onSuccess(heads -> heads.forEach((number, head) -> calendar.put(number, wakeMillis(number, head))));
    }

    /** A queue with a mapped Worker and a backlog starts at once, the others at their deadline. */
    private long wakeMillis(long number, QueueHead head) {
        QueueDefinition queue = catalog.findByNumber(number);
        if (queue == null) {
            return Long.MAX_VALUE;
        }
        boolean pushes = parts.workers().of(queue) != null;
        return pushes && head.count() > 0 ? 0 : head.deadlineMillis();
    }

    private void receive(Message<DeployerRequest> message) {
        answer(message.body()).onComplete(result -> {
            if (result.succeeded()) {
                message.reply(!Boolean.FALSE.equals(result.result()));
            } else {
                LOG.debug("queue does not come up", result.cause());
                message.fail(QueueError.UNAVAILABLE.number(), QueueError.UNAVAILABLE.text());
            }
        });
    }

    private Future<?> answer(DeployerRequest request) {
        if (request instanceof Activate wake) {
            return wake(wake.queueNumber());
        }
        if (request instanceof Remove retire) {
            return retire(retire.queueNumber());
        }
        if (request instanceof AwaitTransition settle) {
            return settle(settle.queueNumber());
        }
        LOG.error("no handler for a request of type {}", request.getClass());
        return Future.failedFuture(new QueueException(QueueError.INTERNAL));
    }

    private Future<Boolean> settle(long number) {
        Future<?> change = changes.get(number);
        if (change != null) {
            return change.transform(ended -> settle(number));
        }
        return Future.succeededFuture(deployed.containsKey(number));
    }

    private Future<?> wake(long number) {
        Future<?> change = changes.get(number);
        if (change != null) {
            return change.transform(ended -> wake(number));
        }
        if (deployed.containsKey(number)) {
            slots.slot(number).open();
            return Future.succeededFuture();
        }
        QueueDefinition definition = catalog.findByNumber(number);
        if (definition == null) {
            slots.slot(number).tryRetire();
            slots.remove(number);
            return Future.succeededFuture();
        }
        return track(number, deploy(definition));
    }

    private Future<?> deploy(QueueDefinition definition) {
        long number = definition.number();
        String address = slots.slot(number).address();
        QueueVerticle verticle = new QueueVerticle(definition, address, parts, admission, post);
        return vertx.deployVerticle(verticle).onSuccess(id -> {
            deployed.put(number, new Deployed(verticle, id));
            calendar.remove(number);
            slots.slot(number).open();
        });
    }

    private Future<?> undeploy(long number) {
        Deployed gone = deployed.remove(number);
        if (gone == null) {
            return Future.succeededFuture();
        }
        return vertx.undeploy(gone.deploymentId())
                .onFailure(failure -> LOG.error("queue {} did not stop cleanly", number, failure))
                .otherwiseEmpty()
                .onSuccess(ended -> {
                    if (catalog.findByNumber(number) != null) {
                        calendar.put(number, gone.verticle().queue().deadlineMillis());
                    }
                });
    }

    private Future<?> discard(long number) {
        Deployed gone = deployed.get(number);
        if (gone != null) {
            gone.verticle().discard();
        }
        return undeploy(number);
    }

    private Future<?> retire(long number) {
        Future<?> change = changes.get(number);
        if (change != null) {
            return change.transform(ended -> retire(number));
        }
        Promise<Void> drained = Promise.promise();
        drain(slots.slot(number), drained);
        return track(number, drained.future().compose(closed -> discard(number)).onSuccess(ended -> {
            calendar.remove(number);
            slots.remove(number);
        }));
    }

    private void drain(QueueGate slot, Promise<Void> drained) {
        if (slot.tryRetire()) {
            drained.complete();
        } else {
            vertx.setTimer(DRAIN_POLL_MILLIS, id -> drain(slot, drained));
        }
    }

    private Future<?> track(long number, Future<?> change) {
        if (!change.isComplete()) {
            changes.put(number, change);
            change.onComplete(ended -> changes.remove(number, change));
        }
        return change;
    }

    /** Takes down what has not been used for a while and has nothing to do soon. */
    private void sweep() {
        int budget = SWEEP_MAX;
        for (QueueGate slot : slots.all()) {
            long number = slot.number();
            if (budget > 0
                    && deployed.containsKey(number)
                    && !changes.containsKey(number)
                    && slot.inFlight() == 0
                    && slot.idleNanos() > parts.options().idleMillis() * 1_000_000L
                    && deployed.get(number)
                            .verticle()
                            .queue()
                            .isIdleFor(parts.options().idleMillis())
                    && slot.tryClose()) {
                budget--;
                track(number, undeploy(number));
            }
        }
    }

    private void wakeForDeadline(long number) {
        wake(number).onFailure(failure -> {
            LOG.error("queue {} could not be woken", number, failure);
            calendar.put(number, parts.clock().nowMillis() + parts.options().idleMillis());
        });
    }
}
