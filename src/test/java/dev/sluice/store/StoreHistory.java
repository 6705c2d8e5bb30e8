package dev.sluice.store;

import dev.sluice.queue.DeadLetterReason;
import dev.sluice.queue.Lease;
import dev.sluice.queue.MessageHeader;
import dev.sluice.queue.QueueEvent;
import dev.sluice.queue.ScheduledMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

/** Creates random but valid events of two queues; the second is the dead letter queue of the first. */
public final class StoreHistory {
    /** The queue with the events. */
    public static final long QUEUE = 41;
    /** Its dead letter queue. */
    public static final long DEAD_QUEUE = 42;

    private final Random random;
    private final TreeMap<Long, MessageHeader> arrivals = new TreeMap<>();
    private final TreeMap<Long, ScheduledMessage> scheduled = new TreeMap<>();
    private final TreeMap<Long, Lease> leases = new TreeMap<>();
    private final TreeMap<Long, MessageHeader> deadLettered = new TreeMap<>();
    private long nextSeq = 1;
    private long nextDeadSeq = 1;

    /** The same seed creates the same history. */
    public StoreHistory(long seed) {
        random = new Random(seed);
    }

    /** Returns a batch of up to that many random events, with the resulting heads. */
    public StoreBatch nextBatch(int eventsMax) {
        StoreBatch batch = Samples.batch();
        int events = random.nextInt(eventsMax + 1);
        for (int i = 0; i < events; i++) {
            addRandomEvent(batch);
        }
        batch.head(QUEUE, Samples.head(nextSeq));
        return batch;
    }

    private void addRandomEvent(StoreBatch batch) {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4 -> publish(batch);
            case 5, 6, 7 -> leaseArrival(batch);
            case 8, 9, 10 -> leaseWaiting(batch);
            case 11, 12, 13 -> release(batch);
            case 14 -> reschedule(batch);
            case 15, 16 -> remove(batch);
            case 17 -> moveToDeadLetterQueue(batch);
            case 18 -> confirmDeadLettered(batch);
            default -> addRareChange(batch);
        }
    }

    private void publish(StoreBatch batch) {
        long seq = nextSeq++;
        switch (random.nextInt(3)) {
            case 0 -> {
                arrivals.put(seq, Samples.arrival(seq));
                batch.add(QUEUE, Samples.enqueued(arrivals.get(seq)));
            }
            case 1 -> {
                arrivals.put(seq, Samples.withOriginalTimestamp(seq, random.nextInt(50)));
                batch.add(QUEUE, Samples.enqueued(arrivals.get(seq)));
            }
            default -> {
                ScheduledMessage row = new ScheduledMessage(Samples.delayed(seq), 0, randomMillis());
                scheduled.put(seq, row);
                batch.add(QUEUE, Samples.enqueued(row.header(), row.availableAtMillis()));
            }
        }
    }

    private void leaseArrival(StoreBatch batch) {
        MessageHeader header = removeRandom(arrivals);
        if (header != null) {
            Lease lease = new Lease(header, 1, randomMillis());
            leases.put(header.seq(), lease);
            batch.add(QUEUE, Samples.leased(lease));
        }
    }

    private void leaseWaiting(StoreBatch batch) {
        ScheduledMessage row = removeRandom(scheduled);
        if (row != null) {
            Lease lease = new Lease(row.header(), row.deliveries() + 1, randomMillis());
            leases.put(row.header().seq(), lease);
            batch.add(QUEUE, new QueueEvent.Leased(lease, row.availableAtMillis()));
        }
    }

    private void release(StoreBatch batch) {
        Lease lease = removeRandom(leases);
        if (lease != null) {
            ScheduledMessage row = new ScheduledMessage(lease.header(), lease.delivery(), randomMillis());
            scheduled.put(lease.header().seq(), row);
            batch.add(QUEUE, new QueueEvent.Released(row));
        }
    }

    private void reschedule(StoreBatch batch) {
        ScheduledMessage row = removeRandom(scheduled);
        if (row != null) {
            ScheduledMessage moved = new ScheduledMessage(row.header(), row.deliveries(), randomMillis());
            scheduled.put(row.header().seq(), moved);
            batch.add(QUEUE, new QueueEvent.Rescheduled(moved, row.availableAtMillis()));
        }
    }

    private void remove(StoreBatch batch) {
        switch (random.nextInt(3)) {
            case 0 -> {
                MessageHeader header = removeRandom(arrivals);
                if (header != null) {
                    batch.add(QUEUE, removed(header, QueueEvent.MessageLocation.ARRIVAL, 0));
                }
            }
            case 1 -> {
                ScheduledMessage row = removeRandom(scheduled);
                if (row != null) {
                    batch.add(
                            QUEUE,
                            removed(row.header(), QueueEvent.MessageLocation.SCHEDULED, row.availableAtMillis()));
                }
            }
            default -> {
                Lease lease = removeRandom(leases);
                if (lease != null) {
                    batch.add(QUEUE, removed(lease.header(), QueueEvent.MessageLocation.LEASED, 0));
                }
            }
        }
    }

    private void moveToDeadLetterQueue(StoreBatch batch) {
        Lease lease = removeRandom(leases);
        if (lease != null) {
            MessageHeader header = lease.header();
            MessageHeader deadLetter = Samples.withOriginalTimestamp(nextDeadSeq++, header.timestampMillis());
            deadLettered.put(header.seq(), header);
            batch.add(QUEUE, new QueueEvent.DeadLettering(lease, DeadLetterReason.RETRIED, 1));
            batch.add(
                    DEAD_QUEUE,
                    new QueueEvent.Enqueued(
                            deadLetter,
                            Samples.content(deadLetter.seq()),
                            deadLetter.storedAtMillis(),
                            new QueueEvent.Origin(QUEUE, header)));
            batch.head(DEAD_QUEUE, Samples.head(nextDeadSeq));
        }
    }

    private void confirmDeadLettered(StoreBatch batch) {
        MessageHeader header = removeRandom(deadLettered);
        if (header != null) {
            batch.add(QUEUE, new QueueEvent.DeadLettered(header));
        }
    }

    private void addRareChange(StoreBatch batch) {
        switch (random.nextInt(12)) {
            case 0 -> {
                clear();
                batch.add(QUEUE, new QueueEvent.Purged(nextSeq, randomMillis()));
            }
            case 1 -> {
                batch.dropQueue(DEAD_QUEUE);
                nextDeadSeq += 100;
            }
            default -> batch.putCatalog(new byte[] {(byte) random.nextInt(3)}, new byte[] {(byte) random.nextInt()});
        }
    }

    private void clear() {
        arrivals.clear();
        scheduled.clear();
        leases.clear();
        deadLettered.clear();
    }

    private long randomMillis() {
        return random.nextInt(30);
    }

    /** Removes a random row. Returns null if there is none. */
    private <T> T removeRandom(NavigableMap<Long, T> rows) {
        if (rows.isEmpty()) {
            return null;
        }
        List<Long> seqs = new ArrayList<>(rows.keySet());
        return rows.remove(seqs.get(random.nextInt(seqs.size())));
    }

    private static QueueEvent removed(
            MessageHeader header, QueueEvent.MessageLocation location, long availableAtMillis) {
        return new QueueEvent.Removed(header, location, availableAtMillis, QueueEvent.Cause.ACKED);
    }
}
