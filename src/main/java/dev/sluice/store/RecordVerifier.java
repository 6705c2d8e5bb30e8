package dev.sluice.store;

import dev.sluice.queue.Lease;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueHead;
import dev.sluice.queue.ScheduledMessage;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the records of a store are consistent: every message is in exactly one state, no index entry exists
 * without its message, no message lacks its index entries, and the counts and bounds of the heads are correct. Reads
 * every record once, in key order, together with the records that belong to it. Keeps only one tally per queue.
 * Stateful; use one instance per run.
 */
public final class RecordVerifier {
    private static final byte[] FIRST_KEY = {};
    /** Greater than any key, also one of an unknown key space. */
    private static final byte[] AFTER_ALL_KEYS = new byte[64];

    static {
        Arrays.fill(AFTER_ALL_KEYS, (byte) -1);
    }

    private final StoreSnapshot snapshot;
    private final CheckReport findings;
    private final Map<Long, QueueTally> tallies = new TreeMap<>();

    private RecordVerifier(StoreSnapshot snapshot, CheckReport findings) {
        this.snapshot = snapshot;
        this.findings = findings;
    }

    /**
     * Checks all records. Needs a consistent snapshot.
     *
     * @throws StoreCorruptException if the snapshot cannot be read to the end
     */
    public static CheckTotals run(StoreSnapshot snapshot, CheckReport findings) {
        return new RecordVerifier(snapshot, findings).run();
    }

    private CheckTotals run() {
        snapshot.scan(
                ColumnFamily.INDEX,
                KeyFormat.spaceKey(KeyFormat.SPACE_HEAD),
                KeyFormat.spaceKey(KeyFormat.SPACE_HEAD + 1),
                (key, value) -> guarded(key, () -> head(key, value)));
        snapshot.scan(
                ColumnFamily.MESSAGES,
                FIRST_KEY,
                AFTER_ALL_KEYS,
                (key, value) -> guarded(key, () -> messageRow(key, value)));
        snapshot.scan(
                ColumnFamily.INDEX,
                FIRST_KEY,
                AFTER_ALL_KEYS,
                (key, value) -> guarded(key, () -> indexRow(key, value)));
        tallies.forEach((number, tally) -> tally.compare(nameOf(number), findings));
        return new CheckTotals(
                tallies.size(),
                tallies.values().stream().mapToLong(QueueTally::messages).sum(),
                tallies.values().stream().mapToLong(QueueTally::bytes).sum());
    }

    /** A corrupt row is a finding; the check continues. */
    private boolean guarded(byte[] key, Runnable check) {
        try {
            check.run();
        } catch (StoreCorruptException damaged) {
            String where = key.length >= KeyFormat.QUEUE_KEY_BYTES ? nameOf(KeyFormat.queueOf(key)) : "the store";
            findings.add(where, damaged.getMessage());
        }
        return true;
    }

    private void head(byte[] key, byte[] value) {
        tallies.put(KeyFormat.queueOf(key), new QueueTally(RecordFormat.readHead(value)));
    }

    private void messageRow(byte[] key, byte[] value) {
        byte space = spaceOf(key);
        if (space != KeyFormat.SPACE_MESSAGES && space != KeyFormat.SPACE_DELAYED) {
            throw unknown(space);
        }
        long queueNumber = KeyFormat.queueOf(key);
        MessageHeader header =
                RecordFormat.readMessage(value, KeyFormat.seqOf(key)).header();
        String message = "message " + header.seq();
        QueueTally tally = tallyOf(queueNumber, message);
        if (tally == null) {
            return;
        }
        tally.addMessage(header);
        if (space != KeyFormat.bodySpace(header)) {
            findings.add(nameOf(queueNumber), message + " lies in the wrong space");
        }
        if (space == KeyFormat.SPACE_DELAYED && isStored(KeyFormat.SPACE_MESSAGES, queueNumber, header.seq())) {
            findings.add(nameOf(queueNumber), message + " is stored twice");
        }
        checkBounds(queueNumber, tally.head(), header);
        boolean arrival = isArrival(tally.head(), header);
        if (!arrival
                && index(KeyFormat.SPACE_LEASE, queueNumber, header.seq()) == null
                && index(KeyFormat.SPACE_WAITING, queueNumber, header.seq()) == null) {
            findings.add(nameOf(queueNumber), message + " is in no place: not an arrival, not waiting, not leased");
        }
        if (header.hasOriginalTimestamp() && !header.equals(originalTimestampHeader(queueNumber, header))) {
            findings.add(nameOf(queueNumber), message + " has no entry for its original timestamp");
        }
    }

    private void checkBounds(long queueNumber, QueueHead head, MessageHeader header) {
        if (header.seq() < head.purgedBelowSeq() || header.seq() >= head.nextSeq()) {
            findings.add(
                    nameOf(queueNumber),
                    "message " + header.seq() + " is not from " + head.purgedBelowSeq() + " to below " + head.nextSeq()
                            + ", as its head says");
        }
        if (header.storedAtMillis() > head.storedAtMillis()) {
            findings.add(nameOf(queueNumber), "message " + header.seq() + " is newer than its head says");
        }
    }

    private void indexRow(byte[] key, byte[] value) {
        switch (spaceOf(key)) {
            case KeyFormat.SPACE_FORMAT,
                    KeyFormat.SPACE_HEAD,
                    KeyFormat.SPACE_MOVE,
                    KeyFormat.SPACE_RECEIVED,
                    KeyFormat.SPACE_CATALOG -> {
                // The format record was checked when the store was opened, and the heads were read first. The catalog
                // is not interpreted by the store.
            }
            case KeyFormat.SPACE_LEASE -> leaseRow(key, RecordFormat.readLease(value, KeyFormat.seqOf(key)));
            case KeyFormat.SPACE_WAITING -> waitingRow(key, RecordFormat.readWaiting(value, KeyFormat.seqOf(key)));
            case KeyFormat.SPACE_SCHEDULE -> scheduleRow(key, QueueReads.scheduleRow(key, value));
            case KeyFormat.SPACE_ORIGINAL_TIMESTAMP ->
                originalTimestampRow(key, QueueReads.originalTimestampRow(key, value));
            case KeyFormat.SPACE_DEAD_LETTERED ->
                deadLetteredRow(key, RecordFormat.readHeaderOnly(value, KeyFormat.seqOf(key)));
            default -> throw unknown(key[0]);
        }
    }

    private void leaseRow(byte[] key, Lease lease) {
        long queueNumber = KeyFormat.queueOf(key);
        String what = "the lease of message " + lease.header().seq();
        QueueTally tally = tallyOf(queueNumber, what);
        if (tally == null) {
            return;
        }
        checkBody(queueNumber, lease.header(), what);
        if (isArrival(tally.head(), lease.header())) {
            findings.add(nameOf(queueNumber), what + " is among the messages that were never delivered");
        }
        if (lease.delivery() < 1) {
            findings.add(nameOf(queueNumber), what + " is its delivery " + lease.delivery());
        }
    }

    private void waitingRow(byte[] key, ScheduledMessage waiting) {
        long queueNumber = KeyFormat.queueOf(key);
        long seq = waiting.header().seq();
        String what = "the waiting message " + seq;
        QueueTally tally = tallyOf(queueNumber, what);
        if (tally == null) {
            return;
        }
        tally.addWaiting();
        checkBody(queueNumber, waiting.header(), what);
        QueueHead head = tally.head();
        if (isArrival(head, waiting.header())) {
            findings.add(nameOf(queueNumber), what + " is among the messages that were never delivered");
        }
        if (index(KeyFormat.SPACE_LEASE, queueNumber, seq) != null) {
            findings.add(nameOf(queueNumber), what + " is leased too");
        }
        byte[] scheduled = QueueReads.indexRecord(
                snapshot, KeyFormat.timeKey(KeyFormat.SPACE_SCHEDULE, queueNumber, waiting.availableAtMillis(), seq));
        if (scheduled == null
                || !waiting.equals(RecordFormat.readSchedule(scheduled, seq, waiting.availableAtMillis()))) {
            findings.add(nameOf(queueNumber), what + " is not in the schedule as it should be");
        }
        if (seq < head.scheduledFromSeq() || waiting.availableAtMillis() < head.scheduleFromMillis()) {
            findings.add(nameOf(queueNumber), what + " lies before the first one that its head names");
        }
    }

    private void scheduleRow(byte[] key, ScheduledMessage scheduled) {
        long queueNumber = KeyFormat.queueOf(key);
        long seq = scheduled.header().seq();
        String what = "the scheduled message " + seq;
        if (tallyOf(queueNumber, what) == null) {
            return;
        }
        byte[] waiting = index(KeyFormat.SPACE_WAITING, queueNumber, seq);
        if (waiting == null || !scheduled.equals(RecordFormat.readWaiting(waiting, seq))) {
            findings.add(nameOf(queueNumber), what + " is not waiting as it should be");
        }
    }

    private void originalTimestampRow(byte[] key, MessageHeader header) {
        long queueNumber = KeyFormat.queueOf(key);
        String what = "the original timestamp of message " + header.seq();
        QueueTally tally = tallyOf(queueNumber, what);
        if (tally == null) {
            return;
        }
        tally.addOriginalTimestamp();
        checkBody(queueNumber, header, what);
        if (header.timestampMillis() != KeyFormat.timeOf(key)) {
            findings.add(nameOf(queueNumber), what + " stands at another time");
        }
        if (header.timestampMillis() < tally.head().originalTimestampFromMillis()) {
            findings.add(nameOf(queueNumber), what + " lies before the first one that its head names");
        }
    }

    /** A marker of a deleted queue is no inconsistency. */
    private void deadLetteredRow(byte[] key, MessageHeader header) {
        long queueNumber = KeyFormat.queueOf(key);
        QueueTally tally = tallies.get(queueNumber);
        if (tally == null) {
            return;
        }
        tally.addDeadLettered(header);
        if (isStored(KeyFormat.SPACE_MESSAGES, queueNumber, header.seq())
                || isStored(KeyFormat.SPACE_DELAYED, queueNumber, header.seq())) {
            findings.add(
                    nameOf(queueNumber), "message " + header.seq() + " is still stored although it was dead-lettered");
        }
    }

    private void checkBody(long queueNumber, MessageHeader header, String what) {
        MessageHeader body = QueueReads.storedHeader(snapshot, KeyFormat.bodySpace(header), queueNumber, header.seq());
        if (body == null) {
            findings.add(nameOf(queueNumber), what + " belongs to no message");
        } else if (!body.equals(header)) {
            findings.add(nameOf(queueNumber), what + " contradicts the message");
        }
    }

    private boolean isStored(byte bodySpace, long queueNumber, long seq) {
        return snapshot.getStart(ColumnFamily.MESSAGES, KeyFormat.seqKey(bodySpace, queueNumber, seq), 1) != null;
    }

    private @Nullable MessageHeader originalTimestampHeader(long queueNumber, MessageHeader header) {
        byte[] value = QueueReads.indexRecord(
                snapshot,
                KeyFormat.timeKey(
                        KeyFormat.SPACE_ORIGINAL_TIMESTAMP, queueNumber, header.timestampMillis(), header.seq()));
        return value == null ? null : RecordFormat.readHeaderOnly(value, header.seq());
    }

    private byte @Nullable [] index(byte space, long queueNumber, long seq) {
        return QueueReads.indexRecord(snapshot, space, queueNumber, seq);
    }

    /** Returns the tally of a queue. If the queue has no head, adds a finding and returns null. */
    private @Nullable QueueTally tallyOf(long queueNumber, String what) {
        QueueTally tally = tallies.get(queueNumber);
        if (tally == null) {
            findings.add(nameOf(queueNumber), what + " belongs to a queue without a head");
        }
        return tally;
    }

    private static boolean isArrival(QueueHead head, MessageHeader header) {
        return !header.delayed() && header.seq() >= head.arrivalsFromSeq();
    }

    private static String nameOf(long queueNumber) {
        return "queue " + queueNumber;
    }

    /** The key space, which is the first byte of a key. */
    private static byte spaceOf(byte[] key) {
        if (key.length == 0) {
            throw new StoreCorruptException("a stored key is empty");
        }
        return key[0];
    }

    private static StoreCorruptException unknown(byte space) {
        return new StoreCorruptException("a record lies in the unknown space " + (space & 0xFF));
    }
}
