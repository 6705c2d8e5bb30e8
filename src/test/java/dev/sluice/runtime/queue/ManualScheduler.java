package dev.sluice.runtime.queue;

import dev.sluice.runtime.SettableClocks;
import dev.sluice.runtime.clock.ContinuousClock;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;

/** Turns on clocks that move when the test says so; timers go by the monotonic one. One thread. */
public final class ManualScheduler implements QueueScheduler {
    /** More tasks than this without the clock moving is a loop. */
    private static final int TASKS_MAX = 100_000;

    private record Timer(long number, Runnable task) {}

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final TreeMap<Long, ArrayDeque<Timer>> timers = new TreeMap<>();
    public final SettableClocks clocks = new SettableClocks();
    public final ContinuousClock clock = new ContinuousClock(clocks);
    private long timersMade;

    @Override
    public void next(Runnable task) {
        tasks.add(task);
    }

    @Override
    public long after(long delayMillis, Runnable task) {
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
    public boolean inTurn() {
        return true;
    }

    @Override
    public long nowMillis() {
        return clock.nowMillis();
    }

    /** Runs what there is to do now. */
    public void run() {
        int budget = TASKS_MAX;
        while (!tasks.isEmpty()) {
            if (--budget < 0) {
                throw new AssertionError("the queue never comes to rest");
            }
            tasks.remove().run();
        }
    }

    /** Lets that much time pass, running everything that becomes due on the way. */
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
