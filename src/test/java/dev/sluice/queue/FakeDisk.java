package dev.sluice.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A store in memory with one map per key space of the record format. It is filled by events only. Committed batches
 * are stored when they are drained, so that a test controls how far the disk is behind memory. An event that deletes
 * what is missing, or adds what exists, fails the test.
 */
final class FakeDisk {
    private record Key(long millis, long seq) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return Comparator.comparingLong(Key::millis)
                    .thenComparingLong(Key::seq)
                    .compare(this, other);
        }
    }

    private record StoredRecord(MessageHeader header, Content content, long firstAvailableAtMillis) {}

    private record Batch(long queueNumber, List<QueueEvent> events, QueueHead head) {}

    /** The key spaces of one queue. */
    private static final class Spaces {
        final TreeMap<Long, StoredRecord> messages = new TreeMap<>();
        final TreeMap<Long, StoredRecord> delayed = new TreeMap<>();
        final TreeMap<Long, Lease> leases = new TreeMap<>();
        final TreeMap<Long, ScheduledMessage> released = new TreeMap<>();
        final TreeMap<Key, ScheduledMessage> schedule = new TreeMap<>();
        final TreeMap<Key, MessageHeader> originalTimestamps = new TreeMap<>();
        final TreeMap<Long, MessageHeader> deadLettered = new TreeMap<>();
        QueueHead head = QueueHead.NEW;

        StoredRecord record(MessageHeader header) {
            return (header.delayed() ? delayed : messages).get(header.seq());
        }

        void deleteRecord(MessageHeader header) {
            check((header.delayed() ? delayed : messages).remove(header.seq()) != null, "no record", header);
            if (header.hasOriginalTimestamp()) {
                check(
                        originalTimestamps.remove(new Key(header.timestampMillis(), header.seq())) != null,
                        "no timestamp",
                        header);
            }
        }

        void unschedule(long availableAtMillis, long seq) {
            check(schedule.remove(new Key(availableAtMillis, seq)) != null, "not scheduled", seq);
            released.remove(seq);
        }

        void schedule(ScheduledMessage scheduled) {
            long seq = scheduled.header().seq();
            check(record(scheduled.header()) != null, "no record", scheduled);
            check(
                    schedule.put(new Key(scheduled.availableAtMillis(), seq), scheduled) == null,
                    "scheduled twice",
                    scheduled);
            check(released.put(seq, scheduled) == null, "released twice", scheduled);
        }
    }

    private final Map<Long, Spaces> queues = new HashMap<>();
    private final Deque<Batch> pending = new ArrayDeque<>();
    private long committed;
    private long drained;

    private static void check(boolean valid, String what, Object subject) {
        if (!valid) {
            throw new AssertionError(what + ": " + subject);
        }
    }

    private Spaces queue(long number) {
        return queues.computeIfAbsent(number, key -> new Spaces());
    }

    void commit(long queueNumber, List<QueueEvent> events, QueueHead head) {
        pending.add(new Batch(queueNumber, events, head));
        committed++;
    }

    /** Batches committed so far. */
    long committed() {
        return committed;
    }

    /** Stores batches until that many are stored. */
    void drainTo(long batches) {
        while (drained < batches) {
            Batch batch = pending.remove();
            for (QueueEvent event : batch.events()) {
                store(batch.queueNumber(), event);
            }
            queue(batch.queueNumber()).head = batch.head();
            drained++;
        }
    }

    void drainAll() {
        drainTo(committed);
    }

    QueueImage load(long queueNumber) {
        Spaces queue = queue(queueNumber);
        return new QueueImage(
                queue.head, new ArrayList<>(queue.leases.values()), new ArrayList<>(queue.deadLettered.values()));
    }

    Content content(long queueNumber, MessageHeader header) {
        StoredRecord record = queue(queueNumber).record(header);
        return record == null ? null : record.content();
    }

    /** Messages on disk, in any place. */
    int recordCount(long queueNumber) {
        return queue(queueNumber).messages.size() + queue(queueNumber).delayed.size();
    }

    List<?> read(long queueNumber, ReadRequest request) {
        Spaces queue = queue(queueNumber);
        Key from = new Key(request.fromMillis(), request.fromSeq());
        return switch (request.kind()) {
            case ARRIVALS ->
                queue.messages.tailMap(request.fromSeq()).values().stream()
                        .limit(request.limit())
                        .map(StoredRecord::header)
                        .toList();
            case SCHEDULE ->
                queue.schedule.tailMap(from).values().stream()
                        .limit(request.limit())
                        .toList();
            case SCHEDULED_BY_SEQ ->
                queue.schedule.values().stream()
                        .filter(scheduled -> scheduled.header().seq() >= request.fromSeq())
                        .sorted(Comparator.comparingLong(
                                scheduled -> scheduled.header().seq()))
                        .limit(request.limit())
                        .toList();
            case ORIGINAL_TIMESTAMPS ->
                queue.originalTimestamps.tailMap(from).values().stream()
                        .limit(request.limit())
                        .toList();
            case LOOKUP -> lookUp(queue, request.seqs());
        };
    }

    private static List<LookupResult> lookUp(Spaces queue, long[] seqs) {
        List<LookupResult> found = new ArrayList<>();
        for (long seq : seqs) {
            ScheduledMessage released = queue.released.get(seq);
            Lease lease = queue.leases.get(seq);
            StoredRecord delayed = queue.delayed.get(seq);
            StoredRecord message = queue.messages.get(seq);
            if (released != null) {
                found.add(new LookupResult(released.header(), released.deliveries(), released.availableAtMillis()));
            } else if (lease != null) {
                found.add(new LookupResult(lease.header(), lease.delivery(), LookupResult.NOT_SCHEDULED));
            } else if (delayed != null) {
                found.add(new LookupResult(delayed.header(), 0, delayed.firstAvailableAtMillis()));
            } else if (message != null) {
                found.add(new LookupResult(message.header(), 0, LookupResult.NOT_SCHEDULED));
            }
        }
        return found;
    }

    private void store(long queueNumber, QueueEvent event) {
        Spaces queue = queue(queueNumber);
        switch (event.kind()) {
            case ENQUEUED -> enqueue(queue, (QueueEvent.Enqueued) event);
            case LEASED -> lease(queue, (QueueEvent.Leased) event);
            case RELEASED -> {
                ScheduledMessage scheduled = ((QueueEvent.Released) event).message();
                check(queue.leases.remove(scheduled.header().seq()) != null, "no lease to release", event);
                queue.schedule(scheduled);
            }
            case RESCHEDULED -> {
                QueueEvent.Rescheduled rescheduled = (QueueEvent.Rescheduled) event;
                queue.unschedule(
                        rescheduled.fromAvailableAtMillis(),
                        rescheduled.message().header().seq());
                queue.schedule(rescheduled.message());
            }
            case REMOVED -> remove(queue, (QueueEvent.Removed) event);
            case DEAD_LETTERING ->
                check(
                        queue.leases.containsKey(((QueueEvent.DeadLettering) event)
                                .lease()
                                .header()
                                .seq()),
                        "no lease to dead-letter",
                        event);
            case DEAD_LETTERED ->
                queue.deadLettered.remove(
                        ((QueueEvent.DeadLettered) event).header().seq());
            case PURGED -> purge(queue, ((QueueEvent.Purged) event).belowSeq());
            case MOVE_BEGUN, MOVED, MOVE_ENDED, MOVE_RECEIVED ->
                throw new IllegalStateException("all queues are on this disk: " + event);
        }
    }

    private void enqueue(Spaces queue, QueueEvent.Enqueued event) {
        MessageHeader header = event.header();
        StoredRecord record = new StoredRecord(header, event.content(), event.availableAtMillis());
        check(
                (header.delayed() ? queue.delayed : queue.messages).put(header.seq(), record) == null,
                "seq used twice",
                event);
        if (header.delayed()) {
            ScheduledMessage scheduled = new ScheduledMessage(header, 0, event.availableAtMillis());
            queue.schedule.put(new Key(event.availableAtMillis(), header.seq()), scheduled);
        }
        if (header.hasOriginalTimestamp()) {
            queue.originalTimestamps.put(new Key(header.timestampMillis(), header.seq()), header);
        }
        if (event.origin() != null) {
            Spaces origin = queue(event.origin().queueNumber());
            MessageHeader original = event.origin().header();
            if (origin.record(original) != null) {
                origin.deleteRecord(original);
                check(origin.leases.remove(original.seq()) != null, "dead-lettered without a lease", event);
            }
            origin.deadLettered.put(original.seq(), original);
        }
    }

    private static void lease(Spaces queue, QueueEvent.Leased event) {
        MessageHeader header = event.lease().header();
        check(queue.record(header) != null, "leased without a record", event);
        if (event.availableAtMillis() == QueueEvent.Leased.FROM_ARRIVALS) {
            check(!queue.released.containsKey(header.seq()), "leased as an arrival while scheduled", event);
        } else {
            queue.unschedule(event.availableAtMillis(), header.seq());
        }
        check(queue.leases.put(header.seq(), event.lease()) == null, "leased twice", event);
    }

    private static void remove(Spaces queue, QueueEvent.Removed event) {
        MessageHeader header = event.header();
        queue.deleteRecord(header);
        switch (event.location()) {
            case ARRIVAL ->
                check(
                        !queue.leases.containsKey(header.seq()) && !queue.released.containsKey(header.seq()),
                        "removed as an arrival",
                        event);
            case SCHEDULED -> queue.unschedule(event.availableAtMillis(), header.seq());
            case LEASED -> check(queue.leases.remove(header.seq()) != null, "no lease to remove", event);
        }
    }

    private static void purge(Spaces queue, long belowSeq) {
        queue.messages.headMap(belowSeq).clear();
        queue.delayed.headMap(belowSeq).clear();
        queue.leases.headMap(belowSeq).clear();
        queue.released.headMap(belowSeq).clear();
        queue.schedule.keySet().removeIf(key -> key.seq() < belowSeq);
        queue.originalTimestamps.keySet().removeIf(key -> key.seq() < belowSeq);
        queue.deadLettered.headMap(belowSeq).clear();
    }
}
