package dev.sluice.runtime.metrics;

import dev.sluice.queue.QueueEvent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What the server counts. Plain adders that any thread may feed; whoever feeds one holds on to it, so that a request costs
 * an addition and no look-up. What they become for a monitoring system is decided where they are read.
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
     * A value that is read when somebody asks.
     *
     * @param name in the style of Prometheus, with its unit
     * @param doc one sentence
     * @param value read from any thread, must not block
     */
    public record Gauge(String name, String doc, LongSupplier value) {}

    /** The meter of one operation of the contract; the same one for the same id. Ask once and keep it. */
    public RequestMeter requests(String operationId) {
        return requests.computeIfAbsent(operationId, id -> new RequestMeter());
    }

    /** All request meters by operation id. */
    public Map<String, RequestMeter> requests() {
        return Map.copyOf(requests);
    }

    /** Counts a write of the store; of its form. */
    public void countCommit(int batches, long nanos) {
        commitBatches.add(batches);
        commitNanos.add(nanos);
    }

    /** Adds a gauge that is not among the fixed ones. */
    public void gauge(String name, String doc, LongSupplier value) {
        gauges.add(new Gauge(name, doc, value));
    }

    /** All added gauges. */
    public List<Gauge> gauges() {
        return List.copyOf(gauges);
    }

    /** Counts what became of messages. Retries are told from ends of leases by whoever knows. */
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
                        // Somebody wanted it.
                    }
                    default -> throw new IllegalStateException("unknown cause " + event);
                }
            }
            default -> {
                // Neither the first nor the last that happens to a message.
            }
        }
    }

    /** Messages stored by pushes. */
    public LongAdder messagesPushed() {
        return messagesPushed;
    }

    /** Messages handed to consumers. */
    public LongAdder messagesDelivered() {
        return messagesDelivered;
    }

    /** Messages acknowledged. */
    public LongAdder messagesAcked() {
        return messagesAcked;
    }

    /** Messages given back by consumers. */
    public LongAdder messagesRetried() {
        return messagesRetried;
    }

    /** Messages moved to a dead letter queue. */
    public LongAdder messagesDeadLettered() {
        return messagesDeadLettered;
    }

    /** Messages deleted because nobody took them, by retention or after the last delivery. */
    public LongAdder messagesExpired() {
        return messagesExpired;
    }

    /** Replies that wait for the store: add one when parking, take it away when answering. */
    public LongAdder parkedReplies() {
        return parkedReplies;
    }

    /** Queues in memory: add one at activation, take it away at passivation. */
    public LongAdder activeQueues() {
        return activeQueues;
    }

    /** Batches that went to the store in one write. */
    public BucketCounter commitBatches() {
        return commitBatches;
    }

    /** How long one write with its sync took, in nanoseconds. */
    public BucketCounter commitNanos() {
        return commitNanos;
    }
}
