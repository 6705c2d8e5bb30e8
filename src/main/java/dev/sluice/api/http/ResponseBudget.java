package dev.sluice.api.http;

import dev.sluice.api.auth.Principal;
import dev.sluice.queue.QueueDefinition;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of responses that were handed to connections and are not flushed yet, over all event loops. Each byte is
 * charged to the process, to the credential and to the queue. The event loop of a connection knows its bytes.
 *
 * <p>A connection with a {@value #SHARES}th of the memory gets no more messages. The memory is available to all
 * requests. The same amount again is a reserve for connections without unflushed bytes, unless their credential and
 * their queue both have a {@value #SHARES}th.
 *
 * <p>Safe for use from several threads.
 */
public final class ResponseBudget {
    private static final int SHARES = 4;

    private final AtomicLong chargedBytes = new AtomicLong();
    private final ConcurrentHashMap<Object, Long> chargedByOwner = new ConcurrentHashMap<>();
    private final long bytesMax;

    /**
     * A budget of that many bytes.
     *
     * @param bytesMax from 1; the reserve is as large again
     */
    public ResponseBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** What a response is charged to, beside its connection. Null for what is unknown or does not matter. */
    record Owner(String credential, Long queueNumber) {
        private static final Owner NONE = new Owner(null, null);

        /** The owner of the response to a request about messages. Without a queue, no owner. */
        static Owner of(Principal caller, QueueDefinition queue) {
            return queue == null ? NONE : new Owner(caller.name(), queue.number());
        }
    }

    public long chargedBytes() {
        return chargedBytes.get();
    }

    /** Whether so little is charged that nothing is refused. */
    boolean isLow() {
        return chargedBytes.get() < bytesMax / SHARES;
    }

    /** Whether stalled responses must be dropped. */
    public boolean isFull() {
        return chargedBytes.get() >= bytesMax;
    }

    /**
     * Whether a response with messages may be created.
     *
     * @param connectionBytes charged to the connection of the request
     */
    boolean admits(Owner owner, long connectionBytes) {
        if (isLow()) {
            return true;
        }
        long charged = chargedBytes.get();
        long share = bytesMax / SHARES;
        if (connectionBytes >= share) {
            return false;
        }
        if (charged < bytesMax) {
            return true;
        }
        return charged - bytesMax < bytesMax
                && connectionBytes == 0
                && (chargedTo(owner.credential) < share || chargedTo(owner.queueNumber) < share);
    }

    private long chargedTo(Object owner) {
        return owner == null ? 0 : chargedByOwner.getOrDefault(owner, 0L);
    }

    /** Charges bytes; a negative number is a refund. */
    void charge(Owner owner, long bytes) {
        chargedBytes.addAndGet(bytes);
        charge(owner.credential, bytes);
        charge(owner.queueNumber, bytes);
    }

    private void charge(Object owner, long bytes) {
        if (owner != null) {
            chargedByOwner.merge(owner, bytes, (charged, more) -> charged + more == 0 ? null : charged + more);
        }
    }
}
