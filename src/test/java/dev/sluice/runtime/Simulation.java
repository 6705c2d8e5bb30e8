package dev.sluice.runtime;

import static dev.sluice.runtime.Auditor.hold;

import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueImage;
import dev.sluice.queue.QueueSettings;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.delivery.WorkerTarget;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.store.QueueReads;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * One simulated history: clients of four queues, two of which send their dead letters to the other two, on a store that is slow, fails
 * and loses what was not synced, in processes that are killed; then a calm in which everything must come to an end and be found.
 */
final class Simulation {
    static final int QUEUES = 4;

    private static final int DEAD_LETTER_QUEUE = 3;
    private static final int OTHER_DEAD_LETTER_QUEUE = 4;
    private static final int RETENTION_SECONDS_SHORT = 60;
    private static final int RETENTION_SECONDS_LONG = 1_209_600;
    /** Longer than retention waits for a steady clock. */
    private static final int CALM_MILLIS = 600_000;

    private static final int MILLIS_PER_HOUR = 3_600_000;
    /** The clock of the process looks once in that time. */
    private static final int NOTICED_MILLIS = 2_000;

    private static final int HASTE_MILLIS_MAX = 3;

    private final Random random;
    private final SimulatedScheduler scheduler;
    private final SimulatedStore store;
    private final Auditor auditor;
    private final SimulatedClients clients;
    private final Map<Long, QueueDefinition> definitions = new HashMap<>();
    private final RuntimeOptions options;
    private final Limits limits;
    private final boolean failing;
    private final boolean killing;
    /** Whether a broken store is opened again within moments, while requests from before are still on their way. */
    private final boolean hasty;

    private final boolean shortRetention;
    private final long budgetBytes;
    /** Of bodies that move to dead letter queues at once. */
    private final long movesBytes;

    private SimulatedBudget budget;
    private Meters meters;
    private SimulatedProcess process;

    Simulation(long seed) {
        random = new Random(seed);
        scheduler = new SimulatedScheduler(random);
        store = new SimulatedStore(scheduler);
        failing = random.nextInt(3) == 0;
        killing = random.nextInt(2) == 0;
        hasty = random.nextInt(2) == 0;
        shortRetention = random.nextInt(5) == 0;
        auditor = new Auditor(
                scheduler, shortRetention ? RETENTION_SECONDS_SHORT * 1000L : Long.MAX_VALUE, !failing && !killing);
        movesBytes = 1 + random.nextInt(20);
        budgetBytes = random.nextInt(3) == 0 ? random.nextInt(4_000) : Long.MAX_VALUE / 2;
        int windowMax = random.nextInt(4) == 0 ? 1024 : 1 + random.nextInt(6);
        int inFlightMax = random.nextInt(5) == 0 ? 3 : 1000;
        limits = random.nextBoolean() ? Limits.DOCUMENTED : SmallLimits.deliveryBytes(1 + random.nextInt(200));
        options = new RuntimeOptions(inFlightMax, 1 << 20, 0, 30_000, 1_000, windowMax);
        for (long number = 1; number <= QUEUES; number++) {
            definitions.put(number, definition(number, false));
        }
        clients = new SimulatedClients(scheduler, auditor, failing);
        start();
    }

    /** Whether a message pushed to one queue may come to another. */
    static boolean mayBeIn(long pushedTo, long queue) {
        return pushedTo == queue || hasDeadLetterQueue(pushedTo) && !hasDeadLetterQueue(queue);
    }

    static boolean hasDeadLetterQueue(long queue) {
        return queue < DEAD_LETTER_QUEUE;
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
            scheduler.run(random.nextInt(random.nextInt(4) == 0 ? 200 : 12));
        }
        calmDown();
        checkEverythingIsStored();
    }

    private void step() {
        int choice = random.nextInt(100);
        long number = 1 + random.nextInt(QUEUES);
        if (choice < 5) {
            process.configure(definition(number, false));
        } else if (choice < 12) {
            process.passivate(number, random.nextInt(20_000));
        } else if (choice < 14) {
            scheduler.jump(random.nextInt(shortRetention ? 100_000 : 30_000));
        } else if (choice < 16 && killing) {
            if (random.nextInt(3) == 0) {
                restartMachine();
            }
            kill();
        } else if (choice < (hasty ? 21 : 18) && failing) {
            breakDown();
        } else if (choice < 22 && store.isBroken()) {
            if (store.canBeOpenedAgain() && random.nextInt(3) > 0) {
                openAgain();
            } else {
                kill();
            }
        } else if (choice < 23) {
            store.failReads(failing ? random.nextInt(8) : 0);
            process.loseLetters(random.nextInt(3) == 0);
        } else if (choice < 25) {
            moveClocks();
        } else {
            clients.ask(process, number);
        }
    }

    /** The wall clock is set to anything, or the machine sleeps. */
    private void moveClocks() {
        switch (random.nextInt(4)) {
            case 0 -> scheduler.clocks().suspend(random.nextInt(3 * MILLIS_PER_HOUR));
            case 1 -> scheduler.clocks().setWallRight();
            default -> scheduler.clocks().setWall(random.nextInt(480 * MILLIS_PER_HOUR) - 240L * MILLIS_PER_HOUR);
        }
    }

    /**
     * The power was away. The wall clock may be wrong afterwards; if it is ahead, someone sets it right soon. What was set before is known
     * and stored, or nothing could tell it from the time that the machine was off.
     */
    private void restartMachine() {
        scheduler.run(NOTICED_MILLIS);
        if (store.isBroken()) {
            return;
        }
        scheduler.jump(random.nextInt(100_000));
        scheduler.clocks().restart();
        int wrongMillis = random.nextInt(240 * MILLIS_PER_HOUR);
        switch (random.nextInt(3)) {
            case 0 -> scheduler.clocks().setWall(-wrongMillis);
            case 1 -> {
                scheduler.clocks().setWall(wrongMillis);
                kill();
                auditor.timeMayBeAhead();
                for (int i = random.nextInt(20); i > 0; i--) {
                    clients.ask(process, 1 + random.nextInt(QUEUES));
                    scheduler.run(random.nextInt(200));
                }
                scheduler.clocks().setWall(-wrongMillis);
                scheduler.run(NOTICED_MILLIS);
            }
            default -> {}
        }
    }

    private void start() {
        meters = new Meters();
        budget = new SimulatedBudget(budgetBytes);
        RuntimeResources parts = new RuntimeResources(
                store,
                limits,
                budget,
                options,
                WorkerTarget.Directory.EMPTY,
                new DeliveryBudgets(
                        new DeliveryBudget(Long.MAX_VALUE),
                        new DeliveryBudget(Long.MAX_VALUE),
                        new DeliveryBudget(movesBytes)),
                new ContinuousClock(scheduler.clocks()),
                meters);
        process = new SimulatedProcess(scheduler, store, parts, definitions);
    }

    private void kill() {
        process.kill();
        store.kill();
        clients.killed();
        auditor.killed();
        start();
    }

    private void breakDown() {
        store.breakDown(() -> {
            if (hasty) {
                scheduler.soon(HASTE_MILLIS_MAX, () -> {
                    if (store.canBeOpenedAgain()) {
                        openAgain();
                    }
                });
            }
        });
    }

    /** What was not synced may be lost as with the power, leases among it; but the process lives and what it holds is old. */
    private void openAgain() {
        store.openAgain();
        auditor.openedAgain();
    }

    private QueueDefinition definition(long number, boolean calm) {
        boolean origin = hasDeadLetterQueue(number);
        int retention =
                shortRetention && !calm ? RETENTION_SECONDS_SHORT + random.nextInt(300) : RETENTION_SECONDS_LONG;
        QueueSettings settings = new QueueSettings(
                random.nextInt(4) == 0 ? random.nextInt(10) : 0, !calm && random.nextInt(8) == 0, retention);
        ConsumerSettings consumerSettings = new ConsumerSettings(
                1 + random.nextInt(6),
                origin && !calm ? random.nextInt(3) : 100,
                calm ? 0 : random.nextInt(4) == 0 ? random.nextInt(20) : 0,
                1 + random.nextInt(30_000),
                0,
                0);
        long letters = random.nextInt(4) == 0 ? OTHER_DEAD_LETTER_QUEUE : DEAD_LETTER_QUEUE;
        Consumer consumer = !calm && random.nextInt(12) == 0
                ? null
                : new Consumer("c", ConsumerType.HTTP_PULL, "", origin ? "q" + letters : "", consumerSettings, 0);
        return new QueueDefinition(number, "a", "id" + number, "q" + number, "", settings, consumer, 0, 0);
    }

    /** No failures any more and no requests: whatever is under way ends, and every queue comes to rest. */
    private void calmDown() {
        store.failReads(0);
        process.loseLetters(false);
        if (store.canBeOpenedAgain() && random.nextBoolean()) {
            openAgain();
        } else if (store.isBroken()) {
            kill();
        }
        for (long number = 1; number <= QUEUES; number++) {
            process.configure(definition(number, true));
        }
        scheduler.run(CALM_MILLIS);
        for (long number = 1; number <= QUEUES; number++) {
            // A queue notices that the store was opened again when it is used.
            clients.metrics(process, number);
        }
        clients.checkAllAreAnswered();
        hold(meters.parkedReplies().sum() == 0, "replies are parked");
        for (long number = 1; number <= QUEUES; number++) {
            QueueImage image = QueueReads.load(store.records(), number);
            hold(image.leases().isEmpty(), "queue %s keeps leases %s", number, image.leases());
            // Below a purge nothing counts; such markers go when the queue is loaded.
            hold(
                    image.deadLettered().stream()
                            .allMatch(marker -> marker.seq() < image.head().purgedBelowSeq()),
                    "queue %s keeps markers %s",
                    number,
                    image.deadLettered());
        }
        checkQueuesComeToRest();
    }

    private void checkQueuesComeToRest() {
        // One that slept has its old settings' deadline in the calendar; this one is far.
        for (long number = 1; number <= QUEUES; number++) {
            clients.metrics(process, number);
        }
        // As the deployer looks: again and again, for one that has just woken may not know its deadline yet.
        for (int looks = 0; looks < 3; looks++) {
            for (long number = 1; number <= QUEUES; number++) {
                process.passivate(number, 1_000);
            }
            scheduler.run(1_000);
        }
        for (long number = 1; number <= QUEUES; number++) {
            hold(process.isPassive(number), "queue %s does not come to rest", number);
        }
        hold(meters.activeQueues().sum() == 0, "queues are active");
        hold(budget.bytes() == 0, "%s bytes were not given back", budget.bytes());
    }

    private void checkEverythingIsStored() {
        for (long number = 1; number <= QUEUES; number++) {
            BacklogStats metrics = clients.metrics(process, number);
            BacklogStats drained = clients.drain(process, number);
            hold(
                    metrics.backlogCount() == drained.backlogCount()
                            && metrics.backlogBytes() == drained.backlogBytes(),
                    "queue %s says %s and has %s",
                    number,
                    metrics,
                    drained);
            BacklogStats after = clients.metrics(process, number);
            hold(after.equals(BacklogStats.EMPTY), "queue %s says %s and is empty", number, after);
        }
        hold(
                store.records().messageCount() == 0,
                "%s records are left",
                store.records().messageCount());
        auditor.checkNothingIsMissing();
    }
}
