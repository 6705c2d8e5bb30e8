package dev.sluice.queue;

/**
 * The order of an index on disk and of the window that memory holds of it: by a time, then by number. Both are read
 * from the element, so no key object is needed.
 */
interface IndexOrder<E> {
    /** Arrivals by seq. */
    IndexOrder<MessageHeader> ARRIVALS = new IndexOrder<>() {
        @Override
        public long millis(MessageHeader element) {
            return 0;
        }

        @Override
        public long seq(MessageHeader element) {
            return element.seq();
        }
    };

    /** Scheduled messages by (available at, seq). */
    IndexOrder<ScheduledMessage> SCHEDULE = new IndexOrder<>() {
        @Override
        public long millis(ScheduledMessage element) {
            return element.availableAtMillis();
        }

        @Override
        public long seq(ScheduledMessage element) {
            return element.header().seq();
        }
    };

    /** Scheduled messages by seq. */
    IndexOrder<ScheduledMessage> SCHEDULED_BY_SEQ = new IndexOrder<>() {
        @Override
        public long millis(ScheduledMessage element) {
            return 0;
        }

        @Override
        public long seq(ScheduledMessage element) {
            return element.header().seq();
        }
    };

    /** Messages with a timestamp from another queue by (timestamp, seq). */
    IndexOrder<MessageHeader> ORIGINAL_TIMESTAMPS = new IndexOrder<>() {
        @Override
        public long millis(MessageHeader element) {
            return element.timestampMillis();
        }

        @Override
        public long seq(MessageHeader element) {
            return element.seq();
        }
    };

    /** First part of the key; 0 where the order is by number only. */
    long millis(E element);

    /** Second part of the key. */
    long seq(E element);

    /** Compares two keys. */
    static int compare(long millis, long seq, long otherMillis, long otherSeq) {
        return millis != otherMillis ? Long.compare(millis, otherMillis) : Long.compare(seq, otherSeq);
    }
}
