package dev.sluice.runtime;

import dev.sluice.queue.Decision;
import dev.sluice.queue.QueueCommand;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueState;
import dev.sluice.queue.ReadRequest;
import dev.sluice.runtime.delivery.PendingResponse;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of messages on their way: for a client from the decision which messages a pull or a peek gets, through reading and writing
 * them down, until it has taken the answer. While there are too many, no more set out; what is let in may overshoot the bound by
 * itself, so that something always can. Safe for use from several threads.
 */
public final class DeliveryBudget {
    private final AtomicLong heldBytes = new AtomicLong();
    private final long bytesMax;

    /** Refuses beyond that many bytes. */
    public DeliveryBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Whether nothing more may set out. */
    public boolean isFull() {
        return heldBytes.get() >= bytesMax;
    }

    /** Bytes held at the moment. */
    public long heldBytes() {
        return heldBytes.get();
    }

    /** Counts bytes that set out; to be released once. */
    public void charge(long bytes) {
        heldBytes.addAndGet(bytes);
    }

    /** The other side of {@link #charge}. */
    public void release(long bytes) {
        heldBytes.addAndGet(-bytes);
    }

    /**
     * What one request holds between the decision of the queue and the arrival of its answer at the edge, or the end of a delivery.
     * The queue takes, who asked releases, and either may be first: the edge waits for an answer only so long. For an answer without leases
     * it is all that is pending.
     */
    public static final class Reservation implements PendingResponse {
        private static final long RELEASED = -1;

        private final DeliveryBudget memory;
        private final AtomicLong bytes = new AtomicLong();

        public Reservation(DeliveryBudget memory) {
            this.memory = memory;
        }

        @Override
        public void endCharge() {
            release();
        }

        /** The same command, refused with OVERLOADED if memory is full when it is decided. */
        public <R> QueueCommand<R> guard(QueueCommand<R> command) {
            return new Guarded<>(command, memory);
        }

        /** Holds that many bytes from now on, whatever it was before; nothing once it was released. */
        public void take(long taken) {
            memory.charge(taken);
            long before = bytes.getAndAccumulate(taken, (held, next) -> held == RELEASED ? RELEASED : next);
            memory.release(before == RELEASED ? taken : before);
        }

        @Override
        public void sent() {
            release();
        }

        @Override
        public void unsent() {
            release();
        }

        public void release() {
            long taken = bytes.getAndSet(RELEASED);
            if (taken > 0) {
                memory.release(taken);
            }
        }
    }

    private record Guarded<R>(QueueCommand<R> command, DeliveryBudget memory) implements QueueCommand<R> {
        @Override
        public ReadRequest requiredRead(QueueState state, long nowMillis) {
            return command.requiredRead(state, nowMillis);
        }

        @Override
        public Decision<R> decide(QueueState state, long nowMillis) {
            if (memory.isFull()) {
                throw new QueueException(QueueError.OVERLOADED);
            }
            return command.decide(state, nowMillis);
        }
    }
}
