package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A queue with a clock and short methods, for tests of single rules. Everything is in memory, so no command needs a
 * read.
 */
final class TestQueue {
    static final int VISIBILITY_MILLIS = 30_000;

    final List<QueueEvent> events = new ArrayList<>();
    long nowMillis = 1_000_000;
    QueueState state;
    private QueueSettings settings = QueueSettings.DEFAULT;
    private Consumer consumer = consumer(3, 0, "");

    TestQueue() {
        this(Limits.DOCUMENTED);
    }

    TestQueue(Limits limits) {
        state = new QueueState(settings, consumer, limits, QueueImage.NEW, ByteBudget.unbounded());
    }

    static Consumer consumer(int maxRetries, int retryDelaySeconds, String deadLetterQueue) {
        ConsumerSettings settings = new ConsumerSettings(5, maxRetries, retryDelaySeconds, VISIBILITY_MILLIS, 5_000, 0);
        return new Consumer("c", ConsumerType.HTTP_PULL, "", deadLetterQueue, settings, 0);
    }

    static NewMessage message(String body, int delaySeconds) {
        return new NewMessage(1, 2, ContentType.TEXT, body.getBytes(StandardCharsets.UTF_8), delaySeconds);
    }

    static LeaseId token(Lease lease) {
        return new LeaseId(lease.header().seq(), lease.delivery());
    }

    static List<Long> seqs(List<Lease> leases) {
        return leases.stream().map(lease -> lease.header().seq()).toList();
    }

    TestQueue with(Consumer newConsumer) {
        consumer = newConsumer;
        state.configure(settings, consumer);
        return this;
    }

    TestQueue with(QueueSettings newSettings) {
        settings = newSettings;
        state.configure(settings, consumer);
        return this;
    }

    TestQueue after(long millis) {
        nowMillis += millis;
        return this;
    }

    BacklogStats push(String... bodies) {
        return run(new Push(Stream.of(bodies)
                .map(body -> message(body, NewMessage.DELAY_UNSET))
                .toList()));
    }

    BacklogStats pushDelayed(String body, int delaySeconds) {
        return run(new Push(List.of(message(body, delaySeconds))));
    }

    List<Lease> pull(int batchSize) {
        return pull(batchSize, Pull.FROM_CONSUMER, ConsumerType.HTTP_PULL).leases();
    }

    /** Runs both steps of a pull. */
    Pull.PullReply pull(int batchSize, int visibilityTimeoutMillis, ConsumerType consumerType) {
        return run(new Pull(candidates(batchSize, consumerType), visibilityTimeoutMillis, consumerType));
    }

    List<ReadyMessage> candidates(int batchSize, ConsumerType consumerType) {
        return run(new PullCandidates(batchSize, consumerType, Long.MAX_VALUE, Set.of()));
    }

    Lease pullOne() {
        List<Lease> leases = pull(1);
        assertThat(leases).hasSize(1);
        return leases.get(0);
    }

    Ack.AckReply ack(LeaseId... tokens) {
        return run(new Ack(List.of(tokens), List.of()));
    }

    Ack.AckReply retry(LeaseId token, int delaySeconds) {
        return run(new Ack(List.of(), List.of(new Ack.Retry(token, delaySeconds))));
    }

    List<Long> peek() {
        return run(new Peek(100, Long.MAX_VALUE)).stream()
                .map(shown -> shown.header().seq())
                .toList();
    }

    BacklogStats metrics() {
        return run(new ReadMetrics());
    }

    /** Does what the runtime does: expiry first, then the command. */
    <R> R run(QueueCommand<R> command) {
        events.clear();
        while (state.deadlineMillis() <= nowMillis) {
            decide(new Expire(100));
        }
        return decide(command);
    }

    /** Runs the command only. */
    <R> R decide(QueueCommand<R> command) {
        assertThat(command.requiredRead(state, nowMillis)).isNull();
        Decision<R> decision = command.decide(state, nowMillis);
        decision.events().forEach(state::apply);
        events.addAll(decision.events());
        return decision.reply();
    }
}
