package dev.sluice.queue;

/**
 * The rate limit of pushes to a queue (docs/api.md 12): a token bucket that holds one second's worth and fills evenly.
 * A batch larger than the bucket passes when the bucket is full.
 */
final class PushRate {
    private static final long MILLIS_PER_SECOND = 1_000;

    private final int messagesPerSecond;
    /** Thousandths of a message; negative after a batch larger than the bucket. */
    private long level;

    private long filledAtMillis;

    /**
     * A full bucket.
     *
     * @param messagesPerSecond 0 for no limit
     */
    PushRate(int messagesPerSecond) {
        this.messagesPerSecond = messagesPerSecond;
        this.level = capacity();
    }

    /** Returns whether that many messages may be pushed now. */
    boolean allows(int messages, long nowMillis) {
        return messagesPerSecond == 0
                || levelAt(nowMillis) >= Math.min(messages * MILLIS_PER_SECOND, capacity())
                // A message may be stored with a time in the future. Pushes must not stop until the clock has
                // reached it.
                || nowMillis < filledAtMillis - MILLIS_PER_SECOND;
    }

    /** Counts one message. */
    void consume(long atMillis) {
        if (messagesPerSecond > 0) {
            level = levelAt(atMillis) - MILLIS_PER_SECOND;
            filledAtMillis = Math.max(filledAtMillis, atMillis);
        }
    }

    private long levelAt(long nowMillis) {
        long elapsedMillis = Math.max(0, nowMillis - filledAtMillis);
        // Limited before the multiplication, which could overflow for the first message.
        long refilling = Math.min(elapsedMillis, MILLIS_PER_SECOND * MILLIS_PER_SECOND) * messagesPerSecond;
        return Math.min(capacity(), level + refilling);
    }

    private long capacity() {
        return messagesPerSecond * MILLIS_PER_SECOND;
    }
}
