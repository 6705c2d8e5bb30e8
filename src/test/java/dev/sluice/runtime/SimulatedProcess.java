package dev.sluice.runtime;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.bus.QueueGate;
import dev.sluice.runtime.bus.QueueGates;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.runtime.bus.ReplyHandler;
import dev.sluice.runtime.catalog.CatalogRecords;
import dev.sluice.runtime.clock.ClockMonitor;
import dev.sluice.runtime.clock.ClockState;
import dev.sluice.runtime.deadletter.DeadLetterRoute;
import dev.sluice.runtime.queue.ActiveQueue;
import dev.sluice.runtime.queue.SimulatedQueueScheduler;
import dev.sluice.store.QueueReads;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One run of a simulated server. It replaces the deployer, the bus and the catalog around active queues, with random
 * delays and, if enabled, lost transfers.
 */
final class SimulatedProcess {
    private static final int HOP_MILLIS_MAX = 2;
    private static final int ACTIVATIONS_MAX = 5;
    private static final int LOST_AFTER_MILLIS = 300;
    private static final long RETENTION_MILLIS_MAX = 1_209_600_000L;

    private record Deployed(ActiveQueue queue, SimulatedQueueScheduler queueScheduler) {}

    private final SimulatedScheduler scheduler;
    private final RuntimeResources resources;
    private final Map<Long, QueueDefinition> definitions;
    private final Map<Long, Deployed> deployed = new HashMap<>();
    /** Actions that wait for a transition in progress. */
    private final Map<Long, List<Runnable>> transitions = new HashMap<>();

    private final List<SimulatedQueueScheduler> queueSchedulers = new ArrayList<>();
    private final QueueGates gates = new QueueGates();
    private final ActivationTimer activationTimer;
    private final Admission admission;
    private boolean killed;
    private boolean losesTransfers;

    /** Starts with the content of the store. */
    SimulatedProcess(
            SimulatedScheduler scheduler,
            SimulatedStore store,
            RuntimeResources resources,
            Map<Long, QueueDefinition> definitions) {
        this.scheduler = scheduler;
        this.resources = resources;
        this.definitions = definitions;
        this.admission = new Admission(store, resources.options());
        resumeClock(store.records());
        ClockMonitor.commit(resources.clock(), store);
        ClockMonitor.start(newQueueScheduler(), resources.clock(), store);
        this.activationTimer = new ActivationTimer(newQueueScheduler(), number -> activate(number, () -> {}));
        QueueReads.heads(store.records()).forEach((number, head) -> activationTimer.put(number, head.deadlineMillis()));
    }

    private void resumeClock(SimulatedRecords records) {
        List<ClockState> found = new ArrayList<>();
        QueueReads.catalog(records, record -> {
            if (CatalogRecords.read(record) instanceof CatalogRecords.CatalogEntry.ClockEntry entry) {
                found.add(entry.clock());
            }
        });
        ClockState saved = found.isEmpty() ? null : found.get(0);
        long storedMillisMax =
                QueueRuntime.storedMillisMax(QueueReads.heads(records).values());
        if (saved == null) {
            resources.clock().startNew(storedMillisMax);
        } else {
            resources.clock().resume(saved, RETENTION_MILLIS_MAX, storedMillisMax);
        }
    }

    /** Whether transfers between queues, or their results, are sometimes lost. */
    void loseTransfers(boolean losesTransfers) {
        this.losesTransfers = losesTransfers;
    }

    void kill() {
        killed = true;
        queueSchedulers.forEach(SimulatedQueueScheduler::kill);
    }

    private SimulatedQueueScheduler newQueueScheduler() {
        SimulatedQueueScheduler queueScheduler = new SimulatedQueueScheduler(scheduler, resources.clock());
        queueSchedulers.add(queueScheduler);
        return queueScheduler;
    }

    private void hop(Runnable task) {
        scheduler.soon(HOP_MILLIS_MAX, () -> {
            if (!killed) {
                task.run();
            }
        });
    }

    /** Sends a request to a queue and activates the queue if it is passive. */
    void send(long number, QueueRequest<?> request, ReplyHandler<Object> reply) {
        send(number, request, reply, 0);
    }

    private void send(long number, QueueRequest<?> request, ReplyHandler<Object> reply, int activations) {
        QueueGate gate = gates.gate(number);
        switch (gate.enter(resources.options().commandsInFlightMax())) {
            case ENTERED -> deliver(gate, request, reply);
            case FULL -> reply.fail(new QueueException(QueueError.OVERLOADED));
            case DELETED -> reply.fail(new QueueException(QueueError.QUEUE_UNKNOWN_TO_MESSAGES));
            case CLOSED -> {
                if (activations == ACTIVATIONS_MAX) {
                    reply.fail(new QueueException(QueueError.UNAVAILABLE));
                } else {
                    hop(() -> activate(number, () -> hop(() -> send(number, request, reply, activations + 1))));
                }
            }
        }
    }

    private void deliver(QueueGate gate, QueueRequest<?> request, ReplyHandler<Object> reply) {
        Deployed target = deployed.get(gate.number());
        AtomicBoolean replied = new AtomicBoolean();
        ReplyHandler<Object> delivered = new ReplyHandler<>() {
            @Override
            public void succeed(Object result) {
                Auditor.check(replied.compareAndSet(false, true), "%s has two replies", request);
                hop(() -> {
                    gate.leave();
                    reply.succeed(result);
                });
            }

            @Override
            public void fail(QueueException error) {
                Auditor.check(replied.compareAndSet(false, true), "%s has two replies", request);
                hop(() -> {
                    gate.leave();
                    reply.fail(error);
                });
            }
        };
        hop(() -> target.queueScheduler().execute(() -> target.queue().handle(request, delivered)));
    }

    private void activate(long number, Runnable then) {
        if (isTransitionAwaited(number, () -> activate(number, then))) {
            return;
        }
        if (deployed.containsKey(number)) {
            then.run();
            return;
        }
        transitions.put(number, new ArrayList<>());
        SimulatedQueueScheduler queueScheduler = newQueueScheduler();
        queueScheduler.execute(() -> {
            ActiveQueue queue =
                    new ActiveQueue(definitions.get(number), resources, queueScheduler, admission, this::transport);
            queue.start()
                    .onComplete(started -> hop(() -> {
                        if (started.succeeded()) {
                            deployed.put(number, new Deployed(queue, queueScheduler));
                            activationTimer.remove(number);
                            gates.gate(number).open();
                        } else {
                            activationTimer.put(number, resources.clock().nowMillis() + 100);
                        }
                        transitionEnded(number);
                        then.run();
                    }));
        });
    }

    /** Passivates a queue if no request is in flight and it has no deadline within that time. */
    void passivate(long number, long idleMillis) {
        Deployed target = deployed.get(number);
        if (target == null
                || transitions.containsKey(number)
                || !target.queue().isIdleFor(idleMillis)
                || !gates.gate(number).tryClose()) {
            return;
        }
        transitions.put(number, new ArrayList<>());
        deployed.remove(number);
        hop(() -> target.queueScheduler().execute(() -> target.queue()
                .stop(0)
                .onComplete(stopped -> hop(() -> {
                    activationTimer.put(number, target.queue().deadlineMillis());
                    transitionEnded(number);
                }))));
    }

    /** Whether nothing of it is in memory. */
    boolean isPassive(long number) {
        return !deployed.containsKey(number) && !transitions.containsKey(number);
    }

    private boolean isTransitionAwaited(long number, Runnable then) {
        List<Runnable> waiting = transitions.get(number);
        if (waiting != null) {
            waiting.add(then);
        }
        return waiting != null;
    }

    private void transitionEnded(long number) {
        transitions.remove(number).forEach(Runnable::run);
    }

    /** Applies a definition like the catalog: active queues are notified, the others read it at activation. */
    void configure(QueueDefinition definition) {
        definitions.put(definition.number(), definition);
        notifyQueue(definition);
    }

    private void notifyQueue(QueueDefinition definition) {
        QueueGate gate = gates.gate(definition.number());
        if (gate.enter(Integer.MAX_VALUE) == QueueGate.EntryResult.ENTERED) {
            deliver(gate, new QueueRequest.Configure(definition), ReplyHandler.ignoring());
        } else {
            isTransitionAwaited(definition.number(), () -> notifyQueue(definitions.get(definition.number())));
        }
    }

    private Future<Void> transport(String accountId, String name, QueueRequest.ReceiveDeadLetters transfer) {
        Promise<Void> sent = Promise.promise();
        int outcome = losesTransfers ? scheduler.random().nextInt(6) : Integer.MAX_VALUE;
        if (outcome < 2) {
            scheduler.soon(LOST_AFTER_MILLIS, () -> sent.tryFail("lost"));
        }
        if (outcome != 0) {
            QueueDefinition target = findByName(accountId, name);
            boolean cyclic = DeadLetterRoute.reaches(target, transfer.originNumber(), this::findByName);
            hop(() -> send(target.number(), transfer.withCyclic(cyclic), new ReplyHandler<>() {
                @Override
                public void succeed(Object accepted) {
                    sent.tryComplete();
                }

                @Override
                public void fail(QueueException error) {
                    sent.tryFail(error);
                }
            }));
        }
        return sent.future();
    }

    private QueueDefinition findByName(String accountId, String name) {
        return definitions.values().stream()
                .filter(definition -> definition.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
