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
 * A store made of maps, one per key space of the record format, built from nothing but events. What is committed waits until it is
 * drained, so that a test decides how far the disk lags behind memory. Strict: an event that deletes what is not there, or adds what is
 * there already, fails the test.
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

    private record Record(MessageHeader header, Content content, long firstAvailableAtMillis) {}

    private record Batch(long queueNumber, List<QueueEvent> events, QueueHead head) {}

    /** The key spaces of one queue. */
    private static final class Spaces {
        final TreeMap<Long, Record> messages = new TreeMap<>();
        final TreeMap<Long, Record> delayed = new TreeMap<>();
        final TreeMap<Long, Lease> leases = new TreeMap<>();
        final TreeMap<Long, ScheduledMessage> released = new TreeMap<>();
        final TreeMap<Key, ScheduledMessage> schedule = new TreeMap<>();
        final TreeMap<Key, MessageHeader> inherited = new TreeMap<>();
        final TreeMap<Long, MessageHeader> departed = new TreeMap<>();
        QueueHead head = QueueHead.NEW;

        Record record(MessageHeader header) {
            return (header.delayed() ? delayed : messages).get(header.seq());
        }

        void deleteRecord(MessageHeader header) {
            check((header.delayed() ? delayed : messages).remove(header.seq()) != null, "no record", header);
            if (header.hasOriginalTimestamp()) {
                check(
                        inherited.remove(new Key(header.timestampMillis(), header.seq())) != null,
                        "no timestamp",
                        header);
            }
        }

        void unschedule(long availableAtMillis, long seq) {
            check(schedule.remove(new Key(availableAtMillis, seq)) != null, "not waiting", seq);
            released.remove(seq);
        }

        void schedule(ScheduledMessage waiting) {
            long seq = waiting.header().seq();
            check(record(waiting.header()) != null, "no record", waiting);
            check(schedule.put(new Key(waiting.availableAtMillis(), seq), waiting) == null, "waits twice", waiting);
            check(released.put(seq, waiting) == null, "released twice", waiting);
        }
    }

    private final Map<Long, Spaces> queues = new HashMap<>();
    private final Deque<Batch> pending = new ArrayDeque<>();
    private long committed;
    private long drained;

    private static void check(boolean holds, String what, Object subject) {
        if (!holds) {
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

    /** How many batches were committed so far. */
    long committed() {
        return committed;
    }

    /** Stores batches until so many are stored. */
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
                queue.head, new ArrayList<>(queue.leases.values()), new ArrayList<>(queue.departed.values()));
    }

    Content content(long queueNumber, MessageHeader header) {
        Record record = queue(queueNumber).record(header);
        return record == null ? null : record.content();
    }

    /** How many messages the disk holds, whatever their place. */
    int recordCount(long queueNumber) {
        return queue(queueNumber).messages.size() + queue(queueNumber).delayed.size();
    }

    List<?> read(long queueNumber, ReadRequest need) {
        Spaces queue = queue(queueNumber);
        Key from = new Key(need.fromMillis(), need.fromSeq());
        return switch (need.kind()) {
            case ARRIVALS ->
                queue.messages.tailMap(need.fromSeq()).values().stream()
                        .limit(need.limit())
                        .map(Record::header)
                        .toList();
            case SCHEDULE ->
                queue.schedule.tailMap(from).values().stream()
                        .limit(need.limit())
                        .toList();
            case WAITING ->
                queue.schedule.values().stream()
                        .filter(waiting -> waiting.header().seq() >= need.fromSeq())
                        .sorted(Comparator.comparingLong(
                                waiting -> waiting.header().seq()))
                        .limit(need.limit())
                        .toList();
            case INHERITED ->
                queue.inherited.tailMap(from).values().stream()
                        .limit(need.limit())
                        .toList();
            case FIND -> find(queue, need.seqs());
        };
    }

    private static List<LookupResult> find(Spaces queue, long[] seqs) {
        List<LookupResult> found = new ArrayList<>();
        for (long seq : seqs) {
            ScheduledMessage released = queue.released.get(seq);
            Lease lease = queue.leases.get(seq);
            Record delayed = queue.delayed.get(seq);
            Record message = queue.messages.get(seq);
            if (released != null) {
                found.add(new LookupResult(released.header(), released.deliveries(), released.availableAtMillis()));
            } else if (lease != null) {
                found.add(new LookupResult(lease.header(), lease.delivery(), LookupResult.NOT_WAITING));
            } else if (delayed != null) {
                found.add(new LookupResult(delayed.header(), 0, delayed.firstAvailableAtMillis()));
            } else if (message != null) {
                found.add(new LookupResult(message.header(), 0, LookupResult.NOT_WAITING));
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
                ScheduledMessage waiting = ((QueueEvent.Released) event).waiting();
                check(queue.leases.remove(waiting.header().seq()) != null, "no lease to release", event);
                queue.schedule(waiting);
            }
            case RESCHEDULED -> {
                QueueEvent.Rescheduled rescheduled = (QueueEvent.Rescheduled) event;
                queue.unschedule(
                        rescheduled.fromAvailableAtMillis(),
                        rescheduled.waiting().header().seq());
                queue.schedule(rescheduled.waiting());
            }
            case REMOVED -> remove(queue, (QueueEvent.Removed) event);
            case DEPARTING ->
                check(
                        queue.leases.containsKey(((QueueEvent.DeadLettering) event)
                                .lease()
                                .header()
                                .seq()),
                        "no lease to depart",
                        event);
            case DEPARTED ->
                queue.departed.remove(((QueueEvent.DeadLettered) event).header().seq());
            case PURGED -> purge(queue, ((QueueEvent.Purged) event).belowSeq());
        }
    }

    private void enqueue(Spaces queue, QueueEvent.Enqueued event) {
        MessageHeader header = event.header();
        Record record = new Record(header, event.content(), event.availableAtMillis());
        check(
                (header.delayed() ? queue.delayed : queue.messages).put(header.seq(), record) == null,
                "seq used twice",
                event);
        if (header.delayed()) {
            ScheduledMessage waiting = new ScheduledMessage(header, 0, event.availableAtMillis());
            queue.schedule.put(new Key(event.availableAtMillis(), header.seq()), waiting);
        }
        if (header.hasOriginalTimestamp()) {
            queue.inherited.put(new Key(header.timestampMillis(), header.seq()), header);
        }
        if (event.origin() != null) {
            Spaces origin = queue(event.origin().queueNumber());
            MessageHeader old = event.origin().header();
            if (origin.record(old) != null) {
                origin.deleteRecord(old);
                check(origin.leases.remove(old.seq()) != null, "departed without a lease", event);
            }
            origin.departed.put(old.seq(), old);
        }
    }

    private static void lease(Spaces queue, QueueEvent.Leased event) {
        MessageHeader header = event.lease().header();
        check(queue.record(header) != null, "leased without a record", event);
        if (event.waitedUntilMillis() == QueueEvent.Leased.FROM_ARRIVALS) {
            check(!queue.released.containsKey(header.seq()), "leased as an arrival while waiting", event);
        } else {
            queue.unschedule(event.waitedUntilMillis(), header.seq());
        }
        check(queue.leases.put(header.seq(), event.lease()) == null, "leased twice", event);
    }

    private static void remove(Spaces queue, QueueEvent.Removed event) {
        MessageHeader header = event.header();
        queue.deleteRecord(header);
        switch (event.place()) {
            case ARRIVAL ->
                check(
                        !queue.leases.containsKey(header.seq()) && !queue.released.containsKey(header.seq()),
                        "removed as an arrival",
                        event);
            case WAITING -> queue.unschedule(event.availableAtMillis(), header.seq());
            case LEASED -> check(queue.leases.remove(header.seq()) != null, "no lease to remove", event);
        }
    }

    private static void purge(Spaces queue, long belowSeq) {
        queue.messages.headMap(belowSeq).clear();
        queue.delayed.headMap(belowSeq).clear();
        queue.leases.headMap(belowSeq).clear();
        queue.released.headMap(belowSeq).clear();
        queue.schedule.keySet().removeIf(key -> key.seq() < belowSeq);
        queue.inherited.keySet().removeIf(key -> key.seq() < belowSeq);
        queue.departed.headMap(belowSeq).clear();
    }
}
