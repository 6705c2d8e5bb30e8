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
 * Owns the map from queue to verticle: deploys a queue on first use, undeploys it when it is idle or deleted, and
 * activates it at its deadline. One transition per queue at a time. Runs on one event loop.
 */
public final class QueueDeployer extends VerticleBase {
    public static final String ADDRESS = "sluice.deployer";

    private static final Logger LOG = LoggerFactory.getLogger(QueueDeployer.class);
    private static final long DRAIN_POLL_MILLIS = 2;
    private static final int SWEEP_MAX = 256;

    /** Requests that the deployer handles. */
    sealed interface DeployerRequest {
        long queueNumber();
    }

    /** Deploys the queue. Returns true when it accepts requests. */
    public record Activate(long queueNumber) implements DeployerRequest {}

    /** Undeploys a deleted queue for good. Returns true when it has left memory. */
    public record Remove(long queueNumber) implements DeployerRequest {}

    /** Waits for a transition in progress. Returns whether the queue is deployed then. */
    public record AwaitTransition(long queueNumber) implements DeployerRequest {}

    private record Deployed(QueueVerticle verticle, String deploymentId) {}

    private final CatalogView catalog;
    private final QueueGates gates;
    private final RuntimeResources resources;
    private final Admission admission;
    private final DeadLetterTransport transport;
    private final Map<Long, Deployed> deployed = new HashMap<>();
    private final Map<Long, Future<?>> transitions = new HashMap<>();
    private final ActivationTimer activationTimer;

    QueueDeployer(
            CatalogView catalog,
            QueueGates gates,
            RuntimeResources resources,
            Admission admission,
            DeadLetterTransport transport) {
        this.catalog = catalog;
        this.gates = gates;
        this.resources = resources;
        this.admission = admission;
        this.transport = transport;
        this.activationTimer = new ActivationTimer(this::activateForDeadline);
    }

    @Override
    public Future<?> start() {
        activationTimer.start(new EventLoopScheduler(vertx, context, resources.clock()));
        vertx.eventBus().localConsumer(ADDRESS, this::receive);
        long sweepMillis = Math.max(50, resources.options().idleMillis() / 4);
        vertx.setPeriodic(sweepMillis, id -> sweep());
        return Future.fromCompletionStage(resources.store().heads(), context)
                .onSuccess(heads ->
                        heads.forEach((number, head) -> activationTimer.put(number, activationMillis(number, head))));
    }

    /** A queue with a mapped Worker and a backlog starts at once, the others at their deadline. */
    private long activationMillis(long number, QueueHead head) {
        QueueDefinition queue = catalog.findByNumber(number);
        if (queue == null) {
            return Long.MAX_VALUE;
        }
        boolean isPushed = resources.workers().of(queue) != null;
        return isPushed && head.count() > 0 ? 0 : head.deadlineMillis();
    }

    private void receive(Message<DeployerRequest> message) {
        handle(message.body()).onComplete(result -> {
            if (result.succeeded()) {
                message.reply(!Boolean.FALSE.equals(result.result()));
            } else {
                LOG.debug("queue could not be activated", result.cause());
                message.fail(QueueError.UNAVAILABLE.number(), QueueError.UNAVAILABLE.text());
            }
        });
    }

    private Future<?> handle(DeployerRequest request) {
        if (request instanceof Activate activate) {
            return activate(activate.queueNumber());
        }
        if (request instanceof Remove remove) {
            return remove(remove.queueNumber());
        }
        if (request instanceof AwaitTransition awaitTransition) {
            return awaitTransition(awaitTransition.queueNumber());
        }
        LOG.error("no handler for a request of type {}", request.getClass());
        return Future.failedFuture(new QueueException(QueueError.INTERNAL));
    }

    private Future<Boolean> awaitTransition(long number) {
        Future<?> transition = transitions.get(number);
        if (transition != null) {
            return transition.transform(ended -> awaitTransition(number));
        }
        return Future.succeededFuture(deployed.containsKey(number));
    }

    private Future<?> activate(long number) {
        Future<?> transition = transitions.get(number);
        if (transition != null) {
            return transition.transform(ended -> activate(number));
        }
        if (deployed.containsKey(number)) {
            gates.gate(number).open();
            return Future.succeededFuture();
        }
        QueueDefinition definition = catalog.findByNumber(number);
        if (definition == null) {
            gates.gate(number).tryRetire();
            gates.remove(number);
            return Future.succeededFuture();
        }
        return track(number, deploy(definition));
    }

    private Future<?> deploy(QueueDefinition definition) {
        long number = definition.number();
        String address = gates.gate(number).address();
        QueueVerticle verticle = new QueueVerticle(definition, address, resources, admission, transport);
        return vertx.deployVerticle(verticle).onSuccess(id -> {
            deployed.put(number, new Deployed(verticle, id));
            activationTimer.remove(number);
            gates.gate(number).open();
        });
    }

    private Future<?> undeploy(long number) {
        Deployed removed = deployed.remove(number);
        if (removed == null) {
            return Future.succeededFuture();
        }
        return vertx.undeploy(removed.deploymentId())
                .onFailure(failure -> LOG.error("queue {} did not stop cleanly", number, failure))
                .otherwiseEmpty()
                .onSuccess(ended -> {
                    if (catalog.findByNumber(number) != null) {
                        activationTimer.put(number, removed.verticle().queue().deadlineMillis());
                    }
                });
    }

    private Future<?> undeployDeleted(long number) {
        Deployed removed = deployed.get(number);
        if (removed != null) {
            removed.verticle().markDeleted();
        }
        return undeploy(number);
    }

    private Future<?> remove(long number) {
        Future<?> transition = transitions.get(number);
        if (transition != null) {
            return transition.transform(ended -> remove(number));
        }
        Promise<Void> drained = Promise.promise();
        drain(gates.gate(number), drained);
        return track(
                number,
                drained.future().compose(closed -> undeployDeleted(number)).onSuccess(ended -> {
                    activationTimer.remove(number);
                    gates.remove(number);
                }));
    }

    private void drain(QueueGate gate, Promise<Void> drained) {
        if (gate.tryRetire()) {
            drained.complete();
        } else {
            vertx.setTimer(DRAIN_POLL_MILLIS, id -> drain(gate, drained));
        }
    }

    private Future<?> track(long number, Future<?> transition) {
        if (!transition.isComplete()) {
            transitions.put(number, transition);
            transition.onComplete(ended -> transitions.remove(number, transition));
        }
        return transition;
    }

    /** Undeploys queues that were idle for some time and have no deadline soon. */
    private void sweep() {
        int budget = SWEEP_MAX;
        for (QueueGate gate : gates.all()) {
            long number = gate.number();
            if (budget > 0
                    && deployed.containsKey(number)
                    && !transitions.containsKey(number)
                    && gate.inFlight() == 0
                    && gate.idleNanos() > resources.options().idleMillis() * 1_000_000L
                    && deployed.get(number)
                            .verticle()
                            .queue()
                            .isIdleFor(resources.options().idleMillis())
                    && gate.tryClose()) {
                budget--;
                track(number, undeploy(number));
            }
        }
    }

    private void activateForDeadline(long number) {
        activate(number).onFailure(failure -> {
            LOG.error("queue {} could not be activated", number, failure);
            activationTimer.put(
                    number, resources.clock().nowMillis() + resources.options().idleMillis());
        });
    }
}
