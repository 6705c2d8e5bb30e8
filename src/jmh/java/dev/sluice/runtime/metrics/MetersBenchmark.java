package dev.sluice.runtime.metrics;

import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What the metrics of one push cost: its event, its response, and its share of a commit. Two event loops. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@Threads(2)
public class MetersBenchmark {
    private final Meters meters = new Meters();
    private final RequestMeter pushes = meters.requests("queues-push-message");
    private final QueueEvent pushed = new QueueEvent.Enqueued(new MessageHeader(1, 1, 1, 200, false), null, 1, null);

    @Benchmark
    public void event() {
        meters.count(pushed);
    }

    @Benchmark
    public void response() {
        pushes.record(200, 700_000);
    }

    @Benchmark
    public void commit() {
        meters.countCommit(3, 900_000);
    }
}
