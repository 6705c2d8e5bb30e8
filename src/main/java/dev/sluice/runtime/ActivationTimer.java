package dev.sluice.runtime;

import dev.sluice.runtime.queue.DeadlineTimer;
import dev.sluice.runtime.queue.QueueScheduler;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/** When passive queues have something to do. One timer for all of them, a budget of queues per turn. Owned by one event loop. */
public final class ActivationTimer {
    private static final int WAKES_PER_TURN = 64;

    private final LongConsumer onDeadline;
    private final TreeMap<Long, TreeSet<Long>> byDeadline = new TreeMap<>();
    private final Map<Long, Long> deadlines = new HashMap<>();
    private QueueScheduler turns;
    private DeadlineTimer timer;

    public ActivationTimer(LongConsumer onDeadline) {
        this.onDeadline = onDeadline;
    }

    /** Starts to watch the clock. */
    public void open(QueueScheduler turns) {
        this.turns = turns;
        this.timer = new DeadlineTimer(turns, this::fire);
    }

    /** Sets the deadline of a queue; {@link Long#MAX_VALUE} for none. */
    public void put(long number, long deadlineMillis) {
        remove(number);
        if (deadlineMillis != Long.MAX_VALUE) {
            deadlines.put(number, deadlineMillis);
            byDeadline.computeIfAbsent(deadlineMillis, at -> new TreeSet<>()).add(number);
            timer.arm(byDeadline.firstKey());
        }
    }

    /** Forgets a queue. */
    void remove(long number) {
        Long deadlineMillis = deadlines.remove(number);
        if (deadlineMillis != null) {
            TreeSet<Long> numbers = byDeadline.get(deadlineMillis);
            numbers.remove(number);
            if (numbers.isEmpty()) {
                byDeadline.remove(deadlineMillis);
            }
        }
    }

    private void fire() {
        int budget = WAKES_PER_TURN;
        while (budget-- > 0 && !byDeadline.isEmpty() && byDeadline.firstKey() <= turns.nowMillis()) {
            long number = byDeadline.firstEntry().getValue().first();
            remove(number);
            onDeadline.accept(number);
        }
        if (!byDeadline.isEmpty()) {
            timer.arm(byDeadline.firstKey());
        }
    }
}
