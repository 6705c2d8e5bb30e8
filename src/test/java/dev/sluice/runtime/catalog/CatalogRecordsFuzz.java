package dev.sluice.runtime.catalog;

import dev.sluice.fuzz.AllocationBound;
import dev.sluice.store.CatalogRecord;
import dev.sluice.store.StoreCorruptException;
import java.util.Arrays;

/**
 * Fuzzes catalog records: each is either rejected as corrupt, or decodes to a definition that survives another
 * encoding.
 */
public final class CatalogRecordsFuzz {
    private CatalogRecordsFuzz() {}

    /** Input: the length of the key, the key, the value. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int keyEnd = Math.min(input.length, 1 + (input[0] & 15));
        CatalogRecord record = new CatalogRecord(
                Arrays.copyOfRange(input, 1, keyEnd), Arrays.copyOfRange(input, keyEnd, input.length));
        CatalogRecords.CatalogEntry read;
        try {
            read = AllocationBound.within(input.length, () -> CatalogRecords.read(record));
        } catch (StoreCorruptException damage) {
            return;
        }
        boolean same = true;
        if (read instanceof CatalogRecords.CatalogEntry.QueueEntry entry) {
            same = read.equals(
                    CatalogRecords.read(new CatalogRecord(record.key(), CatalogRecords.value(entry.queue()))));
        } else if (read instanceof CatalogRecords.CatalogEntry.SubscriptionEntry entry) {
            byte[] written = CatalogRecords.value(entry.subscription());
            same = read.equals(CatalogRecords.read(new CatalogRecord(record.key(), written)));
        } else if (read instanceof CatalogRecords.CatalogEntry.ClockEntry entry) {
            same = read.equals(CatalogRecords.read(CatalogRecords.clock(entry.clock())));
        }
        if (!same) {
            throw new AssertionError("written again it is read as something else: " + read);
        }
    }
}
