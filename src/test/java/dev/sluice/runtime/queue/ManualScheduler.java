package dev.sluice.runtime.queue;

import dev.sluice.runtime.SettableClocks;
import dev.sluice.runtime.clock.ContinuousClock;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;

/** A scheduler on clocks that the test advances. Timers use the monotonic clock. One thread. */
public final class ManualScheduler implements QueueScheduler {
    /** More tasks than this without an advance of the clock mean an endless loop. */
    private static final int TASKS_MAX = 100_000;

    private record Timer(long number, Runnable task) {}

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final TreeMap<Long, ArrayDeque<Timer>> timers = new TreeMap<>();
    public final SettableClocks clocks = new SettableClocks();
    public final ContinuousClock clock = new ContinuousClock(clocks);
    private long timersMade;

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public long schedule(long delayMillis, Runnable task) {
        Timer timer = new Timer(++timersMade, task);
        timers.computeIfAbsent(clocks.monotonicMillis() + Math.max(1, delayMillis), at -> new ArrayDeque<>())
                .add(timer);
        return timer.number();
    }

    @Override
    public void cancel(long timer) {
        timers.values().forEach(at -> at.removeIf(set -> set.number() == timer));
    }

    @Override
    public boolean isCurrentThread() {
        return true;
    }

    @Override
    public long nowMillis() {
        return clock.nowMillis();
    }

    /** Runs all tasks that are ready. */
    public void run() {
        int budget = TASKS_MAX;
        while (!tasks.isEmpty()) {
            if (--budget < 0) {
                throw new AssertionError("the queue never comes to rest");
            }
            tasks.remove().run();
        }
    }

    /** Advances the clocks by that time and runs everything that becomes due. */
    public void pass(long millis) {
        long untilMillis = clocks.monotonicMillis() + millis;
        run();
        while (!timers.isEmpty() && timers.firstKey() <= untilMillis) {
            Map.Entry<Long, ArrayDeque<Timer>> due = timers.pollFirstEntry();
            clocks.pass(Math.max(0, due.getKey() - clocks.monotonicMillis()));
            due.getValue().forEach(timer -> {
                timer.task().run();
                run();
            });
        }
        clocks.pass(untilMillis - clocks.monotonicMillis());
    }
}
