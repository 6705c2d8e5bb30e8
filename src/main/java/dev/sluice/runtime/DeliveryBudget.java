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
 * Limits the bytes of messages in transit: for a client from the decision which messages a pull or a peek gets until
 * the client has received the response. At the limit no further request starts. One request may exceed the limit by its
 * own size, so that a request of any size can run. Safe for use from several threads.
 */
public final class DeliveryBudget {
    private final AtomicLong heldBytes = new AtomicLong();
    private final long bytesMax;

    public DeliveryBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Whether no further request may start. */
    public boolean isFull() {
        return heldBytes.get() >= bytesMax;
    }

    /** Bytes reserved at the moment. */
    public long heldBytes() {
        return heldBytes.get();
    }

    /** Reserves bytes. They must be released once. */
    public void charge(long bytes) {
        heldBytes.addAndGet(bytes);
    }

    /** Undoes {@link #charge}. */
    public void release(long bytes) {
        heldBytes.addAndGet(-bytes);
    }

    /**
     * The bytes of one request, from the queue's decision until the response arrives at the edge or the delivery ends.
     * The queue sets the size and the requester releases it. Either may come first, because the edge waits only for a
     * limited time. For a response without leases it also serves as the pending response.
     */
    public static final class Reservation implements PendingResponse {
        private static final long RELEASED = -1;

        private final DeliveryBudget budget;
        private final AtomicLong bytes = new AtomicLong();

        public Reservation(DeliveryBudget budget) {
            this.budget = budget;
        }

        @Override
        public void endCharge() {
            release();
        }

        /** The same command, refused with OVERLOADED if the budget is full when it is decided. */
        public <R> QueueCommand<R> guard(QueueCommand<R> command) {
            return new Guarded<>(command, budget);
        }

        /** Changes the reservation to that many bytes. Has no effect after the release. */
        public void resize(long newBytes) {
            budget.charge(newBytes);
            long before = bytes.getAndAccumulate(newBytes, (current, next) -> current == RELEASED ? RELEASED : next);
            budget.release(before == RELEASED ? newBytes : before);
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
            long reserved = bytes.getAndSet(RELEASED);
            if (reserved > 0) {
                budget.release(reserved);
            }
        }
    }

    private record Guarded<R>(QueueCommand<R> command, DeliveryBudget budget) implements QueueCommand<R> {
        @Override
        public ReadRequest requiredRead(QueueState state, long nowMillis) {
            return command.requiredRead(state, nowMillis);
        }

        @Override
        public Decision<R> decide(QueueState state, long nowMillis) {
            if (budget.isFull()) {
                throw new QueueException(QueueError.OVERLOADED);
            }
            return command.decide(state, nowMillis);
        }
    }
}
