package dev.sluice.store;

import static dev.sluice.store.StoreResults.allArrivals;
import static dev.sluice.store.StoreResults.get;

import dev.sluice.queue.LookupResult;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueImage;
import dev.sluice.queue.ScheduledMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.LongStream;

/** The results of all reads of one queue, for comparison with another store or an earlier state. */
public record StoreReading(
        QueueImage image,
        List<String> arrivals,
        List<ScheduledMessage> schedule,
        List<ScheduledMessage> waiting,
        List<MessageHeader> originalTimestamps,
        List<LookupResult> found) {
    private static final int LIMIT = 10_000;
    private static final long SEQ_MAX = 200;

    /** Reads all of it. */
    public static StoreReading of(QueueStore store, long queue) {
        return new StoreReading(
                get(store.load(queue)),
                allArrivals(store, queue).stream().map(StoreReading::text).toList(),
                get(store.readSchedule(queue, 0, 0, LIMIT)),
                get(store.readWaiting(queue, 0, LIMIT)),
                get(store.readOriginalTimestamps(queue, 0, 0, LIMIT)),
                get(store.find(queue, LongStream.rangeClosed(1, SEQ_MAX).toArray())));
    }

    private static String text(StoredMessage row) {
        return row.header() + " " + row.content().idHigh() + " "
                + new String(row.content().body(), StandardCharsets.UTF_8);
    }
}
