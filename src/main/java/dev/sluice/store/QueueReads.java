package dev.sluice.store;

import dev.sluice.queue.Lease;
import dev.sluice.queue.LookupResult;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueHead;
import dev.sluice.queue.QueueImage;
import dev.sluice.queue.ScheduledMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The reads of {@link QueueStore} on any {@link StoreSnapshot}: the counterpart of {@link StoreBatch}. Stateless. Runs
 * on the calling thread and blocks as the snapshot does.
 */
public final class QueueReads {
    /**
     * Limit of body bytes of one read of arrivals; the last message may exceed it. Without it a window of the largest
     * messages would be 130 MB.
     */
    public static final int ARRIVALS_BYTES_MAX = 1024 * 1024;

    private QueueReads() {}

    /** See {@link QueueStore#load}. Needs a consistent snapshot. */
    public static QueueImage load(StoreSnapshot snapshot, long queueNumber) {
        QueueHead head = head(snapshot, queueNumber);
        if (head == null) {
            return QueueImage.NEW;
        }
        List<Lease> leases = leases(snapshot, queueNumber, 0, Integer.MAX_VALUE);
        List<MessageHeader> deadLettered = bySeq(
                snapshot,
                KeyFormat.SPACE_DEAD_LETTERED,
                queueNumber,
                0,
                Integer.MAX_VALUE,
                RecordFormat::readHeaderOnly);
        return new QueueImage(head, leases, deadLettered);
    }

    /** The same for a queue whose dead letters go to queues that are stored apart. */
    public static QueueImage loadWithMove(StoreSnapshot snapshot, long queueNumber) {
        QueueImage image = load(snapshot, queueNumber);
        byte[] move = indexRecord(snapshot, KeyFormat.queueKey(KeyFormat.SPACE_MOVE, queueNumber));
        return move == null
                ? image
                : new QueueImage(image.head(), image.leases(), image.deadLettered(), RecordFormat.readMove(move));
    }

    /** Whether the catalog has a record. */
    public static boolean hasCatalogRecord(StoreSnapshot snapshot, byte[] key) {
        return indexRecord(snapshot, KeyFormat.catalogKey(key)) != null;
    }

    /** The number of the last move that a queue has taken of an origin; 0 if there is none. */
    public static long received(StoreSnapshot snapshot, long queueNumber, long originNumber) {
        byte[] number = indexRecord(snapshot, KeyFormat.seqKey(KeyFormat.SPACE_RECEIVED, queueNumber, originNumber));
        return number == null ? 0 : RecordFormat.readMoveNumber(number);
    }

    /** Reads the head of a queue; null if the queue was never written. */
    public static @Nullable QueueHead head(StoreSnapshot snapshot, long queueNumber) {
        byte[] head = indexRecord(snapshot, KeyFormat.queueKey(KeyFormat.SPACE_HEAD, queueNumber));
        return head == null ? null : RecordFormat.readHead(head);
    }

    /** Reads leases ordered by seq, starting at {@code fromSeq}. */
    public static List<Lease> leases(StoreSnapshot snapshot, long queueNumber, long fromSeq, int limit) {
        return bySeq(snapshot, KeyFormat.SPACE_LEASE, queueNumber, fromSeq, limit, RecordFormat::readLease);
    }

    /** See {@link QueueStore#heads}. */
    public static Map<Long, QueueHead> heads(StoreSnapshot snapshot) {
        Map<Long, QueueHead> heads = new LinkedHashMap<>();
        snapshot.scan(
                ColumnFamily.INDEX,
                KeyFormat.spaceKey(KeyFormat.SPACE_HEAD),
                KeyFormat.spaceKey(KeyFormat.SPACE_HEAD + 1),
                (key, value) -> {
                    heads.put(KeyFormat.queueOf(key), RecordFormat.readHead(value));
                    return true;
                });
        return heads;
    }

    /**
     * See {@link QueueStore#readArrivals}.
     *
     * @param bytesMax the read ends with the message whose body reaches this total, at least 1
     */
    public static Arrivals arrivals(StoreSnapshot snapshot, long queueNumber, long fromSeq, int limit, long bytesMax) {
        ArrivalRows found = new ArrivalRows(limit, bytesMax);
        if (limit > 0) {
            snapshot.scan(
                    ColumnFamily.MESSAGES,
                    KeyFormat.seqKey(KeyFormat.SPACE_MESSAGES, queueNumber, fromSeq),
                    KeyFormat.queueEnd(KeyFormat.SPACE_MESSAGES, queueNumber),
                    found);
        }
        return new Arrivals(found.rows, !found.isLimitReached());
    }

    /** See {@link QueueStore#readSchedule}. */
    public static List<ScheduledMessage> schedule(
            StoreSnapshot snapshot, long queueNumber, long fromMillis, long fromSeq, int limit) {
        return byTime(
                snapshot, KeyFormat.SPACE_SCHEDULE, queueNumber, fromMillis, fromSeq, limit, QueueReads::scheduleRow);
    }

    /** See {@link QueueStore#readWaiting}. */
    public static List<ScheduledMessage> waiting(StoreSnapshot snapshot, long queueNumber, long fromSeq, int limit) {
        return bySeq(snapshot, KeyFormat.SPACE_WAITING, queueNumber, fromSeq, limit, RecordFormat::readWaiting);
    }

    /** See {@link QueueStore#readOriginalTimestamps}. */
    public static List<MessageHeader> originalTimestamps(
            StoreSnapshot snapshot, long queueNumber, long fromMillis, long fromSeq, int limit) {
        return byTime(
                snapshot,
                KeyFormat.SPACE_ORIGINAL_TIMESTAMP,
                queueNumber,
                fromMillis,
                fromSeq,
                limit,
                QueueReads::originalTimestampRow);
    }

    /** See {@link QueueStore#find}. Needs a consistent snapshot. */
    public static List<LookupResult> find(StoreSnapshot snapshot, long queueNumber, long[] seqs) {
        List<LookupResult> rows = new ArrayList<>(seqs.length);
        for (long seq : seqs) {
            LookupResult found = findOne(snapshot, queueNumber, seq);
            if (found != null) {
                rows.add(found);
            }
        }
        return rows;
    }

    /** See {@link QueueStore#readContents}. */
    public static List<StoredMessage> contents(StoreSnapshot snapshot, long queueNumber, List<MessageHeader> headers) {
        List<byte[]> keys = new ArrayList<>(headers.size());
        for (MessageHeader header : headers) {
            keys.add(KeyFormat.seqKey(KeyFormat.bodySpace(header), queueNumber, header.seq()));
        }
        List<byte @Nullable []> values = snapshot.getAll(ColumnFamily.MESSAGES, keys);
        List<StoredMessage> rows = new ArrayList<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) != null) {
                rows.add(RecordFormat.readMessage(values.get(i), headers.get(i).seq()));
            }
        }
        return rows;
    }

    /** See {@link QueueStore#readCatalog}. */
    public static Void catalog(StoreSnapshot snapshot, Consumer<CatalogRecord> each) {
        snapshot.scan(
                ColumnFamily.INDEX,
                KeyFormat.spaceKey(KeyFormat.SPACE_CATALOG),
                KeyFormat.spaceKey(KeyFormat.SPACE_CATALOG + 1),
                (key, value) -> {
                    each.accept(new CatalogRecord(Arrays.copyOfRange(key, 1, key.length), value));
                    return true;
                });
        return null;
    }

    /** A delayed message is either scheduled or leased, so its message record is not read. */
    private static @Nullable LookupResult findOne(StoreSnapshot snapshot, long queueNumber, long seq) {
        byte[] waiting = indexRecord(snapshot, KeyFormat.SPACE_WAITING, queueNumber, seq);
        if (waiting != null) {
            ScheduledMessage row = RecordFormat.readWaiting(waiting, seq);
            return new LookupResult(row.header(), row.deliveries(), row.availableAtMillis());
        }
        byte[] lease = indexRecord(snapshot, KeyFormat.SPACE_LEASE, queueNumber, seq);
        if (lease != null) {
            Lease row = RecordFormat.readLease(lease, seq);
            return new LookupResult(row.header(), row.delivery(), LookupResult.NOT_SCHEDULED);
        }
        MessageHeader header = storedHeader(snapshot, KeyFormat.SPACE_MESSAGES, queueNumber, seq);
        return header == null ? null : new LookupResult(header, 0, LookupResult.NOT_SCHEDULED);
    }

    /** The header of a message record; null if there is none. */
    static @Nullable MessageHeader storedHeader(StoreSnapshot snapshot, byte bodySpace, long queueNumber, long seq) {
        byte[] start = snapshot.getStart(
                ColumnFamily.MESSAGES, KeyFormat.seqKey(bodySpace, queueNumber, seq), RecordFormat.HEADER_BYTES_MAX);
        return start == null ? null : RecordFormat.readHeader(new RecordCursor(start), seq);
    }

    /** The value of an index record by seq; null if there is none. */
    static byte @Nullable [] indexRecord(StoreSnapshot snapshot, byte space, long queueNumber, long seq) {
        return indexRecord(snapshot, KeyFormat.seqKey(space, queueNumber, seq));
    }

    /** The value of an index record; null if there is none. */
    static byte @Nullable [] indexRecord(StoreSnapshot snapshot, byte[] key) {
        return snapshot.getStart(ColumnFamily.INDEX, key, Integer.MAX_VALUE);
    }

    static ScheduledMessage scheduleRow(byte[] key, byte[] value) {
        return RecordFormat.readSchedule(value, KeyFormat.seqOfTimeKey(key), KeyFormat.timeOf(key));
    }

    static MessageHeader originalTimestampRow(byte[] key, byte[] value) {
        return RecordFormat.readHeaderOnly(value, KeyFormat.seqOfTimeKey(key));
    }

    /** Collects messages until one of the limits is reached. */
    private static final class ArrivalRows implements StoreSnapshot.RowVisitor {
        private final List<StoredMessage> rows = new ArrayList<>();
        private final int limit;
        private final long bytesMax;
        private long bytes;

        ArrivalRows(int limit, long bytesMax) {
            this.limit = limit;
            this.bytesMax = bytesMax;
        }

        @Override
        public boolean row(byte[] key, byte[] value) {
            StoredMessage row = RecordFormat.readMessage(value, KeyFormat.seqOf(key));
            rows.add(row);
            bytes += row.content().body().length;
            return !isLimitReached();
        }

        boolean isLimitReached() {
            return rows.size() >= limit || bytes >= bytesMax;
        }
    }

    /** Decodes the value of a record whose key holds that seq. */
    private interface SeqRow<T> {
        T read(byte[] value, long seq);
    }

    private static <T> List<T> bySeq(
            StoreSnapshot snapshot, byte space, long queueNumber, long fromSeq, int limit, SeqRow<T> row) {
        return rows(
                snapshot,
                KeyFormat.seqKey(space, queueNumber, fromSeq),
                KeyFormat.queueEnd(space, queueNumber),
                limit,
                (key, value) -> row.read(value, KeyFormat.seqOf(key)));
    }

    private static <T> List<T> byTime(
            StoreSnapshot snapshot,
            byte space,
            long queueNumber,
            long fromMillis,
            long fromSeq,
            int limit,
            BiFunction<byte[], byte[], T> row) {
        return rows(
                snapshot,
                KeyFormat.timeKey(space, queueNumber, fromMillis, fromSeq),
                KeyFormat.queueEnd(space, queueNumber),
                limit,
                row);
    }

    private static <T> List<T> rows(
            StoreSnapshot snapshot, byte[] fromKey, byte[] toKey, int limit, BiFunction<byte[], byte[], T> row) {
        List<T> rows = new ArrayList<>();
        if (limit > 0) {
            snapshot.scan(ColumnFamily.INDEX, fromKey, toKey, (key, value) -> {
                rows.add(row.apply(key, value));
                return rows.size() < limit;
            });
        }
        return rows;
    }
}
