package dev.sluice.store;

import dev.sluice.queue.Content;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueHead;

/**
 * A list of puts and deletes that becomes one atomic write. The only place that knows what an event changes on disk.
 *
 * <p>Each change is encoded at once, straight into the bytes that go to disk. Not safe for use from several threads; whoever
 * hands it to {@link QueueStore#commit} gives it away.
 */
public final class StoreBatch {
    /** Room for a small message with all that belongs to it. */
    public static final int ROOM_BYTES_MIN = 512;

    private static final int ROOM_BYTES_MAX = 64 * 1024;
    private static final long MUCH_BYTES = 1L << 30;

    private final BatchRecords records;
    /** Of messages without delay that are gone, whose keys nobody puts again. */
    private final RangeDeleteBuilder messages = new RangeDeleteBuilder(ColumnFamily.MESSAGES, KeyFormat.SPACE_MESSAGES);
    /** Of their leases. */
    private final RangeDeleteBuilder leases = new RangeDeleteBuilder(ColumnFamily.INDEX, KeyFormat.SPACE_LEASE);

    private final HeadChanges heads = new HeadChanges();
    private final long generation;
    private boolean durable;
    private long deletedBodyBytes;

    /** A batch for a store that was never opened again: generation 0. */
    public StoreBatch() {
        this(0);
    }

    /**
     * A batch that rests on what was read from the store in that generation.
     *
     * @param generation {@link QueueStore#generation} as it was before the read; in another one the batch is refused
     */
    public StoreBatch(long generation) {
        this(generation, ROOM_BYTES_MIN);
    }

    /**
     * The same with room for about so many bytes, which it is not limited to.
     *
     * @param roomBytes best {@link #roomBytes} of the batch before: a busy queue's batches are much alike
     */
    public StoreBatch(long generation, int roomBytes) {
        this.generation = generation;
        this.records = new BatchRecords(roomBytes);
    }

    /** The room that the next batch of the queue should have. */
    public int roomBytes() {
        int bytes = records().length();
        int roomBytes = bytes + bytes / 4;
        return Math.max(ROOM_BYTES_MIN, Math.min(roomBytes, ROOM_BYTES_MAX));
    }

    /** The generation in which alone it may be written. */
    public long generation() {
        return generation;
    }

    /** Adds what an event of a queue changes on disk. */
    public void add(long queueNumber, QueueEvent event) {
        durable |= event.durable();
        switch (event.kind()) {
            case ENQUEUED -> addEnqueued(queueNumber, (QueueEvent.Enqueued) event);
            case LEASED -> addLeased(queueNumber, (QueueEvent.Leased) event);
            case RELEASED -> addReleased(queueNumber, (QueueEvent.Released) event);
            case RESCHEDULED -> addRescheduled(queueNumber, (QueueEvent.Rescheduled) event);
            case REMOVED -> addRemoved(queueNumber, (QueueEvent.Removed) event);
            case DEAD_LETTERING -> {
                // It stays a lease on disk until the dead letter queue takes it over.
            }
            case DEAD_LETTERED ->
                deleteIndex(
                        KeyFormat.SPACE_DEPARTED,
                        queueNumber,
                        ((QueueEvent.DeadLettered) event).header().seq());
            case PURGED -> addPurged(queueNumber, ((QueueEvent.Purged) event).belowSeq());
            default -> throw new IllegalStateException("unknown event " + event);
        }
    }

    /** Sets the head of a queue; the last call per queue wins. */
    public void head(long queueNumber, QueueHead head) {
        heads.set(queueNumber, head);
    }

    /** Writes a catalog record. Makes the batch durable. */
    public void putCatalog(byte[] key, byte[] value) {
        durable = true;
        records.put(ColumnFamily.INDEX, KeyFormat.catalogKey(key), value);
    }

    /** Deletes a catalog record. Makes the batch durable. */
    public void deleteCatalog(byte[] key) {
        durable = true;
        records.delete(ColumnFamily.INDEX, KeyFormat.catalogKey(key));
    }

    /** Deletes everything of a queue: messages, indexes, head. Makes the batch durable. */
    public void dropQueue(long queueNumber) {
        durable = true;
        deletedBodyBytes += MUCH_BYTES;
        heads.drop(queueNumber);
        dropSpace(ColumnFamily.MESSAGES, KeyFormat.SPACE_MESSAGES, queueNumber);
        dropSpace(ColumnFamily.MESSAGES, KeyFormat.SPACE_DELAYED, queueNumber);
        dropSpace(ColumnFamily.INDEX, KeyFormat.SPACE_LEASE, queueNumber);
        dropSpace(ColumnFamily.INDEX, KeyFormat.SPACE_WAITING, queueNumber);
        dropSpace(ColumnFamily.INDEX, KeyFormat.SPACE_SCHEDULE, queueNumber);
        dropSpace(ColumnFamily.INDEX, KeyFormat.SPACE_INHERITED, queueNumber);
        dropSpace(ColumnFamily.INDEX, KeyFormat.SPACE_DEPARTED, queueNumber);
    }

    /** Whether anything in here must be synced before it counts as stored. */
    public boolean durable() {
        return durable;
    }

    /** Bytes of bodies that it deletes; a purge and a dropped queue, which do not know theirs, are taken for much. */
    public long deletedBodyBytes() {
        return deletedBodyBytes;
    }

    /** Size of the batch in bytes. */
    public int bytes() {
        return records().length() + heads.size() * HeadChanges.BYTES_EACH;
    }

    /** Whether there is nothing to store. */
    public boolean isEmpty() {
        return records().count() == 0 && heads.size() == 0;
    }

    /** Shows every put and delete in order, heads last: what another store, or another machine, has to do. */
    public void forEach(BatchVisitor visitor) {
        records().visit(visitor);
        BatchRecords headRecords = new BatchRecords(heads.size() * HeadChanges.BYTES_EACH);
        heads.writeTo(headRecords);
        headRecords.visit(visitor);
    }

    /** All records but those of the heads. Writes what was gathered to delete behind the others, where nothing of it is put again. */
    BatchRecords records() {
        messages.moveTo(records);
        leases.moveTo(records);
        return records;
    }

    HeadChanges heads() {
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
                    KeyFormat.SPACE_INHERITED,
                    queueNumber,
                    header.timestampMillis(),
                    header.seq(),
                    RecordFormat.headerBytes(header));
            RecordFormat.writeHeader(index, header);
        }
        if (event.origin() != null) {
            takeFrom(event.origin().queueNumber(), event.origin().header());
        }
    }

    /** The other half of a move to a dead letter queue. */
    private void takeFrom(long originNumber, MessageHeader header) {
        deleteMessage(originNumber, header);
        deleteIndex(KeyFormat.SPACE_LEASE, originNumber, header.seq());
        RecordBytes marker = records.putSeqKey(
                ColumnFamily.INDEX,
                KeyFormat.SPACE_DEPARTED,
                originNumber,
                header.seq(),
                RecordFormat.headerBytes(header));
        RecordFormat.writeHeader(marker, header);
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
                // Nothing but its message record says that it is there.
            }
            case SCHEDULED -> deleteWaiting(queueNumber, header.seq(), event.availableAtMillis());
            case LEASED -> {
                if (!leases.add(queueNumber, header.seq())) {
                    deleteIndex(KeyFormat.SPACE_LEASE, queueNumber, header.seq());
                }
            }
            default -> throw new IllegalStateException("unknown place " + event);
        }
    }

    private void addPurged(long queueNumber, long belowSeq) {
        deletedBodyBytes += MUCH_BYTES;
        dropBelow(ColumnFamily.MESSAGES, KeyFormat.SPACE_MESSAGES, queueNumber, belowSeq);
        dropBelow(ColumnFamily.MESSAGES, KeyFormat.SPACE_DELAYED, queueNumber, belowSeq);
        dropBelow(ColumnFamily.INDEX, KeyFormat.SPACE_LEASE, queueNumber, belowSeq);
        dropBelow(ColumnFamily.INDEX, KeyFormat.SPACE_WAITING, queueNumber, belowSeq);
        dropBelow(ColumnFamily.INDEX, KeyFormat.SPACE_DEPARTED, queueNumber, belowSeq);
        dropSpace(ColumnFamily.INDEX, KeyFormat.SPACE_SCHEDULE, queueNumber);
        dropSpace(ColumnFamily.INDEX, KeyFormat.SPACE_INHERITED, queueNumber);
    }

    private void deleteMessage(long queueNumber, MessageHeader header) {
        deletedBodyBytes += header.bodyBytes();
        if (header.delayed() || !messages.add(queueNumber, header.seq())) {
            records.deleteSeqKey(ColumnFamily.MESSAGES, KeyFormat.bodySpace(header), queueNumber, header.seq());
        }
        if (header.hasOriginalTimestamp()) {
            records.deleteTimeKey(KeyFormat.SPACE_INHERITED, queueNumber, header.timestampMillis(), header.seq());
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

    private void dropBelow(ColumnFamily family, byte space, long queueNumber, long belowSeq) {
        records.deleteRange(
                family, KeyFormat.queueKey(space, queueNumber), KeyFormat.seqKey(space, queueNumber, belowSeq));
    }

    private void dropSpace(ColumnFamily family, byte space, long queueNumber) {
        records.deleteRange(family, KeyFormat.queueKey(space, queueNumber), KeyFormat.queueEnd(space, queueNumber));
    }
}
