package dev.sluice.runtime.bus;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;

/** The gates of all queues, by number. Safe for use from several threads. */
public final class QueueGates {
    private final ConcurrentHashMap<Long, QueueGate> slots = new ConcurrentHashMap<>();

    public QueueGate slot(long number) {
        QueueGate slot = slots.get(number);
        return slot != null ? slot : slots.computeIfAbsent(number, QueueGate::new);
    }

    public void remove(long number) {
        slots.remove(number);
    }

    /** Makes room for a new gate if this one was closed for ever. */
    public void forgetRetired(long number) {
        slots.computeIfPresent(number, (same, slot) -> slot.isRetired() ? null : slot);
    }

    public Collection<QueueGate> all() {
        return slots.values();
    }
}
