package dev.sluice.runtime;

import dev.sluice.runtime.queue.DeadlineTimer;
import dev.sluice.runtime.queue.QueueScheduler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/**
 * Deadlines of passive queues. Uses one timer for all queues and activates a limited number per task. Confined to one
 * event loop.
 */
public final class ActivationTimer {
    private static final int ACTIVATIONS_PER_TASK = 64;

    private final LongConsumer onDeadline;
    private final TreeMap<Long, TreeSet<Long>> byDeadline = new TreeMap<>();
    private final Map<Long, Long> deadlines = new HashMap<>();
    private final QueueScheduler scheduler;
    private final DeadlineTimer timer;

    public ActivationTimer(QueueScheduler scheduler, LongConsumer onDeadline) {
        this.scheduler = scheduler;
        this.onDeadline = onDeadline;
        this.timer = new DeadlineTimer(scheduler, this::fire);
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

    /** Removes a queue. */
    void remove(long number) {
        Long deadlineMillis = deadlines.remove(number);
        if (deadlineMillis != null) {
            byDeadline.computeIfPresent(deadlineMillis, (at, numbers) -> {
                numbers.remove(number);
                return numbers.isEmpty() ? null : numbers;
            });
        }
    }

    /** Removes all queues with such a number. */
    void removeIf(LongPredicate matches) {
        List.copyOf(deadlines.keySet()).stream().filter(matches::test).forEach(this::remove);
    }

    private void fire() {
        int budget = ACTIVATIONS_PER_TASK;
        while (budget-- > 0 && !byDeadline.isEmpty() && byDeadline.firstKey() <= scheduler.nowMillis()) {
            long number = byDeadline.firstEntry().getValue().first();
            remove(number);
            onDeadline.accept(number);
        }
        if (!byDeadline.isEmpty()) {
            timer.arm(byDeadline.firstKey());
        }
    }
}
