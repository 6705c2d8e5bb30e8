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
import dev.sluice.runtime.deadletter.DeadLetterSender;
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
 * One life of a simulated server: does what the deployer, the bus and the catalog do around active queues, with delays and, if asked,
 * losses on every way.
 */
final class SimulatedProcess {
    private static final int HOP_MILLIS_MAX = 2;
    private static final int WAKES_MAX = 5;
    private static final int LOST_AFTER_MILLIS = 300;
    private static final long RETENTION_MILLIS_MAX = 1_209_600_000L;

    private record Deployed(ActiveQueue queue, SimulatedQueueScheduler turns) {}

    private final SimulatedScheduler scheduler;
    private final RuntimeResources parts;
    private final Map<Long, QueueDefinition> definitions;
    private final Map<Long, Deployed> deployed = new HashMap<>();
    /** Who waits for a change under way. */
    private final Map<Long, List<Runnable>> changes = new HashMap<>();

    private final List<SimulatedQueueScheduler> allTurns = new ArrayList<>();
    private final QueueGates slots = new QueueGates();
    private final ActivationTimer calendar = new ActivationTimer(number -> wake(number, () -> {}));
    private final Admission admission;
    private boolean killed;
    private boolean losing;

    /** Starts on what the store has. */
    SimulatedProcess(
            SimulatedScheduler scheduler,
            SimulatedStore store,
            RuntimeResources parts,
            Map<Long, QueueDefinition> definitions) {
        this.scheduler = scheduler;
        this.parts = parts;
        this.definitions = definitions;
        this.admission = new Admission(store, parts.options());
        resumeClock(store.records());
        ClockMonitor.commit(parts.clock(), store);
        ClockMonitor.start(newTurns(), parts.clock(), store);
        calendar.open(newTurns());
        QueueReads.heads(store.records()).forEach((number, head) -> calendar.put(number, head.deadlineMillis()));
    }

    private void resumeClock(SimulatedRecords records) {
        List<ClockState> found = new ArrayList<>();
        QueueReads.catalog(
                records, record -> found.add(CatalogRecords.read(record).clock()));
        ClockState saved = found.isEmpty() ? null : found.get(0);
        long storedMillisMax =
                QueueRuntime.storedMillisMax(QueueReads.heads(records).values());
        if (saved == null) {
            parts.clock().begin(storedMillisMax);
        } else {
            parts.clock().resume(saved, RETENTION_MILLIS_MAX, storedMillisMax);
        }
    }

    /** Whether letters between queues, or the answers to them, get lost now and then. */
    void loseLetters(boolean losing) {
        this.losing = losing;
    }

    void kill() {
        killed = true;
        allTurns.forEach(SimulatedQueueScheduler::kill);
    }

    private SimulatedQueueScheduler newTurns() {
        SimulatedQueueScheduler turns = new SimulatedQueueScheduler(scheduler, parts.clock());
        allTurns.add(turns);
        return turns;
    }

    private void hop(Runnable task) {
        scheduler.soon(HOP_MILLIS_MAX, () -> {
            if (!killed) {
                task.run();
            }
        });
    }

    /** Sends a request to a queue, waking it if need be. */
    void send(long number, QueueRequest<?> request, ReplyHandler<Object> reply) {
        send(number, request, reply, 0);
    }

    private void send(long number, QueueRequest<?> request, ReplyHandler<Object> reply, int wakes) {
        QueueGate slot = slots.slot(number);
        switch (slot.enter(parts.options().commandsInFlightMax())) {
            case ENTERED -> hand(slot, request, reply);
            case FULL -> reply.fail(new QueueException(QueueError.OVERLOADED));
            case GONE -> reply.fail(new QueueException(QueueError.QUEUE_UNKNOWN_TO_MESSAGES));
            case CLOSED -> {
                if (wakes == WAKES_MAX) {
                    reply.fail(new QueueException(QueueError.UNAVAILABLE));
                } else {
                    hop(() -> wake(number, () -> hop(() -> send(number, request, reply, wakes + 1))));
                }
            }
        }
    }

    private void hand(QueueGate slot, QueueRequest<?> request, ReplyHandler<Object> reply) {
        Deployed target = deployed.get(slot.number());
        AtomicBoolean answered = new AtomicBoolean();
        ReplyHandler<Object> back = new ReplyHandler<>() {
            @Override
            public void succeed(Object answer) {
                Auditor.hold(answered.compareAndSet(false, true), "%s is answered twice", request);
                hop(() -> {
                    slot.leave();
                    reply.succeed(answer);
                });
            }

            @Override
            public void fail(QueueException why) {
                Auditor.hold(answered.compareAndSet(false, true), "%s is answered twice", request);
                hop(() -> {
                    slot.leave();
                    reply.fail(why);
                });
            }
        };
        hop(() -> target.turns().next(() -> target.queue().handle(request, back)));
    }

    private void wake(long number, Runnable then) {
        if (awaited(number, () -> wake(number, then))) {
            return;
        }
        if (deployed.containsKey(number)) {
            then.run();
            return;
        }
        changes.put(number, new ArrayList<>());
        SimulatedQueueScheduler turns = newTurns();
        turns.next(() -> {
            ActiveQueue queue = new ActiveQueue(definitions.get(number), parts, turns, admission, this::bring);
            queue.start()
                    .onComplete(started -> hop(() -> {
                        if (started.succeeded()) {
                            deployed.put(number, new Deployed(queue, turns));
                            calendar.remove(number);
                            slots.slot(number).open();
                        } else {
                            calendar.put(number, parts.clock().nowMillis() + 100);
                        }
                        changed(number);
                        then.run();
                    }));
        });
    }

    /** Takes a queue down if nothing is under way and it has nothing to do for that long. */
    void passivate(long number, long restMillis) {
        Deployed target = deployed.get(number);
        if (target == null
                || changes.containsKey(number)
                || !target.queue().isIdleFor(restMillis)
                || !slots.slot(number).tryClose()) {
            return;
        }
        changes.put(number, new ArrayList<>());
        deployed.remove(number);
        hop(() -> target.turns().next(() -> target.queue()
                .stop(0)
                .onComplete(stopped -> hop(() -> {
                    calendar.put(number, target.queue().deadlineMillis());
                    changed(number);
                }))));
    }

    /** Whether nothing of it is in memory. */
    boolean isPassive(long number) {
        return !deployed.containsKey(number) && !changes.containsKey(number);
    }

    private boolean awaited(long number, Runnable then) {
        List<Runnable> waiting = changes.get(number);
        if (waiting != null) {
            waiting.add(then);
        }
        return waiting != null;
    }

    private void changed(long number) {
        changes.remove(number).forEach(Runnable::run);
    }

    /** Puts a definition in force as the catalog does: active queues are told, the others read it when they wake. */
    void configure(QueueDefinition definition) {
        definitions.put(definition.number(), definition);
        tell(definition);
    }

    private void tell(QueueDefinition definition) {
        QueueGate slot = slots.slot(definition.number());
        if (slot.enter(Integer.MAX_VALUE) == QueueGate.EntryResult.ENTERED) {
            hand(slot, new QueueRequest.Configure(definition), DeadLetterSender.unanswered());
        } else {
            awaited(definition.number(), () -> tell(definitions.get(definition.number())));
        }
    }

    private Future<Void> bring(String accountId, String name, QueueRequest.ReceiveDeadLetters letters) {
        Promise<Void> brought = Promise.promise();
        int fate = losing ? scheduler.random().nextInt(6) : Integer.MAX_VALUE;
        if (fate < 2) {
            scheduler.soon(LOST_AFTER_MILLIS, () -> brought.tryFail("lost"));
        }
        if (fate != 0) {
            QueueDefinition target = named(accountId, name);
            boolean circle = DeadLetterRoute.leads(target, letters.originNumber(), this::named);
            hop(() -> send(target.number(), letters.withCircle(circle), new ReplyHandler<>() {
                @Override
                public void succeed(Object taken) {
                    brought.tryComplete();
                }

                @Override
                public void fail(QueueException why) {
                    brought.tryFail(why);
                }
            }));
        }
        return brought.future();
    }

    private QueueDefinition named(String accountId, String name) {
        return definitions.values().stream()
                .filter(definition -> definition.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
