package dev.sluice.store;

import dev.sluice.fuzz.AllocationBound;
import dev.sluice.queue.Lease;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueHead;
import dev.sluice.queue.ScheduledMessage;
import dev.sluice.store.rocksdb.BatchRecords;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Fuzzes the value formats. Any bytes are either a value or reported as damage. A value that is written again has the
 * announced length, is not longer than before, and reads back equal.
 */
public final class RecordFormatFuzz {
    private static final long SEQ = 7;
    private static final long TIME_MILLIS = 1_700_000_000_000L;

    private static final BatchVisitor IGNORED = new BatchVisitor() {
        @Override
        public void put(ColumnFamily family, byte[] key, byte[] value) {}

        @Override
        public void delete(ColumnFamily family, byte[] key) {}

        @Override
        public void deleteRange(ColumnFamily family, byte[] fromKey, byte[] toKey) {}
    };

    private RecordFormatFuzz() {}

    /** One execution. The first byte selects the record type. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] value = Arrays.copyOfRange(input, 1, input.length);
        switch (input[0] & 7) {
            case 0 -> check(value, headers());
            case 1 -> message(value);
            case 2 -> check(value, leases());
            case 3 -> check(value, scheduled());
            case 4 -> check(value, waiting());
            case 5 -> head(value);
            default -> records(value);
        }
    }

    /** How one type of record is read, measured and written. */
    private record Format<T>(Function<byte[], T> read, ToIntFunction<T> bytes, BiConsumer<RecordBytes, T> write) {}

    private static Format<MessageHeader> headers() {
        return new Format<>(
                value -> RecordFormat.readHeaderOnly(value, SEQ), RecordFormat::headerBytes, RecordFormat::writeHeader);
    }

    private static Format<Lease> leases() {
        return new Format<>(
                value -> RecordFormat.readLease(value, SEQ), RecordFormat::leaseBytes, RecordFormat::writeLease);
    }

    private static Format<ScheduledMessage> scheduled() {
        return new Format<>(
                value -> RecordFormat.readSchedule(value, SEQ, TIME_MILLIS),
                each -> RecordFormat.scheduleBytes(each.header(), each.deliveries()),
                (to, each) -> RecordFormat.writeSchedule(to, each.header(), each.deliveries()));
    }

    private static Format<ScheduledMessage> waiting() {
        return new Format<>(
                value -> RecordFormat.readWaiting(value, SEQ),
                each -> RecordFormat.waitingBytes(each.header(), each.deliveries()),
                (to, each) ->
                        RecordFormat.writeWaiting(to, each.header(), each.deliveries(), each.availableAtMillis()));
    }

    private static <T> void check(byte[] value, Format<T> format) {
        T read = read(value, format.read());
        if (read != null) {
            byte[] written = written(to -> format.write().accept(to, read));
            require(written.length == format.bytes().applyAsInt(read), "the announced length is wrong");
            require(written.length <= value.length, "it is longer than before");
            require(read.equals(format.read().apply(written)), "it does not read back equal: " + read);
        }
    }

    private static void message(byte[] value) {
        StoredMessage read = read(value, bytes -> RecordFormat.readMessage(bytes, SEQ));
        if (read != null) {
            byte[] written = written(to -> RecordFormat.writeMessage(to, read.header(), read.content()));
            StoredMessage again = RecordFormat.readMessage(written, SEQ);
            require(
                    written.length == RecordFormat.messageBytes(read.header(), read.content()),
                    "the announced length is wrong");
            require(again.header().equals(read.header()), "the header differs");
            require(Arrays.equals(again.content().body(), read.content().body()), "the body differs");
            require(again.content().delaySeconds() == read.content().delaySeconds(), "the delay differs");
            require(again.content().contentType() == read.content().contentType(), "the content type differs");
        }
    }

    private static void head(byte[] value) {
        QueueHead read = read(value, RecordFormat::readHead);
        require(read == null || read.equals(RecordFormat.readHead(RecordFormat.head(read))), "the head differs");
    }

    /** Decodes a serialized batch and encodes it again. */
    private static void records(byte[] value) {
        BatchRecords copy = new BatchRecords(value.length);
        BatchVisitor copier = new BatchVisitor() {
            @Override
            public void put(ColumnFamily family, byte[] key, byte[] stored) {
                copy.put(family, key, stored);
            }

            @Override
            public void delete(ColumnFamily family, byte[] key) {
                copy.delete(family, key);
            }

            @Override
            public void deleteRange(ColumnFamily family, byte[] fromKey, byte[] toKey) {
                copy.deleteRange(family, fromKey, toKey);
            }
        };
        Integer count = read(value, bytes -> BatchRecords.visit(new RecordCursor(bytes), IGNORED));
        if (count != null) {
            BatchRecords.visit(new RecordCursor(value), copier);
        }
        if (count != null) {
            require(copy.count() == count, "records were lost");
            require(copy.length() <= value.length, "the copy is longer than before");
        }
    }

    private static <T> T read(byte[] value, Function<byte[], T> reader) {
        byte[] before = value.clone();
        try {
            return AllocationBound.within(value.length, () -> reader.apply(value));
        } catch (StoreCorruptException damage) {
            require(!damage.getMessage().isBlank(), "damage without a message");
            return null;
        } finally {
            require(Arrays.equals(before, value), "the value was changed");
        }
    }

    private static byte[] written(Consumer<RecordBytes> writer) {
        RecordBytes to = new RecordBytes(64);
        writer.accept(to);
        return to.toByteArray();
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
