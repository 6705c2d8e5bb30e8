package dev.sluice.runtime;

import dev.sluice.runtime.queue.SimulatedQueueScheduler;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * The single thread of a simulation with the clocks of its machine. A seed decides which of the possible next steps
 * runs.
 */
public final class SimulatedScheduler {
    private record Timer(long atMillis, long number, Runnable task) {}

    private final Random random;
    private final List<SimulatedQueueScheduler> waiting = new ArrayList<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::atMillis).thenComparingLong(Timer::number));
    private final Map<Long, Timer> byNumber = new HashMap<>();
    private final SettableClocks clocks = new SettableClocks();
    private long lastNumber;
    private SimulatedQueueScheduler current;

    SimulatedScheduler(Random random) {
        this.random = random;
    }

    Random random() {
        return random;
    }

    /** The true time. */
    long nowMillis() {
        return clocks.trueMillis();
    }

    /** The clocks that the simulated server reads. */
    SettableClocks clocks() {
        return clocks;
    }

    /** Whether a task of that queue is running. */
    public boolean isCurrent(SimulatedQueueScheduler queueScheduler) {
        return current == queueScheduler;
    }

    /** Runs a task after a delay, outside of any queue. Returns a timer id for {@link #cancel}. */
    public long after(long delayMillis, Runnable task) {
        Timer timer = new Timer(clocks.monotonicMillis() + Math.max(0, delayMillis), ++lastNumber, task);
        timers.add(timer);
        byNumber.put(timer.number(), timer);
        return timer.number();
    }

    /** Runs a task after a random delay. */
    void soon(int millisMax, Runnable task) {
        after(random.nextInt(millisMax + 1), task);
    }

    public void cancel(long number) {
        Timer timer = byNumber.remove(number);
        if (timer != null) {
            timers.remove(timer);
        }
    }

    /** Adds a queue scheduler that has a task to run. */
    public void addRunnable(SimulatedQueueScheduler queueScheduler) {
        waiting.add(queueScheduler);
    }

    /** Advances the clock without running timers, so that they run late. */
    void jump(long millis) {
        clocks.pass(millis);
    }

    /** Runs the simulation for that long. */
    void run(long millis) {
        long endMillis = clocks.monotonicMillis() + millis;
        while (clocks.monotonicMillis() < endMillis && step(endMillis)) {
            // Each step does the work.
        }
        clocks.pass(Math.max(0, endMillis - clocks.monotonicMillis()));
    }

    private boolean step(long endMillis) {
        boolean due = !timers.isEmpty() && timers.peek().atMillis() <= clocks.monotonicMillis();
        if (due && (waiting.isEmpty() || random.nextInt(waiting.size() + 1) == 0)) {
            fire();
        } else if (!waiting.isEmpty()) {
            runTask(waiting.remove(random.nextInt(waiting.size())));
            clocks.pass(random.nextInt(8) == 0 ? 1 : 0);
        } else if (!timers.isEmpty() && timers.peek().atMillis() <= endMillis) {
            clocks.pass(Math.max(0, timers.peek().atMillis() - clocks.monotonicMillis()));
            fire();
        } else {
            return false;
        }
        return true;
    }

    private void fire() {
        Timer timer = timers.remove();
        byNumber.remove(timer.number());
        timer.task().run();
    }

    private void runTask(SimulatedQueueScheduler queueScheduler) {
        current = queueScheduler;
        try {
            queueScheduler.runOne();
        } finally {
            current = null;
        }
    }
}
