package dev.sluice.store.rocksdb;

import dev.sluice.queue.Content;
import dev.sluice.queue.ContentType;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueHead;
import dev.sluice.store.Durability;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Commits 64 pushes at once and waits until all are stored; time per push. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class GroupCommitBenchmark {
    private static final int PUSHES = 64;
    private static final long NOW_MILLIS = 1_788_000_000_000L;

    /** The durability of the store. */
    @Param({"ASYNC", "FSYNC"})
    public Durability durability;

    private final Content content = new Content(1, 2, ContentType.TEXT, 0, new byte[200]);
    private Path directory;
    private QueueStore store;
    private long seq;

    /** Opens a store below the working directory, because the directory for temporary files may be in memory. */
    @Setup
    public void open() throws IOException {
        directory = Files.createTempDirectory(Files.createDirectories(Path.of("target/bench")), "group-commit-");
        store = RocksDbStore.open(directory.resolve("data"), durability);
    }

    /** Closes the store and deletes its files. */
    @TearDown
    public void close() throws IOException {
        store.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Commits and waits. */
    @Benchmark
    @OperationsPerInvocation(PUSHES)
    public void commit() throws InterruptedException {
        CountDownLatch stored = new CountDownLatch(PUSHES);
        for (int i = 0; i < PUSHES; i++) {
            store.commit(push(++seq), failure -> stored.countDown());
        }
        stored.await();
    }

    private StoreBatch push(long number) {
        StoreBatch batch = store.newBatch(0);
        MessageHeader header = new MessageHeader(number, NOW_MILLIS, NOW_MILLIS, 200, false);
        batch.add(1, new QueueEvent.Enqueued(header, content, NOW_MILLIS, null));
        batch.head(
                1, new QueueHead(number + 1, 1, number, 200 * number, 0, 0, 0, 1, 0, NOW_MILLIS, 1, 0, Long.MAX_VALUE));
        return batch;
    }
}
