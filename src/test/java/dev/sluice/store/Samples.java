package dev.sluice.store;

import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.Lease;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueHead;
import dev.sluice.store.rocksdb.BatchRecords;
import java.nio.charset.StandardCharsets;

/** Sample messages and events, distinguishable by their number. */
public final class Samples {
    private Samples() {}

    /** A batch for generation 0, in the form of the store on disk; stores in memory take it, too. */
    public static StoreBatch batch() {
        return batch(0);
    }

    /** A batch for a generation, in the form of the store on disk; stores in memory take it, too. */
    public static StoreBatch batch(long generation) {
        return new StoreBatch(new BatchRecords(StoreBatch.CAPACITY_BYTES_MIN), generation);
    }

    /** A message published without delay. */
    public static MessageHeader arrival(long seq) {
        return new MessageHeader(seq, 1_000 + seq, 1_000 + seq, 10, false);
    }

    /** A message published with delay. */
    public static MessageHeader delayed(long seq) {
        return new MessageHeader(seq, 1_000 + seq, 1_000 + seq, 10, true);
    }

    /** A message from another queue that keeps its original timestamp. */
    public static MessageHeader withOriginalTimestamp(long seq, long timestampMillis) {
        return new MessageHeader(seq, timestampMillis, 2_000 + seq, 10, false);
    }

    /** The content of the message with that seq. */
    public static Content content(long seq) {
        byte[] body = ("body " + seq).getBytes(StandardCharsets.UTF_8);
        return new Content(seq, -seq, seq % 2 == 0 ? ContentType.TEXT : ContentType.JSON, (int) (seq % 100), body);
    }

    /** The event that stores an arrival. */
    public static QueueEvent enqueued(MessageHeader header) {
        return enqueued(header, header.storedAtMillis());
    }

    /** The event that stores a message. */
    public static QueueEvent enqueued(MessageHeader header, long availableAtMillis) {
        return new QueueEvent.Enqueued(header, content(header.seq()), availableAtMillis, null);
    }

    /** The event that leases an arrival. */
    public static QueueEvent leased(Lease lease) {
        return new QueueEvent.Leased(lease, QueueEvent.Leased.FROM_ARRIVALS);
    }

    /** A head that is unique for each number. */
    public static QueueHead head(long number) {
        return new QueueHead(number, 1, number, 10 * number, 0, 0, 0, 1, 0, 1_000, 1, 0, Long.MAX_VALUE);
    }
}
