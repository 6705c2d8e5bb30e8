package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BacklogSnapshotTest {
    /** Ten messages: two leased, six scheduled, of which one was due; the others from 1,000 to 5,000. */
    private static final BacklogSnapshot SNAPSHOT = new BacklogSnapshot(10, 100, 2, 6, 1, 1_000, 5_000, 7);

    @Test
    void messagesBecomeReadyOneAfterTheOtherBetweenTheFirstAndTheLastTime() {
        assertThat(SNAPSHOT.delayedCount(999)).isEqualTo(5);
        assertThat(SNAPSHOT.delayedCount(1_000)).isEqualTo(4);
        assertThat(SNAPSHOT.delayedCount(1_999)).isEqualTo(4);
        assertThat(SNAPSHOT.delayedCount(2_000)).isEqualTo(3);
        assertThat(SNAPSHOT.delayedCount(4_999)).isEqualTo(1);
        assertThat(SNAPSHOT.delayedCount(5_000)).isZero();
        assertThat(SNAPSHOT.readyCount(999)).isEqualTo(3);
        assertThat(SNAPSHOT.readyCount(5_000)).isEqualTo(8);
    }

    @Test
    void withoutDelayedMessagesNoneIsDelayedAtAnyTime() {
        BacklogSnapshot due = new BacklogSnapshot(3, 3, 0, 2, 2, Long.MAX_VALUE, Long.MAX_VALUE, 7);
        assertThat(due.delayedCount(0)).isZero();
        assertThat(due.readyCount(0)).isEqualTo(3);
    }

    @Test
    void aHeadSaysHowManyMessagesThereAreAndNotWhichIsTheOldest() {
        QueueHead head = new QueueHead(20, 5, 8, 80, 4, 0, 700, 6, 0, 1_000, 1, 0, 0);
        BacklogSnapshot snapshot = BacklogSnapshot.ofHead(head);
        assertThat(snapshot).isEqualTo(new BacklogSnapshot(8, 80, 0, 4, 0, 700, 700, BacklogSnapshot.UNKNOWN));
        assertThat(snapshot.isComplete()).isFalse();
        assertThat(snapshot.delayedCount(699)).isEqualTo(4);
        assertThat(snapshot.delayedCount(700)).isZero();
        assertThat(BacklogSnapshot.ofHead(QueueHead.NEW)).isEqualTo(BacklogSnapshot.EMPTY);
        assertThat(BacklogSnapshot.EMPTY.isComplete()).isTrue();
        assertThat(BacklogSnapshot.UNREAD.isComplete()).isFalse();
    }

    @Test
    void theScheduleOfASnapshotCanBeReplaced() {
        assertThat(SNAPSHOT.withSchedule(2, 3_000, 4_000))
                .isEqualTo(new BacklogSnapshot(10, 100, 2, 6, 2, 3_000, 4_000, 7));
        assertThat(SNAPSHOT.stats()).isEqualTo(new BacklogStats(10, 100, 7));
    }

    @Test
    void theSnapshotOfAQueueCountsByState() {
        TestQueue queue = new TestQueue();
        queue.push("a", "bb");
        queue.pushDelayed("ccc", 10);
        queue.pushDelayed("dddd", 20);
        queue.pushDelayed("eeeee", 30);
        queue.after(10_000).pull(1);
        long nowMillis = queue.nowMillis;
        assertThat(queue.state.snapshot(nowMillis))
                .isEqualTo(new BacklogSnapshot(5, 15, 1, 3, 1, nowMillis + 10_000, nowMillis + 20_000, 1_000_000));
        assertThat(queue.state.snapshot(nowMillis + 20_000))
                .isEqualTo(new BacklogSnapshot(5, 15, 1, 3, 3, Long.MAX_VALUE, Long.MAX_VALUE, 1_000_000));
    }

    @Test
    void ofAScheduleThatIsNotInMemoryTheEarliestTimeIsKnown() {
        QueueHead head = new QueueHead(20, 20, 4, 4, 4, 0, 700, 6, 0, 1_000, 1, 0, 0);
        QueueState state = new QueueState(
                QueueSettings.DEFAULT,
                null,
                Limits.DOCUMENTED,
                new QueueImage(head, List.of(), List.of()),
                ByteBudget.unbounded());
        assertThat(state.snapshot(500)).isEqualTo(new BacklogSnapshot(4, 4, 0, 4, 0, 700, 700, -1));
    }
}
