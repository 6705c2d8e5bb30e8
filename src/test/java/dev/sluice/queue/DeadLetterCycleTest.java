package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Dead letters that come back to the queue they came from. */
class DeadLetterCycleTest {
    private static final Content CONTENT = new Content(1, 2, ContentType.TEXT, 0, new byte[4]);
    private static final int RETENTION_SECONDS = 4 * 86_400;

    private final TestQueue queue = new TestQueue()
            .with(new QueueSettings(0, false, RETENTION_SECONDS))
            .with(TestQueue.consumer(0, 0, "other"));

    /**
     * A message of the other queue.
     *
     * @param ageMillis time since its publication
     * @param moved whether it was published in a third queue
     */
    private MessageHeader origin(long ageMillis, boolean moved) {
        long published = queue.nowMillis - ageMillis;
        return new MessageHeader(1, published, moved ? published + 1 : published, 4, false);
    }

    private void accept(MessageHeader origin, boolean cycle) {
        AcceptDeadLetters.DeadLetter message =
                new AcceptDeadLetters.DeadLetter(new QueueEvent.Origin(9, origin), CONTENT);
        assertThat(queue.run(new AcceptDeadLetters(List.of(message), cycle))).isEqualTo(1);
    }

    @Test
    void theFirstMoveIsAnOrdinaryOneAlsoInACycle() {
        accept(origin(50_000, false), true);
        assertThat(queue.pullOne().header().delayed()).isFalse();
    }

    @Test
    void aMoveOutsideACycleIsAnOrdinaryOneWhateverTheAgeOfTheMessage() {
        accept(origin(2L * RETENTION_SECONDS * 1_000, true), false);
        assertThat(queue.after(RETENTION_SECONDS * 1_000L - 1).pull(1)).hasSize(1);
    }

    @Test
    void aMessageInACycleWaitsAsLongAsItIsOldWithinBounds() {
        for (long[] row : new long[][] {{200, 1_000}, {50_000, 50_000}, {90_000_000, 3_600_000}}) {
            accept(origin(row[0], true), true);
            assertThat(queue.after(row[1] - 1).pull(1)).isEmpty();
            assertThat(queue.metrics().backlogCount()).isEqualTo(1);
            Lease lease = queue.after(1).pullOne();
            assertThat(lease.delivery()).isEqualTo(1);
            queue.ack(TestQueue.token(lease));
        }
    }

    @Test
    void aMessageInACycleExpiresAtTheRetentionSinceItsPublication() {
        accept(origin(RETENTION_SECONDS * 1_000L - 1, true), true);
        assertThat(queue.metrics().backlogCount()).isEqualTo(1);
        queue.run(new Purge());
        queue.events.clear();
        accept(origin(RETENTION_SECONDS * 1_000L, true), true);
        assertThat(queue.events)
                .extracting(QueueEvent::kind)
                .containsExactly(QueueEvent.EventKind.ENQUEUED, QueueEvent.EventKind.REMOVED);
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
        queue.push("next");
        assertThat(queue.pullOne().header().seq()).as("its number was used").isEqualTo(3);
    }

    /** Two queues, and a consumer that retries every message at once. */
    @Test
    void aConsumerThatRetriesEverythingGetsAMessageInACycleABoundedNumberOfTimes() {
        TestQueue[] cycle = {queue, new TestQueue().with(TestQueue.consumer(0, 0, "first"))};
        queue.push("poison");
        long endMillis = queue.nowMillis + 2L * RETENTION_SECONDS * 1_000;
        List<Long> deliveries = new ArrayList<>();
        int at = 0;
        while (queue.nowMillis < endMillis) {
            for (TestQueue each : cycle) {
                each.nowMillis = queue.nowMillis;
            }
            TestQueue current = cycle[at];
            TestQueue other = cycle[1 - at];
            List<Lease> leases = current.pull(1);
            if (leases.isEmpty()) {
                queue.nowMillis += 1_000;
                continue;
            }
            deliveries.add(queue.nowMillis);
            queue.nowMillis += 5;
            current.nowMillis = queue.nowMillis;
            other.nowMillis = queue.nowMillis;
            current.retry(TestQueue.token(leases.get(0)), 0);
            MessageHeader header =
                    current.state.deadLettering(0, 1).get(0).lease().header();
            other.run(new AcceptDeadLetters(
                    List.of(new AcceptDeadLetters.DeadLetter(new QueueEvent.Origin(1 + at, header), CONTENT)), true));
            current.run(new ConfirmDeadLettered(List.of(header.seq())));
            at = 1 - at;
        }
        assertThat(deliveries).hasSizeBetween(100, 120);
        assertThat(deliveries.get(deliveries.size() - 1))
                .isLessThan(endMillis - RETENTION_SECONDS * 1_000L + AcceptDeadLetters.PAUSE_MILLIS_MAX);
        assertThat(queue.metrics()).isEqualTo(BacklogStats.EMPTY);
        assertThat(cycle[1].metrics()).isEqualTo(BacklogStats.EMPTY);
    }
}
