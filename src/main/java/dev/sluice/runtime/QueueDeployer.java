package dev.sluice.runtime;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueHead;
import dev.sluice.runtime.bus.QueueGate;
import dev.sluice.runtime.bus.QueueGates;
import dev.sluice.runtime.catalog.CatalogFollower;
import dev.sluice.runtime.catalog.CatalogView;
import dev.sluice.runtime.deadletter.DeadLetterTransport;
import dev.sluice.runtime.queue.EventLoopScheduler;
import dev.sluice.store.StoreBatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the map from queue to verticle: deploys a queue on first use, undeploys it when it is idle or deleted, and
 * activates it at its deadline. One transition per queue at a time. Runs on one event loop.
 */
public final class QueueDeployer extends VerticleBase implements ShardOwnership.Actions {
    public static final String ADDRESS = "sluice.deployer";

    private static final Logger LOG = LoggerFactory.getLogger(QueueDeployer.class);
    private static final int SWEEP_MAX = 256;
    private static final long NOT_SERVED_RETRY_MILLIS = 100;

    /** What the deployer does with a queue. */
    public enum Action {
        /** Deploys it. Returns true when it accepts requests. */
        ACTIVATE,
        /** Undeploys a deleted queue for good. Returns true when it has left memory. */
        REMOVE,
        /** Waits for a transition in progress. Returns whether the queue is deployed then. */
        AWAIT_TRANSITION
    }

    /** A request to the deployer. The reply is a boolean. */
    public record DeployerRequest(Action action, long queueNumber) {}

    private enum SlotState {
        PASSIVE,
        ACTIVATING,
        ACTIVE,
        PASSIVATING,
        /** Deleted; waits for the requests in flight, then leaves memory. */
        REMOVING,
        /** Another node owns it. */
        RELEASING
    }

    /**
     * What this class knows about one queue.
     *
     * <pre>
     *   PASSIVE ──► ACTIVATING ──► ACTIVE ──► PASSIVATING ──► PASSIVE
     *      └───────► REMOVING ◄──────┤                        ▲
     *                                └────► RELEASING ────────┘
     * </pre>
     */
    private static final class Slot {
        private record Deployment(String id, QueueVerticle verticle) {}

        private final StateMachine<SlotState> state;
        /** Of the last activation; null before it. */
        private @Nullable Deployment deployment;
        /** The transition in progress, or the last one. */
        private Future<?> transition = Future.succeededFuture();

        Slot(long number) {
            state = new StateMachine<>("the slot of queue " + number, SlotState.PASSIVE);
        }

        Deployment deployment() {
            return Objects.requireNonNull(deployment, "never activated");
        }

        boolean isActive() {
            return state.is(SlotState.ACTIVE);
        }
    }

    private final CatalogView catalog;
    private final QueueGates gates;
    private final RuntimeResources resources;
    private final Admission admission;
    private final DeadLetterTransport transport;
    private final BacklogReader backlogs;
    /** Queues that are not passive. */
    private final Map<Long, Slot> slots = new HashMap<>();

    private ActivationTimer activationTimer;
    /** Null on a single node, which serves all queues. */
    private @Nullable ShardOwnership ownership;

    private @Nullable CatalogFollower follower;

    QueueDeployer(
            CatalogView catalog,
            QueueGates gates,
            RuntimeResources resources,
            Admission admission,
            DeadLetterTransport transport,
            BacklogReader backlogs) {
        this.catalog = catalog;
        this.gates = gates;
        this.resources = resources;
        this.admission = admission;
        this.transport = transport;
        this.backlogs = backlogs;
    }

    /** Serves the queues of those shards only that the node owns. Before it is deployed. */
    QueueDeployer inCluster(ShardOwnership shards, CatalogFollower catalogFollower) {
        ownership = shards;
        follower = catalogFollower;
        return this;
    }

    @Override
    public Future<?> start() {
        activationTimer = new ActivationTimer(
                new EventLoopScheduler(vertx, context, resources.clock()), this::activateForDeadline);
        vertx.eventBus().localConsumer(ADDRESS, this::receive);
        long sweepMillis = Math.max(50, resources.options().idleMillis() / 4);
        vertx.setPeriodic(sweepMillis, id -> sweep());
        if (ownership != null) {
            ownership.begin(context, this, Objects.requireNonNull(follower));
            return Future.succeededFuture();
        }
        return Future.fromCompletionStage(resources.store().heads(), context).onSuccess(this::learn);
    }

    private void learn(Map<Long, QueueHead> heads) {
        backlogs.onStart(heads);
        heads.forEach((number, head) -> activationTimer.put(number, activationMillis(number, head)));
    }

    @Override
    public Future<Void> gained(int shard, Map<Long, QueueHead> heads) {
        Map<Long, QueueHead> known = new HashMap<>(heads);
        known.keySet().removeIf(number -> catalog.findByNumber(number) == null);
        learn(known);
        return dropUnknown(heads.keySet().stream()
                .filter(number -> !known.containsKey(number))
                .toList());
    }

    /** A queue that was deleted while its shard had no owner, or before its owner could drop its records. */
    private Future<Void> dropUnknown(List<Long> numbers) {
        Future<Void> dropped = Future.succeededFuture();
        for (long number : numbers) {
            dropped = dropped.compose(before -> drop(number));
        }
        return dropped;
    }

    private Future<Void> drop(long number) {
        StoreBatch batch = resources.store().newBatch(resources.store().generation(number));
        batch.dropQueue(number);
        return Future.fromCompletionStage(resources.store().commit(batch), context);
    }

    @Override
    public Future<Void> lost(int shard) {
        ShardOwnership shards = Objects.requireNonNull(ownership);
        activationTimer.removeIf(number -> shards.shardOf(number) == shard);
        backlogs.onLost(number -> shards.shardOf(number) == shard);
        List<Future<?>> released = new ArrayList<>();
        for (long number : List.copyOf(slots.keySet())) {
            if (shards.shardOf(number) == shard) {
                released.add(release(number));
            }
        }
        return Future.join(released).mapEmpty();
    }

    /** Undeploys a queue that another node owns. What is under way fails first, because the store refuses it. */
    private Future<?> release(long number) {
        Slot slot = slots.get(number);
        if (slot == null) {
            return Future.succeededFuture();
        }
        if (!slot.transition.isComplete()) {
            return slot.transition.transform(ended -> release(number));
        }
        return track(number, slot, active -> {
            active.state.transition(SlotState.RELEASING, SlotState.ACTIVE);
            active.deployment().verticle().markDeleted();
            return undeploy(number, active)
                    .compose(ended -> close(gates.gate(number)))
                    .onSuccess(closed -> backlogs.onLost(each -> each == number))
                    .onComplete(ended -> active.state.transition(SlotState.PASSIVE, SlotState.RELEASING));
        });
    }

    /** Closes a gate when the last request has left it. Without a verticle, that is soon. */
    private Future<Void> close(QueueGate gate) {
        return emptied(gate, gate::tryClose);
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
        return switch (request.action()) {
            case ACTIVATE -> activate(request.queueNumber());
            case REMOVE -> remove(request.queueNumber());
            case AWAIT_TRANSITION -> awaitTransition(request.queueNumber());
        };
    }

    private Future<Boolean> awaitTransition(long number) {
        Slot slot = slots.get(number);
        if (slot != null && !slot.transition.isComplete()) {
            return slot.transition.transform(ended -> awaitTransition(number));
        }
        return Future.succeededFuture(slot != null && slot.isActive());
    }

    private Future<?> activate(long number) {
        Slot slot = slots.get(number);
        if (slot != null && !slot.transition.isComplete()) {
            return slot.transition.transform(ended -> activate(number));
        }
        if (slot != null) {
            gates.gate(number).open();
            return Future.succeededFuture();
        }
        if (ownership != null && !ownership.serves(number)) {
            return Future.failedFuture("another node owns queue " + number);
        }
        QueueDefinition definition = catalog.findByNumber(number);
        if (definition == null) {
            gates.gate(number).tryRetire();
            gates.remove(number);
            return Future.succeededFuture();
        }
        return track(number, newSlot(number), created -> deploy(created, definition));
    }

    private Slot newSlot(long number) {
        Slot slot = new Slot(number);
        slots.put(number, slot);
        return slot;
    }

    private Future<?> deploy(Slot slot, QueueDefinition definition) {
        long number = definition.number();
        slot.state.transition(SlotState.ACTIVATING, SlotState.PASSIVE);
        QueueVerticle verticle =
                new QueueVerticle(definition, gates.gate(number).address(), resources, admission, transport);
        return vertx.deployVerticle(verticle)
                .onSuccess(id -> {
                    slot.deployment = new Slot.Deployment(id, verticle);
                    slot.state.transition(SlotState.ACTIVE, SlotState.ACTIVATING);
                    activationTimer.remove(number);
                    backlogs.onActivated(number, verticle.queue());
                    gates.gate(number).open();
                })
                .onFailure(failure -> slot.state.transition(SlotState.PASSIVE, SlotState.ACTIVATING));
    }

    private Future<?> passivate(long number, Slot slot) {
        slot.state.transition(SlotState.PASSIVATING, SlotState.ACTIVE);
        return undeploy(number, slot).onSuccess(ended -> {
            if (catalog.findByNumber(number) != null) {
                activationTimer.put(number, slot.deployment().verticle().queue().deadlineMillis());
            }
            slot.state.transition(SlotState.PASSIVE, SlotState.PASSIVATING);
        });
    }

    private Future<Void> undeploy(long number, Slot slot) {
        Slot.Deployment deployment = slot.deployment();
        return vertx.undeploy(deployment.id())
                .onFailure(failure -> LOG.error("queue {} did not stop cleanly", number, failure))
                .otherwiseEmpty()
                .onSuccess(ended ->
                        backlogs.onPassivated(number, deployment.verticle().queue()));
    }

    private Future<?> remove(long number) {
        Slot slot = slots.get(number);
        if (slot != null && !slot.transition.isComplete()) {
            return slot.transition.transform(ended -> remove(number));
        }
        return track(number, slot == null ? newSlot(number) : slot, current -> drain(gates.gate(number))
                .compose(drained -> undeployDeleted(number, current))
                .onSuccess(ended -> {
                    activationTimer.remove(number);
                    backlogs.onRemoved(number);
                    gates.remove(number);
                }));
    }

    private Future<Void> undeployDeleted(long number, Slot slot) {
        boolean deployed = slot.isActive();
        slot.state.transition(SlotState.REMOVING, SlotState.ACTIVE, SlotState.PASSIVE);
        if (!deployed) {
            return Future.succeededFuture();
        }
        slot.deployment().verticle().markDeleted();
        return undeploy(number, slot);
    }

    /**
     * Closes the gate for good when no request is in flight. Fails if that takes longer than a request may; then the
     * gate stays open.
     */
    private Future<Void> drain(QueueGate gate) {
        return emptied(gate, gate::tryRetire);
    }

    private Future<Void> emptied(QueueGate gate, BooleanSupplier ifEmpty) {
        Promise<Void> drained = Promise.promise();
        Runnable retire = () -> {
            if (ifEmpty.getAsBoolean()) {
                drained.tryComplete();
            }
        };
        gate.onEmpty(() -> context.runOnContext(empty -> retire.run()));
        retire.run();
        long timer = vertx.setTimer(
                resources.options().sendTimeoutMillis(),
                id -> drained.tryFail("queue " + gate.number() + " still has requests in flight"));
        return drained.future().onComplete(ended -> {
            gate.onEmpty(null);
            vertx.cancelTimer(timer);
        });
    }

    /** Begins a transition. A slot that is not active when it ends is forgotten. */
    private Future<?> track(long number, Slot slot, Function<Slot, Future<?>> transition) {
        slot.transition = transition.apply(slot).onComplete(ended -> {
            if (!slot.isActive()) {
                slots.remove(number);
            }
        });
        return slot.transition;
    }

    /** Undeploys queues that were idle for some time and have no deadline soon. */
    private void sweep() {
        int budget = SWEEP_MAX;
        long idleMillis = resources.options().idleMillis();
        for (Map.Entry<Long, Slot> entry : List.copyOf(slots.entrySet())) {
            Slot slot = entry.getValue();
            QueueGate gate = gates.gate(entry.getKey());
            if (budget > 0
                    && slot.isActive()
                    && slot.transition.isComplete()
                    && gate.inFlight() == 0
                    && gate.idleNanos() > idleMillis * 1_000_000L
                    && slot.deployment().verticle().queue().isIdleFor(idleMillis)
                    && gate.tryClose()) {
                budget--;
                track(entry.getKey(), slot, idle -> passivate(entry.getKey(), idle));
            }
        }
    }

    private void activateForDeadline(long number) {
        if (ownership != null && !ownership.serves(number)) {
            // Its shard is about to be served; a shard that is lost has no deadlines here.
            activationTimer.put(number, resources.clock().nowMillis() + NOT_SERVED_RETRY_MILLIS);
            return;
        }
        activate(number).onFailure(failure -> {
            LOG.error("queue {} could not be activated", number, failure);
            activationTimer.put(
                    number, resources.clock().nowMillis() + resources.options().idleMillis());
        });
    }
}
