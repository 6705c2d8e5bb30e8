package dev.sluice.store;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.delayed;
import static dev.sluice.store.Samples.withOriginalTimestamp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.Lease;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueHead;
import dev.sluice.queue.ScheduledMessage;
import dev.sluice.store.rocksdb.BatchRecords;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.Test;

/** Tests the bytes on disk. A change here requires a new format version with a migration. */
class StoredFormatTest {
    private static final long Q = 0x0A;

    private final StoreBatch batch = Samples.batch();

    @Test
    void anArrivalIsOneRecord() {
        batch.add(Q, enqueued(arrival(2), 1_002, null));

        assertRecords()
                .containsExactly("put MESSAGES 01.000000000000000a.0000000000000002 = "
                        + "00.00000000000003ea.0a.0000000000000001.0000000000000002.01.ac02.6869");
    }

    @Test
    void everyContentTypeHasItsByte() {
        List<String> stored = new ArrayList<>();
        for (ContentType type : ContentType.values()) {
            Content content = new Content(1, 2, type, 0, new byte[] {'h', 'i'});
            RecordBytes bytes = new RecordBytes(RecordFormat.messageBytes(arrival(2), content));
            RecordFormat.writeMessage(bytes, arrival(2), content);
            byte[] record = bytes.toByteArray();
            stored.add(hex(record).substring(hex(record).length() - 8));
            assertThat(RecordFormat.readMessage(record, 2).content().contentType())
                    .isEqualTo(type);
        }
        assertThat(stored).containsExactly("01006869", "02006869", "03006869", "04006869");
    }

    @Test
    void aDelayedMessageIsAlsoInBothScheduleIndexes() {
        batch.add(Q, enqueued(delayed(2), 9_000, null));

        assertRecords()
                .containsExactly(
                        "put MESSAGES 02.000000000000000a.0000000000000002 = "
                                + "01.00000000000003ea.0a.0000000000000001.0000000000000002.01.ac02.6869",
                        "put INDEX 12.000000000000000a.0000000000000002 = 01.00000000000003ea.0a.00.0000000000002328",
                        "put INDEX 13.000000000000000a.0000000000002328.0000000000000002 = 01.00000000000003ea.0a.00");
    }

    @Test
    void aDeadLetterDeletesAllRecordsOfItsOrigin() {
        MessageHeader deadLetter = withOriginalTimestamp(2, 1_001);
        batch.add(
                Q,
                enqueued(
                        deadLetter,
                        deadLetter.storedAtMillis(),
                        new QueueEvent.Origin(9, withOriginalTimestamp(1, 1_000))));

        assertRecords()
                .containsExactly(
                        "put MESSAGES 01.000000000000000a.0000000000000002 = 02.00000000000007d2.00000000000003e9.0a."
                                + "0000000000000001.0000000000000002.01.ac02.6869",
                        "put INDEX 14.000000000000000a.00000000000003e9.0000000000000002 = "
                                + "02.00000000000007d2.00000000000003e9.0a",
                        "delete INDEX 14.0000000000000009.00000000000003e8.0000000000000001",
                        "delete INDEX 11.0000000000000009.0000000000000001",
                        "put INDEX 15.0000000000000009.0000000000000001 = 02.00000000000007d1.00000000000003e8.0a",
                        "delete MESSAGES 01.0000000000000009.0000000000000001");
    }

    @Test
    void aLeaseReplacesTheScheduleEntries() {
        batch.add(Q, new QueueEvent.Leased(new Lease(delayed(2), 200, 5_000), 9_000));

        assertRecords()
                .containsExactly(
                        "put INDEX 11.000000000000000a.0000000000000002 = 01.00000000000003ea.0a.c801.0000000000001388",
                        "delete INDEX 12.000000000000000a.0000000000000002",
                        "delete INDEX 13.000000000000000a.0000000000002328.0000000000000002");
    }

    @Test
    void aLeaseOfAnArrivalDeletesNothing() {
        batch.add(Q, Samples.leased(new Lease(arrival(2), 1, 5_000)));

        assertRecords().hasSize(1);
    }

    @Test
    void aReleaseReplacesTheLease() {
        batch.add(Q, new QueueEvent.Released(new ScheduledMessage(arrival(2), 1, 9_000)));

        assertRecords()
                .containsExactly(
                        "delete INDEX 11.000000000000000a.0000000000000002",
                        "put INDEX 12.000000000000000a.0000000000000002 = 00.00000000000003ea.0a.01.0000000000002328",
                        "put INDEX 13.000000000000000a.0000000000002328.0000000000000002 = 00.00000000000003ea.0a.01");
    }

    @Test
    void headsAreWrittenLastAndCatalogRecordsHaveTheirOwnKeySpace() {
        batch.head(Q, new QueueHead(1, 2, 3, 300, 5, 6, 7, 8, 9, 10, 11, 12, Long.MAX_VALUE));
        batch.head(11, new QueueHead(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        batch.dropQueue(11);
        batch.putCatalog(new byte[] {1}, new byte[] {2});
        batch.deleteCatalog(new byte[] {3});

        assertRecords()
                .endsWith(
                        "deleteRange INDEX 15.000000000000000b 15.000000000000000c",
                        "put INDEX 20.01 = 02",
                        "delete INDEX 20.03",
                        "put INDEX 10.000000000000000a = 01.02.03.ac02.05.06.07.08.09.0a.0b.0c.ffffffffffffffff7f",
                        "delete INDEX 10.000000000000000b");
    }

    @Test
    void adjacentMessagesAreDeletedAsOneRangeInAnyOrderOfRemoval() {
        for (long seq = BatchRecords.RANGE_DELETE_MIN + 1; seq >= 2; seq--) {
            batch.add(
                    Q,
                    new QueueEvent.Removed(arrival(seq), QueueEvent.MessageLocation.LEASED, 0, QueueEvent.Cause.ACKED));
        }
        batch.add(
                Q, new QueueEvent.Removed(arrival(0x23), QueueEvent.MessageLocation.LEASED, 0, QueueEvent.Cause.ACKED));

        assertRecords()
                .containsExactly(
                        "deleteRange MESSAGES 01.000000000000000a.0000000000000002 01.000000000000000a.0000000000000022",
                        "delete MESSAGES 01.000000000000000a.0000000000000023",
                        "deleteRange INDEX 11.000000000000000a.0000000000000002 11.000000000000000a.0000000000000022",
                        "delete INDEX 11.000000000000000a.0000000000000023");
    }

    /** A range delete makes reads slower. */
    @Test
    void fewAdjacentMessagesAreDeletedOneByOne() {
        for (long seq = 1; seq < BatchRecords.RANGE_DELETE_MIN; seq++) {
            batch.add(
                    Q,
                    new QueueEvent.Removed(
                            arrival(seq), QueueEvent.MessageLocation.ARRIVAL, 0, QueueEvent.Cause.EXPIRED));
        }

        assertRecords()
                .hasSize(BatchRecords.RANGE_DELETE_MIN - 1)
                .allMatch(record -> record.startsWith("delete MESSAGES"));
    }

    @Test
    void aPurgeIsAFixedNumberOfRangeDeletes() {
        batch.add(Q, new QueueEvent.Purged(256, 1));

        assertRecords()
                .containsExactly(
                        "deleteRange MESSAGES 01.000000000000000a 01.000000000000000a.0000000000000100",
                        "deleteRange MESSAGES 02.000000000000000a 02.000000000000000a.0000000000000100",
                        "deleteRange INDEX 11.000000000000000a 11.000000000000000a.0000000000000100",
                        "deleteRange INDEX 12.000000000000000a 12.000000000000000a.0000000000000100",
                        "deleteRange INDEX 15.000000000000000a 15.000000000000000a.0000000000000100",
                        "deleteRange INDEX 13.000000000000000a 13.000000000000000b",
                        "deleteRange INDEX 14.000000000000000a 14.000000000000000b");
    }

    @Test
    void aTruncatedRecordIsReportedAsDamage() {
        Lease lease = new Lease(withOriginalTimestamp(2, 1), 300, 5_000);
        RecordBytes bytes = new RecordBytes(1);
        RecordFormat.writeLease(bytes, lease);
        byte[] whole = bytes.toByteArray();

        assertThat(whole).hasSize(RecordFormat.leaseBytes(lease));
        assertThat(RecordFormat.readLease(whole, 2)).isEqualTo(lease);
        for (int size = 0; size < whole.length; size++) {
            byte[] truncated = Arrays.copyOf(whole, size);
            assertThatThrownBy(() -> RecordFormat.readLease(truncated, 2)).isInstanceOf(StoreCorruptException.class);
        }
        assertThatThrownBy(() -> RecordFormat.readLease(Arrays.copyOf(whole, whole.length + 1), 2))
                .isInstanceOf(StoreCorruptException.class);
        assertThatThrownBy(() -> RecordFormat.readLease(new byte[] {8}, 2)).isInstanceOf(StoreCorruptException.class);
    }

    @Test
    void varintsOfEverySizeAreReadBack() {
        for (int bits = 0; bits < 64; bits++) {
            for (long value : new long[] {1L << bits, (1L << bits) - 1, -1L << bits}) {
                RecordBytes bytes = new RecordBytes(1).putVarint(value);
                assertThat(bytes.length()).isEqualTo(RecordBytes.varintBytes(value));
                assertThat(new RecordCursor(bytes.toByteArray()).getVarint()).isEqualTo(value);
            }
        }
        byte[] endless = new byte[11];
        Arrays.fill(endless, (byte) 0x80);
        assertThatThrownBy(() -> new RecordCursor(endless).getVarint()).isInstanceOf(StoreCorruptException.class);
    }

    private static QueueEvent enqueued(MessageHeader header, long availableAtMillis, QueueEvent.Origin origin) {
        Content content = new Content(1, 2, ContentType.TEXT, 300, new byte[] {'h', 'i'});
        return new QueueEvent.Enqueued(header, content, availableAtMillis, origin);
    }

    /** Renders the batch as text. The comparison ignores the dots, which only make the expectations readable. */
    private ListAssert<String> assertRecords() {
        List<String> records = new ArrayList<>();
        batch.forEach(new BatchVisitor() {
            @Override
            public void put(ColumnFamily family, byte[] key, byte[] value) {
                records.add("put " + family + " " + hex(key) + " = " + hex(value));
            }

            @Override
            public void delete(ColumnFamily family, byte[] key) {
                records.add("delete " + family + " " + hex(key));
            }

            @Override
            public void deleteRange(ColumnFamily family, byte[] fromKey, byte[] toKey) {
                records.add("deleteRange " + family + " " + hex(fromKey) + " " + hex(toKey));
            }
        });
        return assertThat(records).usingElementComparator(Comparator.comparing(text -> text.replace(".", "")));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
