package dev.sluice.runtime;

import static dev.sluice.runtime.Auditor.check;

import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.Consumer;
import dev.sluice.queue.ConsumerSettings;
import dev.sluice.queue.ConsumerType;
import dev.sluice.queue.Limits;
import dev.sluice.queue.LimitsBuilder;
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
 * One simulated history. Clients use four queues; two of them dead-letter to the other two. The store is slow, fails
 * and loses unsynced data, and processes are killed. In a final phase without failures all work must end, and all
 * messages must be found.
 */
final class Simulation {
    static final int QUEUES = 4;

    private static final int DEAD_LETTER_QUEUE = 3;
    private static final int OTHER_DEAD_LETTER_QUEUE = 4;
    private static final int RETENTION_SECONDS_SHORT = 60;
    private static final int RETENTION_SECONDS_LONG = 1_209_600;
    /** Longer than the time until retention trusts the wall clock. */
    private static final int FINAL_PHASE_MILLIS = 600_000;

    private static final int MILLIS_PER_HOUR = 3_600_000;
    /** The process checks its clocks at least this often. */
    private static final int CLOCK_CHECK_MILLIS = 2_000;

    private static final int REOPEN_MILLIS_MAX = 3;

    private final Random random;
    private final SimulatedScheduler scheduler;
    private final SimulatedStore store;
    private final Auditor auditor;
    private final SimulatedClients clients;
    private final Map<Long, QueueDefinition> definitions = new HashMap<>();
    private final RuntimeOptions options;
    private final Limits limits;
    private final boolean storeFails;
    private final boolean isKilled;
    /** Whether a failed store is reopened very soon, while earlier requests are still in flight. */
    private final boolean reopensSoon;

    private final boolean shortRetention;
    private final long budgetBytes;
    /** Limit of bodies in transfer to dead letter queues. */
    private final long transferBytesMax;

    private ByteBudget windowBudget;
    private Meters meters;
    private SimulatedProcess process;

    Simulation(long seed) {
        random = new Random(seed);
        scheduler = new SimulatedScheduler(random);
        store = new SimulatedStore(scheduler);
        storeFails = random.nextInt(3) == 0;
        isKilled = random.nextInt(2) == 0;
        reopensSoon = random.nextInt(2) == 0;
        shortRetention = random.nextInt(5) == 0;
        auditor = new Auditor(
                scheduler, shortRetention ? RETENTION_SECONDS_SHORT * 1000L : Long.MAX_VALUE, !storeFails && !isKilled);
        transferBytesMax = 1 + random.nextInt(20);
        budgetBytes = random.nextInt(3) == 0 ? random.nextInt(4_000) : Long.MAX_VALUE / 2;
        int windowMax = random.nextInt(4) == 0 ? 1024 : 1 + random.nextInt(6);
        int inFlightMax = random.nextInt(5) == 0 ? 3 : 1000;
        limits = random.nextBoolean()
                ? Limits.DOCUMENTED
                : LimitsBuilder.documented()
                        .deliveryBytesMax(1 + random.nextInt(200))
                        .build();
        options = new RuntimeOptions(inFlightMax, 1 << 20, 0, 30_000, 1_000, windowMax);
        for (long number = 1; number <= QUEUES; number++) {
            definitions.put(number, definition(number, false));
        }
        clients = new SimulatedClients(scheduler, auditor, storeFails);
        start();
    }

    /** Whether a message pushed to one queue may be moved to another. */
    static boolean canReach(long pushedTo, long queue) {
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
        finish();
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
        } else if (choice < 16 && isKilled) {
            if (random.nextInt(3) == 0) {
                restartMachine();
            }
            kill();
        } else if (choice < (reopensSoon ? 21 : 18) && storeFails) {
            failNextWrite();
        } else if (choice < 22 && store.hasFailed()) {
            if (store.canBeReopened() && random.nextInt(3) > 0) {
                reopen();
            } else {
                kill();
            }
        } else if (choice < 23) {
            store.failReads(storeFails ? random.nextInt(8) : 0);
            process.loseTransfers(random.nextInt(3) == 0);
        } else if (choice < 25) {
            moveClocks();
        } else {
            clients.sendRequest(process, number);
        }
    }

    /** Sets the wall clock to a random time, or suspends the machine. */
    private void moveClocks() {
        switch (random.nextInt(4)) {
            case 0 -> scheduler.clocks().suspend(random.nextInt(3 * MILLIS_PER_HOUR));
            case 1 -> scheduler.clocks().setWallRight();
            default -> scheduler.clocks().setWall(random.nextInt(480 * MILLIS_PER_HOUR) - 240L * MILLIS_PER_HOUR);
        }
    }

    /**
     * Power loss. Afterwards the wall clock may be wrong; if it is ahead, it is corrected soon. Earlier changes of the
     * wall clock must be noticed and stored first, because they could not be distinguished from the downtime.
     */
    private void restartMachine() {
        scheduler.run(CLOCK_CHECK_MILLIS);
        if (store.hasFailed()) {
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
                auditor.clockMayBeAhead();
                for (int i = random.nextInt(20); i > 0; i--) {
                    clients.sendRequest(process, 1 + random.nextInt(QUEUES));
                    scheduler.run(random.nextInt(200));
                }
                scheduler.clocks().setWall(-wrongMillis);
                scheduler.run(CLOCK_CHECK_MILLIS);
            }
            default -> {}
        }
    }

    private void start() {
        meters = new Meters();
        windowBudget = new ByteBudget(budgetBytes);
        RuntimeResources resources = new RuntimeResources(
                store,
                limits,
                new MemoryBudgets(
                        windowBudget, ByteBudget.unbounded(), ByteBudget.unbounded(), new ByteBudget(transferBytesMax)),
                options,
                WorkerTarget.Directory.EMPTY,
                new ContinuousClock(scheduler.clocks()),
                meters);
        process = new SimulatedProcess(scheduler, store, resources, definitions);
    }

    private void kill() {
        process.kill();
        store.kill();
        clients.killed();
        auditor.killed();
        start();
    }

    private void failNextWrite() {
        store.failNextWrite(() -> {
            if (reopensSoon) {
                scheduler.soon(REOPEN_MILLIS_MAX, () -> {
                    if (store.canBeReopened()) {
                        reopen();
                    }
                });
            }
        });
    }

    /**
     * Unsynced data, including leases, may be lost as after a power loss. But the process continues, and its memory is
     * outdated.
     */
    private void reopen() {
        store.reopen();
        auditor.reopened();
    }

    private QueueDefinition definition(long number, boolean isFinal) {
        boolean origin = hasDeadLetterQueue(number);
        int retention =
                shortRetention && !isFinal ? RETENTION_SECONDS_SHORT + random.nextInt(300) : RETENTION_SECONDS_LONG;
        QueueSettings settings = new QueueSettings(
                random.nextInt(4) == 0 ? random.nextInt(10) : 0, !isFinal && random.nextInt(8) == 0, retention);
        ConsumerSettings consumerSettings = new ConsumerSettings(
                1 + random.nextInt(6),
                origin && !isFinal ? random.nextInt(3) : 100,
                isFinal ? 0 : random.nextInt(4) == 0 ? random.nextInt(20) : 0,
                1 + random.nextInt(30_000),
                0,
                0);
        long deadLetters = random.nextInt(4) == 0 ? OTHER_DEAD_LETTER_QUEUE : DEAD_LETTER_QUEUE;
        Consumer consumer = !isFinal && random.nextInt(12) == 0
                ? null
                : new Consumer("c", ConsumerType.HTTP_PULL, "", origin ? "q" + deadLetters : "", consumerSettings, 0);
        return new QueueDefinition(number, "a", "id" + number, "q" + number, "", settings, consumer, 0, 0);
    }

    /**
     * The final phase: no failures and no requests. All work in progress must end, and every queue must become idle.
     */
    private void finish() {
        store.failReads(0);
        process.loseTransfers(false);
        if (store.canBeReopened() && random.nextBoolean()) {
            reopen();
        } else if (store.hasFailed()) {
            kill();
        }
        for (long number = 1; number <= QUEUES; number++) {
            process.configure(definition(number, true));
        }
        scheduler.run(FINAL_PHASE_MILLIS);
        for (long number = 1; number <= QUEUES; number++) {
            // A queue notices at its next use that the store was reopened.
            clients.metrics(process, number);
        }
        clients.checkNoRequestIsPending();
        check(meters.parkedReplies().sum() == 0, "replies are parked");
        for (long number = 1; number <= QUEUES; number++) {
            QueueImage image = QueueReads.load(store.records(), number);
            check(image.leases().isEmpty(), "queue %s keeps leases %s", number, image.leases());
            // Markers below a purge have no effect and are deleted when the queue is loaded.
            check(
                    image.deadLettered().stream()
                            .allMatch(marker -> marker.seq() < image.head().purgedBelowSeq()),
                    "queue %s keeps markers %s",
                    number,
                    image.deadLettered());
        }
        checkQueuesComeToRest();
    }

    private void checkQueuesComeToRest() {
        // For a passive queue the activation timer has the deadline of its old settings; this use updates it.
        for (long number = 1; number <= QUEUES; number++) {
            clients.metrics(process, number);
        }
        // Repeated like the deployer's sweep, because a queue that was just activated may not know its deadline yet.
        for (int checks = 0; checks < 3; checks++) {
            for (long number = 1; number <= QUEUES; number++) {
                process.passivate(number, 1_000);
            }
            scheduler.run(1_000);
        }
        for (long number = 1; number <= QUEUES; number++) {
            check(process.isPassive(number), "queue %s does not come to rest", number);
        }
        check(meters.activeQueues().sum() == 0, "queues are active");
        check(windowBudget.reservedBytes() == 0, "%s bytes were not given back", windowBudget.reservedBytes());
    }

    private void checkEverythingIsStored() {
        for (long number = 1; number <= QUEUES; number++) {
            BacklogStats stats = clients.metrics(process, number);
            BacklogStats drained = clients.drain(process, number);
            check(
                    stats.backlogCount() == drained.backlogCount() && stats.backlogBytes() == drained.backlogBytes(),
                    "queue %s says %s and has %s",
                    number,
                    stats,
                    drained);
            BacklogStats after = clients.metrics(process, number);
            check(after.equals(BacklogStats.EMPTY), "queue %s says %s and is empty", number, after);
        }
        check(
                store.records().messageCount() == 0,
                "%s records are left",
                store.records().messageCount());
        auditor.checkNothingIsMissing();
    }
}
