package dev.sluice.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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

/** Commands on a queue: decide, apply, and the head that a batch would store. Times are per message. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class QueueStateBenchmark {
    private static final int BATCH = 100;
    private static final long NOW_MILLIS = 1_788_000_000_000L;
    private static final Consumer CONSUMER =
            new Consumer("c", ConsumerType.HTTP_PULL, "", "", ConsumerSettings.defaultsOf(ConsumerType.HTTP_PULL), 0);

    private final NewMessage message = new NewMessage(1, 2, ContentType.TEXT, new byte[200], NewMessage.DELAY_UNSET);
    private final NewMessage delayedMessage = new NewMessage(1, 2, ContentType.TEXT, new byte[200], 3_600);
    private final QueueState deep = newState();
    private final QueueState cycled = newState();
    private final QueueState delayed = newState();

    private static QueueState newState() {
        return new QueueState(
                QueueSettings.DEFAULT, CONSUMER, Limits.DOCUMENTED, QueueImage.NEW, ByteBudget.unbounded());
    }

    /** A push to a queue with a growing backlog. */
    @Benchmark
    public QueueHead push() {
        run(deep, new Push(List.of(message)));
        return deep.head();
    }

    /** A push with delay to a queue with a growing backlog. */
    @Benchmark
    public QueueHead pushDelayed() {
        run(delayed, new Push(List.of(delayedMessage)));
        return delayed.head();
    }

    /** The life cycle of a message: single pushes, a pull of 100, an acknowledgement of 100. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public QueueHead pushPullAck() {
        for (int i = 0; i < BATCH; i++) {
            run(cycled, new Push(List.of(message)));
        }
        List<ReadyMessage> candidates =
                run(cycled, new PullCandidates(BATCH, ConsumerType.HTTP_PULL, 4 << 20, Set.of()));
        Pull.PullReply pulled = run(cycled, new Pull(candidates, 30_000, ConsumerType.HTTP_PULL));
        List<LeaseId> acks = new ArrayList<>(BATCH);
        for (Lease lease : pulled.leases()) {
            acks.add(new LeaseId(lease.header().seq(), lease.delivery()));
        }
        Ack.AckReply acked = run(cycled, new Ack(acks, List.of()));
        if (acked.ackCount() != BATCH) {
            throw new IllegalStateException("only " + acked.ackCount() + " acknowledged");
        }
        return cycled.head();
    }

    private static <R> R run(QueueState state, QueueCommand<R> command) {
        if (command.requiredRead(state, NOW_MILLIS) != null) {
            throw new IllegalStateException("nothing should have to be read");
        }
        Decision<R> decision = command.decide(state, NOW_MILLIS);
        for (QueueEvent event : decision.events()) {
            state.apply(event);
        }
        return decision.reply();
    }
}
