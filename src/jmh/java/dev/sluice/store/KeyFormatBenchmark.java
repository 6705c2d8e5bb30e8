package dev.sluice.store;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Encoding and decoding of keys. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class KeyFormatBenchmark {
    private long seq = 1;
    private final byte[] timeKey = KeyFormat.timeKey(KeyFormat.SPACE_SCHEDULE, 1, 1_788_000_000_000L, 4_711);

    /** Writes a key with a seq. */
    @Benchmark
    public byte[] seqKey() {
        return KeyFormat.seqKey(KeyFormat.SPACE_MESSAGES, 1, seq++);
    }

    /** Writes a key with a time and a seq. */
    @Benchmark
    public byte[] timeKey() {
        return KeyFormat.timeKey(KeyFormat.SPACE_SCHEDULE, 1, 1_788_000_000_000L, seq++);
    }

    /** Reads both numbers of such a key. */
    @Benchmark
    public long readTimeKey() {
        return KeyFormat.timeOf(timeKey) ^ KeyFormat.seqOfTimeKey(timeKey);
    }
}
