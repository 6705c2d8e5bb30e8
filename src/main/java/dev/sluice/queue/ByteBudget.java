package dev.sluice.queue;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the bytes that one use of memory may hold over all threads, for example all request bodies, or the windows of
 * all queues. What is held is reserved first and released later. Safe for use from several threads.
 */
public final class ByteBudget {
    private final long bytesMax;
    private final AtomicLong reservedBytes = new AtomicLong();
    /** What owners hold; one that holds nothing has no entry. */
    private final ConcurrentHashMap<Object, Long> bytesByOwner = new ConcurrentHashMap<>(0);

    /** @param bytesMax from 0 */
    public ByteBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** A budget without a limit. */
    public static ByteBudget unbounded() {
        return new ByteBudget(Long.MAX_VALUE);
    }

    /** The limit. */
    public long bytesMax() {
        return bytesMax;
    }

    /** Bytes reserved at the moment; more than the limit after {@link #reserve}. */
    public long reservedBytes() {
        return reservedBytes.get();
    }

    /** Whether the limit is reached. */
    public boolean isFull() {
        return reservedBytes.get() >= bytesMax;
    }

    /** Reserves that many bytes, or returns false and reserves nothing. */
    public boolean tryReserve(long bytes) {
        long reserved = reservedBytes.get();
        while (bytes <= bytesMax - reserved) {
            if (reservedBytes.compareAndSet(reserved, reserved + bytes)) {
                return true;
            }
            reserved = reservedBytes.get();
        }
        return false;
    }

    /**
     * Reserves that many bytes even beyond the limit. Until as many are released, {@link #tryReserve} grants nothing.
     */
    public void reserve(long bytes) {
        reservedBytes.addAndGet(bytes);
    }

    /** Releases reserved bytes. */
    public void release(long bytes) {
        reservedBytes.addAndGet(-bytes);
    }

    /** Counts reserved bytes for an owner too; a negative number for released ones. Null is no owner. */
    public void attribute(@Nullable Object owner, long bytes) {
        if (owner != null) {
            bytesByOwner.merge(owner, bytes, (held, more) -> held + more == 0 ? null : held + more);
        }
    }

    /** The bytes that were {@linkplain #attribute attributed} to an owner. */
    public long bytesOf(Object owner) {
        return owner == null ? 0 : bytesByOwner.getOrDefault(owner, 0L);
    }

    /**
     * The bytes of one piece of work, whose size may change and may exceed the limit. One thread may resize it while
     * another closes it.
     */
    public static final class Reservation implements AutoCloseable {
        private static final long CLOSED = -1;
        private static final AtomicLongFieldUpdater<Reservation> BYTES =
                AtomicLongFieldUpdater.newUpdater(Reservation.class, "bytes");

        private final ByteBudget budget;
        private volatile long bytes;

        /** Reserves nothing yet. */
        public Reservation(ByteBudget budget) {
            this.budget = budget;
        }

        /** The budget that it takes from. */
        public ByteBudget budget() {
            return budget;
        }

        /** Changes the reservation to that many bytes, from 0. Has no effect once it is closed. */
        public void resize(long newBytes) {
            long before = bytes;
            while (before != CLOSED && !BYTES.compareAndSet(this, before, newBytes)) {
                before = bytes;
            }
            if (before != CLOSED) {
                budget.reserve(newBytes - before);
            }
        }

        /** Releases the bytes. Later calls have no effect. */
        @Override
        public void close() {
            long before = BYTES.getAndSet(this, CLOSED);
            if (before > 0) {
                budget.release(before);
            }
        }
    }

    /**
     * The part of a budget that one thread works with. It reserves in slabs of 64 KiB, so that most reservations do
     * not touch a counter that several threads write to. For one thread.
     */
    public static final class Slabs {
        private static final int SLAB_BYTES = 64 * 1024;

        private final ByteBudget budget;
        private long spareBytes;

        public Slabs(ByteBudget budget) {
            this.budget = budget;
        }

        /** Reserves that many bytes, or returns false and reserves nothing. */
        public boolean tryReserve(int bytes) {
            long missing = bytes - spareBytes;
            if (missing <= 0) {
                spareBytes -= bytes;
                return true;
            }
            if (budget.tryReserve(missing + SLAB_BYTES)) {
                spareBytes = SLAB_BYTES;
                return true;
            }
            if (budget.tryReserve(missing)) {
                spareBytes = 0;
                return true;
            }
            return false;
        }

        /** Releases reserved bytes. */
        public void release(long bytes) {
            spareBytes += bytes;
            if (spareBytes > 2 * SLAB_BYTES) {
                budget.release(spareBytes - SLAB_BYTES);
                spareBytes = SLAB_BYTES;
            }
        }
    }
}
