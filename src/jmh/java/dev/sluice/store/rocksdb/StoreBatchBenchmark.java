package dev.sluice.store.rocksdb;

import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.Lease;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueHead;
import dev.sluice.store.StoreBatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Encoding of events into the bytes of a group. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class StoreBatchBenchmark {
    private static final int GROUP = 25;
    private static final long NOW_MILLIS = 1_788_000_000_000L;

    private final MessageHeader header = new MessageHeader(123_456, NOW_MILLIS, NOW_MILLIS, 200, false);
    private final QueueEvent enqueued =
            new QueueEvent.Enqueued(header, new Content(1, 2, ContentType.TEXT, 0, new byte[200]), NOW_MILLIS, null);
    private final QueueEvent leased =
            new QueueEvent.Leased(new Lease(header, 1, NOW_MILLIS + 30_000), QueueEvent.Leased.FROM_ARRIVALS);
    private final QueueEvent acked =
            new QueueEvent.Removed(header, QueueEvent.MessageLocation.LEASED, 0, QueueEvent.Cause.ACKED);
    private final QueueHead head =
            new QueueHead(123_457, 1, 123_456, 24_691_200, 0, 0, 0, 1, 0, NOW_MILLIS, 1, 0, Long.MAX_VALUE);

    /** One push. */
    @Benchmark
    public StoreBatch push() {
        return batch(enqueued);
    }

    /** One lease. */
    @Benchmark
    public StoreBatch lease() {
        return batch(leased);
    }

    /** One acknowledgement. */
    @Benchmark
    public StoreBatch ack() {
        return batch(acked);
    }

    /** Encodes 25 pushes and serializes the group for native code; time per push. */
    @Benchmark
    @OperationsPerInvocation(GROUP)
    public byte[] groupOfPushes() {
        BatchGroup group = new BatchGroup();
        for (int i = 0; i < GROUP; i++) {
            group.add(batch(enqueued));
        }
        return group.serialize();
    }

    private StoreBatch batch(QueueEvent event) {
        StoreBatch batch = new StoreBatch(new BatchRecords(StoreBatch.CAPACITY_BYTES_MIN), 0);
        batch.add(1, event);
        batch.head(1, head);
        return batch;
    }
}
