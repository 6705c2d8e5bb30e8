package dev.sluice.runtime.bus;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * The gate in front of one queue, shared by all senders: counts what is on its way, and is closed while no verticle takes
 * requests. Because a sender enters before it sends and leaves after the answer, a gate that closed at zero has nothing under
 * way, and a verticle can be taken down without losing a request. Safe for use from several threads.
 */
public final class QueueGate {
    /** How an attempt to enter ended. */
    public enum EntryResult {
        ENTERED,
        /** As many requests are on their way as the queue admits. */
        FULL,
        /** No verticle takes requests; ask the deployer for one. */
        CLOSED,
        /** The queue was deleted. */
        GONE
    }

    private static final int CLOSED = -1;
    private static final int GONE = -2;

    /** Counters in the gate itself: each request enters one, and of many queues the next one is never in the processor's cache. */
    private static final AtomicIntegerFieldUpdater<QueueGate> IN_FLIGHT =
            AtomicIntegerFieldUpdater.newUpdater(QueueGate.class, "inFlight");

    private static final AtomicIntegerFieldUpdater<QueueGate> WAITING =
            AtomicIntegerFieldUpdater.newUpdater(QueueGate.class, "waiting");

    private final long number;
    private final String address;
    private volatile int inFlight = CLOSED;
    private volatile int waiting;
    private volatile long usedAtNanos = System.nanoTime();

    QueueGate(long number) {
        this.number = number;
        this.address = QueueAddresses.of(number);
    }

    public long number() {
        return number;
    }

    /** Where its verticle listens. */
    public String address() {
        return address;
    }

    public EntryResult enter(int inFlightMax) {
        while (true) {
            int seen = inFlight;
            if (seen == CLOSED) {
                return EntryResult.CLOSED;
            }
            if (seen == GONE) {
                return EntryResult.GONE;
            }
            if (seen >= inFlightMax) {
                return EntryResult.FULL;
            }
            if (IN_FLIGHT.compareAndSet(this, seen, seen + 1)) {
                return EntryResult.ENTERED;
            }
        }
    }

    public void leave() {
        if (IN_FLIGHT.decrementAndGet(this) == 0) {
            usedAtNanos = System.nanoTime();
        }
    }

    /** Counts someone who waits for a verticle; answers false if too many do already. */
    boolean tryWait(int waitingMax) {
        if (WAITING.incrementAndGet(this) > waitingMax) {
            WAITING.decrementAndGet(this);
            return false;
        }
        return true;
    }

    /** The other side of {@link #tryWait}. */
    void stopWaiting() {
        WAITING.decrementAndGet(this);
    }

    /** A verticle takes requests from now on. */
    public void open() {
        usedAtNanos = System.nanoTime();
        IN_FLIGHT.compareAndSet(this, CLOSED, 0);
    }

    /** Closes the gate if nothing is on its way; answers whether it is closed. */
    public boolean tryClose() {
        return IN_FLIGHT.compareAndSet(this, 0, CLOSED) || inFlight < 0;
    }

    /** Closes the gate for ever if nothing is on its way; answers whether it is closed. */
    public boolean tryRetire() {
        return IN_FLIGHT.compareAndSet(this, 0, GONE)
                || IN_FLIGHT.compareAndSet(this, CLOSED, GONE)
                || inFlight == GONE;
    }

    /** Whether the gate was closed for ever. */
    boolean isRetired() {
        return inFlight == GONE;
    }

    /** Requests on their way, 0 while closed. */
    public int inFlight() {
        return Math.max(0, inFlight);
    }

    /** Since when nothing has been on its way; meaningless while something is. */
    public long idleNanos() {
        return System.nanoTime() - usedAtNanos;
    }
}
