package dev.sluice.store;

import dev.sluice.queue.Content;
import dev.sluice.queue.DeadLetterMove;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueHead;
import dev.sluice.queue.TraceContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of puts and deletes that is written atomically. The only class that maps an event of a queue to changes on
 * disk.
 *
 * <p>Each change is encoded at once, directly into the bytes that are written to disk. Not safe for use from several
 * threads. After {@link QueueStore#commit} the batch belongs to the store.
 */
public final class StoreBatch {
    /** Initial capacity that suffices for a small message with its index records. */
    public static final int CAPACITY_BYTES_MIN = 512;

    /** The {@link #shard} of a batch that changes the catalog. */
    public static final int CATALOG = -1;
    /** The {@link #shard} of a batch without changes. */
    public static final int UNTOUCHED = -2;
    /** The {@link #shard} of a batch with changes of several shards, or of queues and the catalog. */
    public static final int MIXED = -3;

    /** The number of shards of a store that is not divided. */
    private static final int UNDIVIDED = 0;

    private static final int CAPACITY_BYTES_MAX = 64 * 1024;
    /** As many links as a span has by default. */
    private static final int SPANS_MAX = 128;

    private static final long UNKNOWN_BODY_BYTES = 1L << 30;

    private final RecordSink records;
    private final HeadChanges heads = new HeadChanges();
    private final long generation;
    /** Into how many shards the store divides its queues. Short, so that the batch of a single node is no larger. */
    private final short shards;
    /** The shard that the batch changes, or one of the numbers below. */
    private short shard = UNTOUCHED;

    /** Spans of the requests whose messages are in this batch; null if none is recorded. */
    private @Nullable List<TraceContext> spans;

    private boolean durable;
    private long deletedBodyBytes;

    /**
     * Creates a batch. Stores call this in {@link QueueStore#newBatch}.
     *
     * @param records encodes the changes in the form of the store
     * @param generation the only generation of the store in which the batch may be written
     */
    public StoreBatch(RecordSink records, long generation) {
        this(records, generation, UNDIVIDED);
    }

    /**
     * Creates a batch of a store whose queues are divided into shards.
     *
     * @param shards their number, up to 32767; see {@link Shards}
     */
    public StoreBatch(RecordSink records, long generation, int shards) {
        this.records = records;
        this.generation = generation;
        this.shards = (short) shards;
    }

    /** The shard that the batch changes, or {@link #CATALOG}, {@link #UNTOUCHED} or {@link #MIXED}. */
    public int shard() {
        return shard;
    }

    private void touch(long queueNumber) {
        touchShard(Shards.of(queueNumber, Math.max(1, shards)));
    }

    private void touchShard(int touched) {
        if (shard != touched) {
            shard = shard == UNTOUCHED ? (short) touched : MIXED;
        }
    }

    /** The recommended initial capacity of the next batch of the same queue. */
    public int nextCapacityBytes() {
        int bytes = records.length();
        int capacityBytes = bytes + bytes / 4;
        return Math.max(CAPACITY_BYTES_MIN, Math.min(capacityBytes, CAPACITY_BYTES_MAX));
    }

    /** The only generation of the store in which the batch may be written. */
    public long generation() {
        return generation;
    }

    /** Adds what an event of a queue changes on disk. */
    public void add(long queueNumber, QueueEvent event) {
        durable |= event.durable();
        touch(queueNumber);
        switch (event.kind()) {
            case ENQUEUED -> addEnqueued(queueNumber, (QueueEvent.Enqueued) event);
            case LEASED -> addLeased(queueNumber, (QueueEvent.Leased) event);
            case RELEASED -> addReleased(queueNumber, (QueueEvent.Released) event);
            case RESCHEDULED -> addRescheduled(queueNumber, (QueueEvent.Rescheduled) event);
            case REMOVED -> addRemoved(queueNumber, (QueueEvent.Removed) event);
            case DEAD_LETTERING -> {
                // The message remains a lease on disk until the dead letter queue has stored it.
            }
            case DEAD_LETTERED ->
                deleteIndex(
                        KeyFormat.SPACE_DEAD_LETTERED,
                        queueNumber,
                        ((QueueEvent.DeadLettered) event).header().seq());
            case PURGED -> addPurged(queueNumber, ((QueueEvent.Purged) event).belowSeq());
            case MOVE_BEGUN -> putMove(queueNumber, ((QueueEvent.MoveBegun) event).move());
            case MOVED -> addMoved(queueNumber, ((QueueEvent.Moved) event).header());
            case MOVE_ENDED ->
                putMove(queueNumber, new DeadLetterMove(((QueueEvent.MoveEnded) event).number(), 0, List.of()));
            case MOVE_RECEIVED -> {
                QueueEvent.MoveReceived received = (QueueEvent.MoveReceived) event;
                records.put(
                        ColumnFamily.INDEX,
                        KeyFormat.seqKey(KeyFormat.SPACE_RECEIVED, queueNumber, received.originNumber()),
                        RecordFormat.moveNumber(received.number()));
            }
            default -> throw new IllegalStateException("unknown event " + event);
        }
    }

    /** Sets the head of a queue; the last call per queue wins. */
    public void head(long queueNumber, QueueHead head) {
        touch(queueNumber);
        heads.set(queueNumber, head);
    }

    /** Writes a catalog record. Makes the batch durable. */
    public void putCatalog(byte[] key, byte[] value) {
        touchShard(CATALOG);
        durable = true;
        records.put(ColumnFamily.INDEX, KeyFormat.catalogKey(key), value);
    }

    /** Deletes a catalog record. Makes the batch durable. */
    public void deleteCatalog(byte[] key) {
        touchShard(CATALOG);
        durable = true;
        records.delete(ColumnFamily.INDEX, KeyFormat.catalogKey(key));
    }

    /** Deletes all records of a queue: messages, indexes, head. Makes the batch durable. */
    public void dropQueue(long queueNumber) {
        touch(queueNumber);
        durable = true;
        deletedBodyBytes += UNKNOWN_BODY_BYTES;
        heads.delete(queueNumber);
        deleteSpace(ColumnFamily.MESSAGES, KeyFormat.SPACE_MESSAGES, queueNumber);
        deleteSpace(ColumnFamily.MESSAGES, KeyFormat.SPACE_DELAYED, queueNumber);
        deleteSpace(ColumnFamily.INDEX, KeyFormat.SPACE_LEASE, queueNumber);
        deleteSpace(ColumnFamily.INDEX, KeyFormat.SPACE_WAITING, queueNumber);
        deleteSpace(ColumnFamily.INDEX, KeyFormat.SPACE_SCHEDULE, queueNumber);
        deleteSpace(ColumnFamily.INDEX, KeyFormat.SPACE_ORIGINAL_TIMESTAMP, queueNumber);
        deleteSpace(ColumnFamily.INDEX, KeyFormat.SPACE_DEAD_LETTERED, queueNumber);
        if (shards != UNDIVIDED) {
            deleteSpace(ColumnFamily.INDEX, KeyFormat.SPACE_MOVE, queueNumber);
            deleteSpace(ColumnFamily.INDEX, KeyFormat.SPACE_RECEIVED, queueNumber);
        }
    }

    /** Adds the span of a request whose messages are in this batch. Of many only the first are kept. */
    public void trace(TraceContext span) {
        if (spans == null) {
            spans = new ArrayList<>(1);
        }
        if (spans.size() < SPANS_MAX) {
            spans.add(span);
        }
    }

    /** The spans that were added. */
    public List<TraceContext> spans() {
        return spans == null ? List.of() : spans;
    }

    /** Whether the batch must be synced before it counts as stored. */
    public boolean durable() {
        return durable;
    }

    /**
     * Body bytes that the batch deletes. For a purge and a deleted queue the size is unknown, so a large value is
     * assumed.
     */
    public long deletedBodyBytes() {
        return deletedBodyBytes;
    }

    /** Size of the batch in bytes. */
    public int bytes() {
        return records.length() + heads.size() * HeadChanges.BYTES_EACH;
    }

    /** Whether the batch has no changes. */
    public boolean isEmpty() {
        return records.count() == 0 && heads.size() == 0;
    }

    /** Passes every put and delete to the visitor, in order, heads last. */
    public void forEach(BatchVisitor visitor) {
        records.visit(visitor);
        heads.writeTo(visitor);
    }

    /** All changes except those of the heads. */
    public RecordSink records() {
        return records;
    }

    /** The heads that the batch writes. */
    public HeadChanges heads() {
        return heads;
    }

    private void addEnqueued(long queueNumber, QueueEvent.Enqueued event) {
        MessageHeader header = event.header();
        Content content = event.content();
        RecordBytes value = records.putSeqKey(
                ColumnFamily.MESSAGES,
                KeyFormat.bodySpace(header),
                queueNumber,
                header.seq(),
                RecordFormat.messageBytes(header, content));
        RecordFormat.writeMessage(value, header, content);
        if (header.delayed()) {
            putWaiting(queueNumber, header, 0, event.availableAtMillis());
        }
        if (header.hasOriginalTimestamp()) {
            RecordBytes index = records.putTimeKey(
                    KeyFormat.SPACE_ORIGINAL_TIMESTAMP,
                    queueNumber,
                    header.timestampMillis(),
                    header.seq(),
                    RecordFormat.headerBytes(header));
            RecordFormat.writeHeader(index, header);
        }
        if (event.origin() != null && !event.origin().apart()) {
            removeFromOrigin(event.origin().queueNumber(), event.origin().header());
        }
    }

    /**
     * Deletes the message from the queue it came from and leaves a marker there: the other half of a transfer to a dead
     * letter queue.
     */
    private void removeFromOrigin(long originNumber, MessageHeader header) {
        touch(originNumber);
        deleteMessage(originNumber, header);
        deleteIndex(KeyFormat.SPACE_LEASE, originNumber, header.seq());
        RecordBytes marker = records.putSeqKey(
                ColumnFamily.INDEX,
                KeyFormat.SPACE_DEAD_LETTERED,
                originNumber,
                header.seq(),
                RecordFormat.headerBytes(header));
        RecordFormat.writeHeader(marker, header);
    }

    private void putMove(long queueNumber, DeadLetterMove move) {
        records.put(ColumnFamily.INDEX, KeyFormat.queueKey(KeyFormat.SPACE_MOVE, queueNumber), RecordFormat.move(move));
    }

    private void addMoved(long queueNumber, MessageHeader header) {
        deleteMessage(queueNumber, header);
        deleteIndex(KeyFormat.SPACE_LEASE, queueNumber, header.seq());
    }

    private void addLeased(long queueNumber, QueueEvent.Leased event) {
        long seq = event.lease().header().seq();
        RecordBytes value = records.putSeqKey(
                ColumnFamily.INDEX, KeyFormat.SPACE_LEASE, queueNumber, seq, RecordFormat.leaseBytes(event.lease()));
        RecordFormat.writeLease(value, event.lease());
        if (event.availableAtMillis() != QueueEvent.Leased.FROM_ARRIVALS) {
            deleteWaiting(queueNumber, seq, event.availableAtMillis());
        }
    }

    private void addReleased(long queueNumber, QueueEvent.Released event) {
        MessageHeader header = event.message().header();
        deleteIndex(KeyFormat.SPACE_LEASE, queueNumber, header.seq());
        putWaiting(
                queueNumber,
                header,
                event.message().deliveries(),
                event.message().availableAtMillis());
    }

    private void addRescheduled(long queueNumber, QueueEvent.Rescheduled event) {
        MessageHeader header = event.message().header();
        deleteWaiting(queueNumber, header.seq(), event.fromAvailableAtMillis());
        putWaiting(
                queueNumber,
                header,
                event.message().deliveries(),
                event.message().availableAtMillis());
    }

    private void addRemoved(long queueNumber, QueueEvent.Removed event) {
        MessageHeader header = event.header();
        deleteMessage(queueNumber, header);
        switch (event.location()) {
            case ARRIVAL -> {
                // An arrival has no index record.
            }
            case SCHEDULED -> deleteWaiting(queueNumber, header.seq(), event.availableAtMillis());
            case LEASED -> records.deleteForGood(ColumnFamily.INDEX, KeyFormat.SPACE_LEASE, queueNumber, header.seq());
            default -> throw new IllegalStateException("unknown place " + event);
        }
    }

    private void addPurged(long queueNumber, long belowSeq) {
        deletedBodyBytes += UNKNOWN_BODY_BYTES;
        deleteBelow(ColumnFamily.MESSAGES, KeyFormat.SPACE_MESSAGES, queueNumber, belowSeq);
        deleteBelow(ColumnFamily.MESSAGES, KeyFormat.SPACE_DELAYED, queueNumber, belowSeq);
        deleteBelow(ColumnFamily.INDEX, KeyFormat.SPACE_LEASE, queueNumber, belowSeq);
        deleteBelow(ColumnFamily.INDEX, KeyFormat.SPACE_WAITING, queueNumber, belowSeq);
        deleteBelow(ColumnFamily.INDEX, KeyFormat.SPACE_DEAD_LETTERED, queueNumber, belowSeq);
        deleteSpace(ColumnFamily.INDEX, KeyFormat.SPACE_SCHEDULE, queueNumber);
        deleteSpace(ColumnFamily.INDEX, KeyFormat.SPACE_ORIGINAL_TIMESTAMP, queueNumber);
    }

    private void deleteMessage(long queueNumber, MessageHeader header) {
        deletedBodyBytes += header.bodyBytes();
        if (header.delayed()) {
            records.deleteSeqKey(ColumnFamily.MESSAGES, KeyFormat.SPACE_DELAYED, queueNumber, header.seq());
        } else {
            records.deleteForGood(ColumnFamily.MESSAGES, KeyFormat.SPACE_MESSAGES, queueNumber, header.seq());
        }
        if (header.hasOriginalTimestamp()) {
            records.deleteTimeKey(
                    KeyFormat.SPACE_ORIGINAL_TIMESTAMP, queueNumber, header.timestampMillis(), header.seq());
        }
    }

    private void putWaiting(long queueNumber, MessageHeader header, int deliveries, long availableAtMillis) {
        RecordBytes bySeq = records.putSeqKey(
                ColumnFamily.INDEX,
                KeyFormat.SPACE_WAITING,
                queueNumber,
                header.seq(),
                RecordFormat.waitingBytes(header, deliveries));
        RecordFormat.writeWaiting(bySeq, header, deliveries, availableAtMillis);
        RecordBytes byTime = records.putTimeKey(
                KeyFormat.SPACE_SCHEDULE,
                queueNumber,
                availableAtMillis,
                header.seq(),
                RecordFormat.scheduleBytes(header, deliveries));
        RecordFormat.writeSchedule(byTime, header, deliveries);
    }

    private void deleteWaiting(long queueNumber, long seq, long availableAtMillis) {
        deleteIndex(KeyFormat.SPACE_WAITING, queueNumber, seq);
        records.deleteTimeKey(KeyFormat.SPACE_SCHEDULE, queueNumber, availableAtMillis, seq);
    }

    private void deleteIndex(byte space, long queueNumber, long seq) {
        records.deleteSeqKey(ColumnFamily.INDEX, space, queueNumber, seq);
    }

    private void deleteBelow(ColumnFamily family, byte space, long queueNumber, long belowSeq) {
        records.deleteRange(
                family, KeyFormat.queueKey(space, queueNumber), KeyFormat.seqKey(space, queueNumber, belowSeq));
    }

    private void deleteSpace(ColumnFamily family, byte space, long queueNumber) {
        records.deleteRange(family, KeyFormat.queueKey(space, queueNumber), KeyFormat.queueEnd(space, queueNumber));
    }
}
