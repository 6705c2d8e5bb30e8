package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules of a queue one by one; everything is in memory here, {@link QueueModelTest} takes the disk in. */
class QueueStateTest {
    private static final ConsumerSettings DEFAULTS = ConsumerSettings.defaultsOf(ConsumerType.HTTP_PULL);

    private long nowMillis = 1_000_000;
    private QueueSettings settings = QueueSettings.DEFAULT;
    private Limits limits = Limits.DOCUMENTED;
    private QueueState state = start(consumer(3, 0, ""));

    @Test
    void aMessageIsDeliveredOnceAtATime() {
        push("a");
        assertThat(pull(10)).hasSize(1);
        assertThat(pull(10)).isEmpty();
    }

    @Test
    void anAcknowledgedMessageIsGone() {
        push("a");
        Lease lease = pull(1).get(0);
        assertThat(run(new Ack(List.of(token(lease)), List.of())).ackCount()).isEqualTo(1);
        nowMillis += 3_600_000;
        assertThat(pull(10)).isEmpty();
        assertThat(state.metrics()).isEqualTo(Metrics.EMPTY);
        assertThat(state.deadlineMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void anExpiredLeaseMakesTheMessageVisibleAgain() {
        push("a");
        assertThat(pull(1).get(0).delivery()).isEqualTo(1);
        nowMillis += 29_999;
        assertThat(pull(1)).isEmpty();
        nowMillis += 1;
        assertThat(state.deadlineMillis()).isEqualTo(nowMillis);
        assertThat(pull(1)).hasSize(1).allMatch(lease -> lease.delivery() == 2);
    }

    @Test
    void pullIsRefusedWithoutAPullConsumer() {
        state.configure(settings, null);
        assertThatThrownBy(() -> pull(1)).hasMessage(QueueError.PULL_NOT_ENABLED.text());
        state.configure(settings, new Consumer("c", ConsumerType.WORKER, "w", "", DEFAULTS, 0));
        assertThatThrownBy(() -> pull(1)).hasMessage(QueueError.PULL_NOT_ENABLED.text());
    }

    private QueueState start(Consumer consumer) {
        return new QueueState(settings, consumer, limits, QueueImage.NEW, MemoryBudget.UNBOUNDED);
    }

    private static Consumer consumer(int maxRetries, int retryDelaySeconds, String deadLetterQueue) {
        ConsumerSettings settings = new ConsumerSettings(5, maxRetries, retryDelaySeconds, 30_000, 5_000, 0);
        return new Consumer("c", ConsumerType.HTTP_PULL, "", deadLetterQueue, settings, 0);
    }

    private void push(String... bodies) {
        List<NewMessage> messages = new ArrayList<>();
        for (String body : bodies) {
            messages.add(message(body, NewMessage.DELAY_UNSET));
        }
        run(new Push(messages));
    }

    private static NewMessage message(String body, int delaySeconds) {
        return new NewMessage(1, 2, ContentType.TEXT, body.getBytes(StandardCharsets.UTF_8), delaySeconds);
    }

    private List<Lease> pull(int batchSize) {
        return run(new Pull(batchSize, Pull.FROM_CONSUMER, ConsumerType.HTTP_PULL))
                .leases();
    }

    private static LeaseId token(Lease lease) {
        return new LeaseId(lease.header().seq(), lease.delivery());
    }

    /** What the runtime does, with a store that never has anything that memory has not. */
    private <R> R run(QueueCommand<R> command) {
        while (state.deadlineMillis() <= nowMillis) {
            decide(new Expire(100));
        }
        return decide(command);
    }

    private <R> R decide(QueueCommand<R> command) {
        assertThat(command.need(state, nowMillis)).isNull();
        Decision<R> decision = command.decide(state, nowMillis);
        decision.events().forEach(state::apply);
        return decision.reply();
    }
}
