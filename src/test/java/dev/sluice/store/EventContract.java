package dev.sluice.store;

import static dev.sluice.store.Samples.arrival;
import static dev.sluice.store.Samples.content;
import static dev.sluice.store.Samples.delayed;
import static dev.sluice.store.Samples.enqueued;
import static dev.sluice.store.Samples.head;
import static dev.sluice.store.Samples.leased;
import static dev.sluice.store.StoreResults.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.DeadLetterReason;
import dev.sluice.queue.Lease;
import dev.sluice.queue.LookupResult;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.QueueImage;
import dev.sluice.queue.ScheduledMessage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Contract of all stores for messages that are enqueued, leased, released and rescheduled. */
abstract class EventContract extends StoreContract {
    EventContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    void aDelayedMessageIsScheduledAndIsNoArrival() {
        MessageHeader header = delayed(3);
        commit(batch -> batch.add(Q, enqueued(header, 9_000)));

        assertThat(get(store.readArrivals(Q, 0, 10)).rows()).isEmpty();
        assertThat(get(store.readSchedule(Q, 0, 0, 10))).containsExactly(new ScheduledMessage(header, 0, 9_000));
        assertThat(get(store.readWaiting(Q, 0, 10))).containsExactly(new ScheduledMessage(header, 0, 9_000));
        assertThat(find(3)).containsExactly(new LookupResult(header, 0, 9_000));
        assertContents(get(store.readContents(Q, List.of(header))), new StoredMessage(header, content(3)));
    }

    @Test
    void aLeasedArrivalIsInTheImageAndCanBeLookedUp() {
        Lease lease = new Lease(arrival(1), 1, 4_000);
        commit(batch -> {
            batch.add(Q, enqueued(arrival(1)));
            batch.add(Q, leased(lease));
            batch.head(Q, head(2));
        });

        assertThat(get(store.load(Q))).isEqualTo(new QueueImage(head(2), List.of(lease), List.of()));
        assertThat(find(1)).containsExactly(new LookupResult(arrival(1), 1, LookupResult.NOT_SCHEDULED));
        assertThat(get(store.readContents(Q, List.of(arrival(1))))).hasSize(1);
    }

    @Test
    void aLeasedDelayedMessageIsNoLongerScheduled() {
        Lease lease = new Lease(delayed(1), 1, 40_000);
        commit(batch -> batch.add(Q, enqueued(delayed(1), 9_000)));
        commit(batch -> {
            batch.add(Q, new QueueEvent.Leased(lease, 9_000));
            batch.head(Q, head(2));
        });

        assertThat(get(store.readWaiting(Q, 0, 10))).isEmpty();
        assertThat(get(store.readSchedule(Q, 0, 0, 10))).isEmpty();
        assertThat(find(1)).containsExactly(new LookupResult(delayed(1), 1, LookupResult.NOT_SCHEDULED));
        assertThat(get(store.load(Q)).leases()).containsExactly(lease);
    }

    @Test
    void aReleasedMessageIsScheduledAndItsLeaseIsDeleted() {
        ScheduledMessage scheduled = new ScheduledMessage(arrival(1), 1, 6_000);
        commit(batch -> {
            batch.add(Q, enqueued(arrival(1)));
            batch.add(Q, leased(new Lease(arrival(1), 1, 4_000)));
            batch.add(Q, new QueueEvent.Released(scheduled));
            batch.head(Q, head(2));
        });

        assertThat(get(store.load(Q)).leases()).isEmpty();
        assertThat(get(store.readWaiting(Q, 0, 10))).containsExactly(scheduled);
        assertThat(get(store.readSchedule(Q, 0, 0, 10))).containsExactly(scheduled);
        assertThat(find(1)).containsExactly(new LookupResult(arrival(1), 1, 6_000));
    }

    @Test
    void aMessageCanBeLeasedAndReleasedManyTimes() {
        commit(batch -> batch.add(Q, enqueued(delayed(1), 100)));
        long availableAtMillis = 100;
        for (int delivery = 1; delivery <= 20; delivery++) {
            Lease lease = new Lease(delayed(1), delivery, 50);
            long scheduledForMillis = availableAtMillis;
            commit(batch -> batch.add(Q, new QueueEvent.Leased(lease, scheduledForMillis)));
            assertThat(get(store.readSchedule(Q, 0, 0, 10))).isEmpty();
            availableAtMillis = 100 + delivery % 3;
            ScheduledMessage scheduled = new ScheduledMessage(delayed(1), delivery, availableAtMillis);
            commit(batch -> batch.add(Q, new QueueEvent.Released(scheduled)));
            assertThat(get(store.readSchedule(Q, 0, 0, 10))).containsExactly(scheduled);
            assertThat(get(store.readWaiting(Q, 0, 10))).containsExactly(scheduled);
        }
    }

    @Test
    void aRescheduledMessageHasOneScheduleEntryOnly() {
        ScheduledMessage later = new ScheduledMessage(delayed(1), 0, 90_000);
        commit(batch -> batch.add(Q, enqueued(delayed(1), 9_000)));
        commit(batch -> batch.add(Q, new QueueEvent.Rescheduled(later, 9_000)));

        assertThat(get(store.readSchedule(Q, 0, 0, 10))).containsExactly(later);
        assertThat(get(store.readWaiting(Q, 0, 10))).containsExactly(later);

        commit(batch -> batch.add(Q, new QueueEvent.Rescheduled(later, 90_000)));
        assertThat(get(store.readSchedule(Q, 0, 0, 10))).containsExactly(later);
    }

    @Test
    void aMessageBeingDeadLetteredRemainsALeaseOnDisk() {
        Lease lease = new Lease(arrival(1), 4, 4_000);
        commit(batch -> {
            batch.add(Q, enqueued(arrival(1)));
            batch.add(Q, leased(lease));
            batch.add(Q, new QueueEvent.DeadLettering(lease, DeadLetterReason.RETRIED, 1));
            batch.head(Q, head(2));
        });

        assertThat(get(store.load(Q)).leases()).containsExactly(lease);
    }
}
