package dev.sluice.runtime.metrics;

import dev.sluice.queue.QueueEvent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The counters of the server. Any thread may add to them. Callers keep a reference to their counter, so that a request
 * costs an addition and no lookup. The export format is chosen where they are read.
 */
public final class Meters {
    private final Map<String, RequestMeter> requests = new ConcurrentHashMap<>();
    private final List<Gauge> gauges = new CopyOnWriteArrayList<>();
    private final LongAdder messagesPushed = new LongAdder();
    private final LongAdder messagesDelivered = new LongAdder();
    private final LongAdder messagesAcked = new LongAdder();
    private final LongAdder messagesRetried = new LongAdder();
    private final LongAdder messagesDeadLettered = new LongAdder();
    private final LongAdder messagesExpired = new LongAdder();
    private final LongAdder parkedReplies = new LongAdder();
    private final LongAdder activeQueues = new LongAdder();
    private final BucketCounter commitBatches = BucketCounter.doubling(1, 12);
    private final BucketCounter commitNanos = BucketCounter.doubling(32_000, 16);

    /**
     * A value that is computed when it is read.
     *
     * @param name in Prometheus style, with the unit
     * @param doc one sentence
     * @param value called from any thread, must not block
     */
    public record Gauge(String name, String doc, LongSupplier value) {}

    /** The meter of one operation of the contract; the same object for the same id. Look it up once and keep it. */
    public RequestMeter requests(String operationId) {
        return requests.computeIfAbsent(operationId, id -> new RequestMeter());
    }

    /** All request meters by operation id. */
    public Map<String, RequestMeter> requests() {
        return Map.copyOf(requests);
    }

    /**
     * Counts one write of the store.
     *
     * @param batches number of batches in the write
     * @param nanos duration including the sync
     */
    public void countCommit(int batches, long nanos) {
        commitBatches.add(batches);
        commitNanos.add(nanos);
    }

    /** Adds a gauge to the fixed counters. */
    public void gauge(String name, String doc, LongSupplier value) {
        gauges.add(new Gauge(name, doc, value));
    }

    /** All added gauges. */
    public List<Gauge> gauges() {
        return List.copyOf(gauges);
    }

    /**
     * Counts the outcome of an event. Retries are counted by the caller, which can distinguish them from expired
     * leases.
     */
    public void count(QueueEvent event) {
        switch (event.kind()) {
            case ENQUEUED -> {
                boolean pushed = ((QueueEvent.Enqueued) event).origin() == null;
                (pushed ? messagesPushed : messagesDeadLettered).increment();
            }
            case LEASED -> messagesDelivered.increment();
            case REMOVED -> {
                switch (((QueueEvent.Removed) event).cause()) {
                    case ACKED -> messagesAcked.increment();
                    case EXPIRED, EXHAUSTED -> messagesExpired.increment();
                    case PURGED -> {
                        // Deleted on request.
                    }
                    default -> throw new IllegalStateException("unknown cause " + event);
                }
            }
            default -> {
                // Other events neither begin nor end a message's life.
            }
        }
    }

    /** Messages stored by pushes. */
    public LongAdder messagesPushed() {
        return messagesPushed;
    }

    /** Messages delivered to consumers. */
    public LongAdder messagesDelivered() {
        return messagesDelivered;
    }

    /** Messages acknowledged. */
    public LongAdder messagesAcked() {
        return messagesAcked;
    }

    /** Messages that consumers returned for a retry. */
    public LongAdder messagesRetried() {
        return messagesRetried;
    }

    /** Messages moved to a dead letter queue. */
    public LongAdder messagesDeadLettered() {
        return messagesDeadLettered;
    }

    /** Messages deleted by retention or after the last delivery. */
    public LongAdder messagesExpired() {
        return messagesExpired;
    }

    /** Replies that wait for the store: increment when parking, decrement when replying. */
    public LongAdder parkedReplies() {
        return parkedReplies;
    }

    /** Queues in memory: increment at activation, decrement at passivation. */
    public LongAdder activeQueues() {
        return activeQueues;
    }

    /** Batches per write of the store. */
    public BucketCounter commitBatches() {
        return commitBatches;
    }

    /** Duration of a write with its sync, in nanoseconds. */
    public BucketCounter commitNanos() {
        return commitNanos;
    }
}
