package dev.sluice.store;

import dev.sluice.fuzz.AllocationBound;
import dev.sluice.queue.MessageHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Fuzzes stores with damaged rows. The check completes and reports the damage; the reads of a queue return rows or
 * throw. A store with a row in an unknown key space is never reported as sound.
 */
public final class StoredRowsFuzz {
    private static final int ROWS_MAX = 64;
    private static final long[] SEQS = {0, 1, 2, 3};

    private StoredRowsFuzz() {}

    /**
     * One execution. The input is a list of rows: family, key length, key, value length, value. Short keys are
     * completed with a queue and a seq.
     */
    public static void fuzzerTestOneInput(byte[] input) {
        Rows rows = new Rows();
        ByteBuffer from = ByteBuffer.wrap(input);
        for (int i = 0; i < ROWS_MAX && from.remaining() > 2; i++) {
            int flags = from.get();
            byte[] key = readBytes(from, flags >>> 2 & 31);
            if ((flags & 2) != 0 && key.length > 0) {
                key = ByteBuffer.allocate(17)
                        .put(key[0])
                        .putLong(1)
                        .putLong(key.length % 4)
                        .array();
            }
            byte[] value = from.hasRemaining() ? readBytes(from, from.get() & 63) : new byte[0];
            rows.of((flags & 1) == 0 ? ColumnFamily.INDEX : ColumnFamily.MESSAGES)
                    .put(key, value);
        }
        AllocationBound.within(input.length * 16, () -> {
            check(rows);
            return null;
        });
        reads(rows);
    }

    private static void check(Rows rows) {
        CheckReport findings = new CheckReport();
        CheckTotals totals = RecordVerifier.run(rows, findings);
        boolean hasUnknownSpace =
                rows.messages.keySet().stream().anyMatch(key -> key.length == 0 || key[0] < 1 || key[0] > 2);
        if (hasUnknownSpace && findings.total() == 0) {
            throw new AssertionError("a row in an unknown space was not found");
        }
        if (totals.messages() > rows.messages.size() || findings.kept().size() > findings.total()) {
            throw new AssertionError(totals + " of " + rows.messages.size() + " rows");
        }
    }

    private static void reads(Rows rows) {
        allowDamage(() -> QueueReads.load(rows, 1));
        allowDamage(() -> QueueReads.heads(rows));
        allowDamage(() -> QueueReads.arrivals(rows, 1, 0, 10, 1_000));
        allowDamage(() -> QueueReads.schedule(rows, 1, 0, 0, 10));
        allowDamage(() -> QueueReads.waiting(rows, 1, 0, 10));
        allowDamage(() -> QueueReads.originalTimestamps(rows, 1, 0, 0, 10));
        allowDamage(() -> QueueReads.find(rows, 1, SEQS));
        allowDamage(() -> QueueReads.contents(rows, 1, List.of(new MessageHeader(1, 2, 3, 4, false))));
        allowDamage(() -> QueueReads.catalog(rows, record -> {}));
    }

    private static void allowDamage(Supplier<?> read) {
        try {
            Object unused = read.get();
        } catch (StoreCorruptException damage) {
            if (damage.getMessage().isBlank()) {
                throw new AssertionError("damage without a message", damage);
            }
        }
    }

    private static byte[] readBytes(ByteBuffer from, int length) {
        byte[] bytes = new byte[Math.min(length, from.remaining())];
        from.get(bytes);
        return bytes;
    }

    /** Sorted rows in memory. */
    private static final class Rows implements StoreSnapshot {
        private final TreeMap<byte[], byte[]> index = new TreeMap<>(Arrays::compareUnsigned);
        private final TreeMap<byte[], byte[]> messages = new TreeMap<>(Arrays::compareUnsigned);

        private NavigableMap<byte[], byte[]> of(ColumnFamily family) {
            return family == ColumnFamily.INDEX ? index : messages;
        }

        @Override
        public void scan(ColumnFamily family, byte[] fromKey, byte[] toKey, RowVisitor visitor) {
            for (Map.Entry<byte[], byte[]> row :
                    of(family).subMap(fromKey, true, toKey, false).entrySet()) {
                if (!visitor.row(row.getKey(), row.getValue())) {
                    return;
                }
            }
        }

        @Override
        public byte[] getStart(ColumnFamily family, byte[] key, int bytesMin) {
            return of(family).get(key);
        }

        @Override
        public List<byte[]> getAll(ColumnFamily family, List<byte[]> keys) {
            List<byte[]> values = new ArrayList<>();
            keys.forEach(key -> values.add(of(family).get(key)));
            return values;
        }
    }
}
