package dev.sluice.api.http;

import dev.sluice.api.auth.Principal;
import dev.sluice.queue.QueueDefinition;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of responses that were handed to connections and that clients have not taken yet, over all event loops, and who holds
 * them: each byte is charged to the process, to the credential and to the queue. Which connection holds what is known to its
 * event loop.
 *
 * <p>Shares: a connection that holds a {@value #SHARES}th gets no more messages; the whole is for all who ask; and as much again
 * is a reserve for connections that hold nothing, unless both their credential and their queue hold a {@value #SHARES}th.
 *
 * <p>Safe for use from several threads.
 */
public final class ResponseBudget {
    private static final int SHARES = 4;

    private final AtomicLong heldBytes = new AtomicLong();
    private final ConcurrentHashMap<Object, Long> heldByHolder = new ConcurrentHashMap<>();
    private final long bytesMax;

    /**
     * Memory for that many bytes.
     *
     * @param bytesMax from 1; the reserve is as large again
     */
    public ResponseBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Who a response is charged to, beside its connection; either is null if it is unknown or does not matter. */
    record Holder(String credential, Long queueNumber) {
        private static final Holder NONE = new Holder(null, null);

        /** That of a request about messages; of any other one if there is no queue. */
        static Holder of(Principal caller, QueueDefinition queue) {
            return queue == null ? NONE : new Holder(caller.name(), queue.number());
        }
    }

    /** Bytes held at the moment. */
    public long heldBytes() {
        return heldBytes.get();
    }

    /** Whether so little is held that nothing is refused. */
    boolean isLow() {
        return heldBytes.get() < bytesMax / SHARES;
    }

    /** Whether those who take nothing must give way. */
    public boolean isFull() {
        return heldBytes.get() >= bytesMax;
    }

    /**
     * Whether a response with messages may be made.
     *
     * @param connectionBytes held by the connection that asks
     */
    boolean admits(Holder holder, long connectionBytes) {
        if (isLow()) {
            return true;
        }
        long held = heldBytes.get();
        long share = bytesMax / SHARES;
        if (connectionBytes >= share) {
            return false;
        }
        if (held < bytesMax) {
            return true;
        }
        return held - bytesMax < bytesMax
                && connectionBytes == 0
                && (heldBy(holder.credential) < share || heldBy(holder.queueNumber) < share);
    }

    private long heldBy(Object holder) {
        return holder == null ? 0 : heldByHolder.getOrDefault(holder, 0L);
    }

    /** Charges bytes; negative ones are given back. */
    void charge(Holder holder, long bytes) {
        heldBytes.addAndGet(bytes);
        charge(holder.credential, bytes);
        charge(holder.queueNumber, bytes);
    }

    private void charge(Object holder, long bytes) {
        if (holder != null) {
            heldByHolder.merge(holder, bytes, (held, more) -> held + more == 0 ? null : held + more);
        }
    }
}
