package dev.sluice.queue;

import org.jspecify.annotations.Nullable;

/**
 * A change to the messages of one queue. {@link QueueState#apply} applies it to memory, the record writer of the store
 * to disk; both handle every kind.
 */
public sealed interface QueueEvent {
    /** The kind, for complete switches. */
    EventKind kind();

    /**
     * Returns whether the response that depends on this event waits for the sync of the store. A push, an
     * acknowledgement and a purge wait. A lease, a retry and an expiry are written before the response, but a loss of
     * power may undo them; at-least-once delivery allows that.
     */
    boolean durable();

    enum EventKind {
        ENQUEUED,
        LEASED,
        RELEASED,
        RESCHEDULED,
        REMOVED,
        DEAD_LETTERING,
        DEAD_LETTERED,
        PURGED,
        MOVE_BEGUN,
        MOVED,
        MOVE_ENDED,
        MOVE_RECEIVED
    }

    /** Where a message was before it was removed. Determines which keys the store deletes. */
    enum MessageLocation {
        /** Never delivered, published without delay. */
        ARRIVAL,
        /** In the schedule: delayed, or released after a delivery. */
        SCHEDULED,
        /** Leased to a consumer. */
        LEASED
    }

    /** Why a message was removed. */
    enum Cause {
        ACKED,
        EXPIRED,
        PURGED,
        /** The last delivery failed and there is no dead letter queue. */
        EXHAUSTED
    }

    /**
     * The message in its original queue. The store deletes it there in the same batch and writes a
     * <i>dead-lettered</i> marker, from which the original queue corrects its counts.
     *
     * @param apart whether the original queue is stored apart and deletes the message itself
     */
    record Origin(long queueNumber, MessageHeader header, boolean apart) {
        /** A message of a queue in the same store. */
        public Origin(long queueNumber, MessageHeader header) {
            this(queueNumber, header, false);
        }
    }

    /**
     * A message was stored.
     *
     * @param availableAtMillis equal to {@code header.storedAtMillis()} for an arrival, later for a delayed message
     * @param origin null unless it is a dead letter
     */
    record Enqueued(MessageHeader header, Content content, long availableAtMillis, @Nullable Origin origin)
            implements QueueEvent {
        @Override
        public EventKind kind() {
            return EventKind.ENQUEUED;
        }

        @Override
        public boolean durable() {
            return true;
        }
    }

    /**
     * A message was leased to a consumer.
     *
     * @param availableAtMillis its time in the schedule, or {@link #FROM_ARRIVALS}
     */
    record Leased(Lease lease, long availableAtMillis) implements QueueEvent {
        /** It was an arrival, which has no time in the schedule. */
        public static final long FROM_ARRIVALS = -1;

        @Override
        public EventKind kind() {
            return EventKind.LEASED;
        }

        @Override
        public boolean durable() {
            return false;
        }
    }

    /** A lease ended without acknowledgement; the message goes to the schedule. */
    record Released(ScheduledMessage message) implements QueueEvent {
        @Override
        public EventKind kind() {
            return EventKind.RELEASED;
        }

        @Override
        public boolean durable() {
            return false;
        }
    }

    /** A retry after the end of the lease gave a scheduled message another time. */
    record Rescheduled(ScheduledMessage message, long fromAvailableAtMillis) implements QueueEvent {
        @Override
        public EventKind kind() {
            return EventKind.RESCHEDULED;
        }

        @Override
        public boolean durable() {
            return false;
        }
    }

    /**
     * A message was removed.
     *
     * @param availableAtMillis its time in the schedule if it was scheduled, otherwise unused
     */
    record Removed(MessageHeader header, MessageLocation location, long availableAtMillis, Cause cause)
            implements QueueEvent {
        @Override
        public EventKind kind() {
            return EventKind.REMOVED;
        }

        @Override
        public boolean durable() {
            return cause == Cause.ACKED || cause == Cause.PURGED;
        }
    }

    /**
     * The last allowed delivery failed and the message goes to the dead letter queue. On disk it stays a lease until
     * the batch of the dead letter queue moves it, so after a crash in between only this step is repeated, once the
     * lease has expired.
     *
     * @param atMillis when the delivery failed
     */
    record DeadLettering(Lease lease, DeadLetterReason reason, long atMillis) implements QueueEvent {
        @Override
        public EventKind kind() {
            return EventKind.DEAD_LETTERING;
        }

        @Override
        public boolean durable() {
            return false;
        }
    }

    /** The dead letter queue stored the message. The marker in this queue is deleted and the counts are corrected. */
    record DeadLettered(MessageHeader header) implements QueueEvent {
        @Override
        public EventKind kind() {
            return EventKind.DEAD_LETTERED;
        }

        @Override
        public boolean durable() {
            return false;
        }
    }

    /** The content of a move of dead letters is fixed. */
    record MoveBegun(DeadLetterMove move) implements QueueEvent {
        @Override
        public EventKind kind() {
            return EventKind.MOVE_BEGUN;
        }

        @Override
        public boolean durable() {
            return true;
        }
    }

    /** A message of a move is in the dead letter queue, and deleted here. */
    record Moved(MessageHeader header) implements QueueEvent {
        @Override
        public EventKind kind() {
            return EventKind.MOVED;
        }

        @Override
        public boolean durable() {
            return false;
        }
    }

    /** A move of dead letters is over; its number is never used again. */
    record MoveEnded(long number) implements QueueEvent {
        @Override
        public EventKind kind() {
            return EventKind.MOVE_ENDED;
        }

        @Override
        public boolean durable() {
            return false;
        }
    }

    /** This queue has taken a move of dead letters of another queue. It takes no move with that number, or a lower one. */
    record MoveReceived(long originNumber, long number) implements QueueEvent {
        @Override
        public EventKind kind() {
            return EventKind.MOVE_RECEIVED;
        }

        @Override
        public boolean durable() {
            return true;
        }
    }

    /** Every message with a number below {@code belowSeq} was deleted at once. */
    record Purged(long belowSeq, long atMillis) implements QueueEvent {
        @Override
        public EventKind kind() {
            return EventKind.PURGED;
        }

        @Override
        public boolean durable() {
            return true;
        }
    }
}
