package dev.sluice.runtime;

import static dev.sluice.runtime.RunningRuntime.get;
import static dev.sluice.runtime.RunningRuntime.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.Ack;
import dev.sluice.queue.LeaseId;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.store.StoreException;
import dev.sluice.store.memory.MemoryStore;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Replies that change nothing, by a node that may have been replaced as the owner without knowing it. */
class ConfirmedReplyTest {
    private static final Ack LATE = new Ack(List.of(new LeaseId(1, 1)), List.of());

    private static FaultyStore unconfirmed() {
        FaultyStore store = new FaultyStore(new MemoryStore());
        store.apart = true;
        return store;
    }

    @Test
    void anAcknowledgementThatChangesNothingAPeekAndAnEmptyPullWaitForAProofOfOwnership() {
        FaultyStore store = unconfirmed();
        try (RunningRuntime running = new RunningRuntime(store)) {
            QueueDefinition queue = running.createPulled("jobs", 3, "");
            store.confirmation = new CompletableFuture<>();
            List<Future<?>> replies = List.of(
                    running.runtime.queueClient().ack(queue, LATE),
                    running.pulling(queue, 10, 1_000),
                    running.runtime.queueClient().peek(queue, 10, content -> content.body().length));
            running.push(queue, "stored");
            assertThat(replies).noneMatch(Future::isComplete);

            store.confirmation.complete(null);

            replies.forEach(RunningRuntime::get);
        }
    }

    @Test
    void aNodeThatWasReplacedRefusesThem() {
        FaultyStore store = unconfirmed();
        try (RunningRuntime running = new RunningRuntime(store)) {
            QueueDefinition queue = running.createPulled("jobs", 3, "");
            store.confirmation = CompletableFuture.failedFuture(new StoreException("another node"));

            assertThat(refusal(running.runtime.queueClient().ack(queue, LATE))).isEqualTo(QueueError.UNAVAILABLE);
            assertThat(refusal(running.pulling(queue, 10, 1_000))).isEqualTo(QueueError.UNAVAILABLE);
            store.confirmation = null;
            get(running.pulling(queue, 10, 1_000));
        }
    }
}
