package dev.sluice.runtime.bus;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The gate in front of one queue, shared by all senders. It counts requests in flight and is closed while no verticle
 * accepts requests. A sender enters before it sends and leaves after the result. So a gate that was closed at zero has
 * no request in flight, and its verticle can be undeployed without losing one. Safe for use from several threads.
 */
public final class QueueGate {
    /** Result of an attempt to enter. */
    public enum EntryResult {
        ENTERED,
        /** The limit of requests in flight is reached. */
        FULL,
        /** No verticle accepts requests; ask the deployer to activate the queue. */
        CLOSED,
        /** The queue was deleted. */
        DELETED
    }

    private static final int CLOSED = -1;
    private static final int DELETED = -2;

    /**
     * The counters are fields of the gate itself, not objects of their own: every request touches one, and with many
     * queues each extra object is a cache miss.
     */
    private static final AtomicIntegerFieldUpdater<QueueGate> IN_FLIGHT =
            AtomicIntegerFieldUpdater.newUpdater(QueueGate.class, "inFlight");

    private static final AtomicIntegerFieldUpdater<QueueGate> WAITING =
            AtomicIntegerFieldUpdater.newUpdater(QueueGate.class, "waiting");

    private final long number;
    private final String address;
    private volatile int inFlight = CLOSED;

    @SuppressWarnings("UnusedVariable") // Changed through WAITING.
    private volatile int waiting;

    private volatile long lastUsedNanos = System.nanoTime();
    private volatile @Nullable Runnable onEmpty;

    QueueGate(long number) {
        this.number = number;
        this.address = QueueAddresses.of(number);
    }

    public long number() {
        return number;
    }

    /** The event bus address of the queue's verticle. */
    public String address() {
        return address;
    }

    public EntryResult enter(int inFlightMax) {
        while (true) {
            int current = inFlight;
            if (current == CLOSED) {
                return EntryResult.CLOSED;
            }
            if (current == DELETED) {
                return EntryResult.DELETED;
            }
            if (current >= inFlightMax) {
                return EntryResult.FULL;
            }
            if (IN_FLIGHT.compareAndSet(this, current, current + 1)) {
                return EntryResult.ENTERED;
            }
        }
    }

    public void leave() {
        if (IN_FLIGHT.decrementAndGet(this) == 0) {
            lastUsedNanos = System.nanoTime();
            Runnable action = onEmpty;
            if (action != null) {
                action.run();
            }
        }
    }

    /** Counts a sender that waits for a verticle. Returns false if the limit is reached. */
    boolean tryWait(int waitingMax) {
        if (WAITING.incrementAndGet(this) > waitingMax) {
            WAITING.decrementAndGet(this);
            return false;
        }
        return true;
    }

    /** Undoes one {@link #tryWait}. */
    void stopWaiting() {
        WAITING.decrementAndGet(this);
    }

    /** Opens the gate: a verticle accepts requests from now on. */
    public void open() {
        lastUsedNanos = System.nanoTime();
        IN_FLIGHT.compareAndSet(this, CLOSED, 0);
    }

    /** Closes the gate if no request is in flight. Returns whether it is closed. */
    public boolean tryClose() {
        return IN_FLIGHT.compareAndSet(this, 0, CLOSED) || inFlight < 0;
    }

    /**
     * Sets what runs whenever the last request in flight has ended, on the thread of that request; null for nothing.
     * When the call returns, every later end is reported.
     */
    public void onEmpty(@Nullable Runnable action) {
        onEmpty = action;
    }

    /** Closes the gate for good if no request is in flight. Returns whether it is closed for good. */
    public boolean tryRetire() {
        return IN_FLIGHT.compareAndSet(this, 0, DELETED)
                || IN_FLIGHT.compareAndSet(this, CLOSED, DELETED)
                || inFlight == DELETED;
    }

    /** Whether no verticle accepts requests. */
    public boolean isClosed() {
        return inFlight == CLOSED;
    }

    /** Whether the gate was closed for good. */
    boolean isRetired() {
        return inFlight == DELETED;
    }

    /** Requests in flight; 0 while closed. */
    public int inFlight() {
        return Math.max(0, inFlight);
    }

    /** Time since the last request ended. Undefined while a request is in flight. */
    public long idleNanos() {
        return System.nanoTime() - lastUsedNanos;
    }
}
