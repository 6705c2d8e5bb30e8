package dev.sluice.api.message;

import dev.sluice.queue.LeaseId;
import java.nio.charset.StandardCharsets;
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

/** Lease tokens, each way. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LeaseTokensBenchmark {
    private static final long QUEUE = 42;

    private final LeaseTokens tokens = new LeaseTokens(new byte[32]);
    private final byte[] target = new byte[LeaseTokens.CHARS_MAX];
    private final String token = new String(
            target,
            0,
            tokens.encode(LeaseTokens.TokenKind.LEASE, QUEUE, 123_456, 1, target, 0),
            StandardCharsets.US_ASCII);

    /** Makes a token. */
    @Benchmark
    public int encode() {
        return tokens.encode(LeaseTokens.TokenKind.LEASE, QUEUE, 123_456, 1, target, 0);
    }

    /** Reads one and checks that it is ours. */
    @Benchmark
    public LeaseId decode() {
        return tokens.decode(LeaseTokens.TokenKind.LEASE, QUEUE, token);
    }
}
