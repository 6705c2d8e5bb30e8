package dev.sluice.runtime;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;

/** The gates of all queues, by number. Safe for use from several threads. */
final class QueueSlots {
    private final ConcurrentHashMap<Long, QueueSlot> slots = new ConcurrentHashMap<>();

    QueueSlot slot(long number) {
        QueueSlot slot = slots.get(number);
        return slot != null ? slot : slots.computeIfAbsent(number, QueueSlot::new);
    }

    void remove(long number) {
        slots.remove(number);
    }

    /** Makes room for a new gate if this one was closed for ever. */
    void forgetRetired(long number) {
        slots.computeIfPresent(number, (same, slot) -> slot.isRetired() ? null : slot);
    }

    Collection<QueueSlot> all() {
        return slots.values();
    }
}
