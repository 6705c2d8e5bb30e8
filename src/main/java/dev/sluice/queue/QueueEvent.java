package dev.sluice.queue;

/**
 * A fact about the messages of one queue. {@link QueueState#apply} is the only reader that changes memory, the store's
 * record writer the only one that changes disk; both handle every kind.
 */
public sealed interface QueueEvent {
    /** Which fact; for complete switches. */
    EventKind kind();

    /**
     * Whether the answer that rests on this event waits for the sync. A push, an acknowledgement, a purge do; a lease, a
     * retry, an expiry are written before the answer but may be lost with the power, as at-least-once delivery allows.
     */
    boolean durable();

    /** The kinds. */
    enum EventKind {
        ENQUEUED,
        LEASED,
        RELEASED,
        RESCHEDULED,
        REMOVED,
        DEPARTING,
        DEPARTED,
        PURGED
    }

    /** Where a message stood before it was removed; tells which keys exist. */
    enum MessageLocation {
        /** Never delivered, published without delay. */
        ARRIVAL,
        /** In the schedule. */
        WAITING,
        /** In the hands of a consumer. */
        LEASED
    }

    /** Why a message went. */
    enum Cause {
        ACKED,
        EXPIRED,
        PURGED,
        /** The last delivery failed and there is no dead letter queue. */
        EXHAUSTED
    }

    /**
     * Where a dead letter comes from. The store deletes it there in the same batch and leaves a <i>departed</i> marker
     * for the origin's counts.
     */
    record Origin(long queueNumber, MessageHeader header) {}

    /**
     * A message was stored.
     *
     * @param availableAtMillis equal to {@code header.storedAtMillis()} for an arrival, later for a delayed message
     * @param origin null unless it is a dead letter
     */
    record Enqueued(MessageHeader header, Content content, long availableAtMillis, Origin origin)
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
     * A message was handed to a consumer.
     *
     * @param waitedUntilMillis its place in the schedule, or {@link #FROM_ARRIVALS}
     */
    record Leased(Lease lease, long waitedUntilMillis) implements QueueEvent {
        /** It was an arrival and had no place in the schedule. */
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

    /** A lease ended without acknowledgement: the message takes a place in the schedule. */
    record Released(ScheduledMessage waiting) implements QueueEvent {
        @Override
        public EventKind kind() {
            return EventKind.RELEASED;
        }

        @Override
        public boolean durable() {
            return false;
        }
    }

    /** A late retry moved a waiting message to another place in the schedule. */
    record Rescheduled(ScheduledMessage waiting, long fromAvailableAtMillis) implements QueueEvent {
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
     * A message is gone.
     *
     * @param availableAtMillis its place in the schedule if it was waiting, otherwise unused
     */
    record Removed(MessageHeader header, MessageLocation place, long availableAtMillis, Cause cause)
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
     * The last allowed delivery failed and the message is on its way to the dead letter queue. On disk it stays a lease
     * until the dead letter queue's batch moves it, so a crash in between repeats the step and nothing else.
     */
    record DeadLettering(Lease lease) implements QueueEvent {
        @Override
        public EventKind kind() {
            return EventKind.DEPARTING;
        }

        @Override
        public boolean durable() {
            return false;
        }
    }

    /** The dead letter queue has it; the marker that its batch left here can go, and the counts follow. */
    record DeadLettered(MessageHeader header) implements QueueEvent {
        @Override
        public EventKind kind() {
            return EventKind.DEPARTED;
        }

        @Override
        public boolean durable() {
            return false;
        }
    }

    /** Everything with a number below {@code belowSeq} was deleted at once. */
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
