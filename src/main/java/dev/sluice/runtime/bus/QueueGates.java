package dev.sluice.runtime.bus;

import java.util.Collection;
import java.util.Collections;
import java.util.concurrent.ConcurrentHashMap;

/** The gates of all queues, by number. Safe for use from several threads. */
public final class QueueGates {
    private final ConcurrentHashMap<Long, QueueGate> gates = new ConcurrentHashMap<>();

    public QueueGate gate(long number) {
        QueueGate gate = gates.get(number);
        return gate != null ? gate : gates.computeIfAbsent(number, QueueGate::new);
    }

    public void remove(long number) {
        gates.remove(number);
    }

    /** Removes the gate if it was closed for good, so that the next access creates a new one. */
    public void removeRetired(long number) {
        gates.computeIfPresent(number, (key, gate) -> gate.isRetired() ? null : gate);
    }

    /** The gates of all queues that were used, in no order. */
    Collection<QueueGate> all() {
        return Collections.unmodifiableCollection(gates.values());
    }
}
