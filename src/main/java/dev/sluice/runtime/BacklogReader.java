package dev.sluice.runtime;

import dev.sluice.queue.BacklogSnapshot;
import dev.sluice.queue.BacklogStats;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueHead;
import dev.sluice.runtime.catalog.CatalogView;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.runtime.metrics.Meters;
import dev.sluice.runtime.queue.ActiveQueue;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the backlogs of all queues without activating one. An active queue is asked on its event loop. A passive queue
 * is as it was when it was passivated. After a start its head says how many messages there are; the rest is read from
 * the store in the background, after the first reading.
 *
 * <p>Memory: one entry per queue that is active or has messages. The deployer writes the entries, any thread reads.
 */
public final class BacklogReader {
    private static final Logger LOG = LoggerFactory.getLogger(BacklogReader.class);
    /** Queues that are asked at a time, so that a reading of many does not delay the requests of others. */
    private static final int QUEUES_PER_STEP = 64;
    /** Queues that one reading completes from the store at most. */
    private static final int COMPLETIONS_MAX = 1_000;

    private final Vertx vertx;
    private final CatalogView catalog;
    private final Meters meters;
    private final StoredBacklogReader stored;
    private final ContinuousClock clock;
    private final Map<Long, ActiveQueue> active = new ConcurrentHashMap<>();
    /** The queues that have messages. */
    private final Map<Long, BacklogSnapshot> passive = new ConcurrentHashMap<>();

    /** The queues that this node serves, by number. */
    private volatile LongPredicate served = number -> true;

    private final AtomicBoolean completing = new AtomicBoolean();

    BacklogReader(Vertx vertx, CatalogView catalog, RuntimeResources resources) {
        this.vertx = vertx;
        this.catalog = catalog;
        this.meters = resources.meters();
        this.clock = resources.clock();
        this.stored = new StoredBacklogReader(resources.store(), resources.limits(), resources.clock());
    }

    /** Reads the backlogs of all queues that this node serves, in the order of their numbers. */
    public Future<List<QueueBacklog>> readAll() {
        List<QueueDefinition> queues = new ArrayList<>(catalog.allQueues());
        queues.removeIf(queue -> !served.test(queue.number()));
        queues.sort(Comparator.comparingLong(QueueDefinition::number));
        return read(queues);
    }

    /** Reads the backlogs of these queues, in their order. */
    public Future<List<QueueBacklog>> read(List<QueueDefinition> queues) {
        return readFrom(queues, new ArrayList<>(queues.size())).onSuccess(this::completeSome);
    }

    private Future<List<QueueBacklog>> readFrom(List<QueueDefinition> queues, List<QueueBacklog> read) {
        while (read.size() < queues.size()) {
            List<QueueDefinition> step =
                    queues.subList(read.size(), Math.min(queues.size(), read.size() + QUEUES_PER_STEP));
            List<Future<BacklogSnapshot>> backlogs =
                    step.stream().map(queue -> read(queue.number())).toList();
            if (backlogs.stream().allMatch(Future::isComplete)) {
                add(step, backlogs, read);
            } else {
                return Future.all(backlogs).compose(asked -> {
                    add(step, backlogs, read);
                    return readFrom(queues, read);
                });
            }
        }
        return Future.succeededFuture(read);
    }

    private Future<BacklogSnapshot> read(long number) {
        ActiveQueue queue = active.get(number);
        BacklogSnapshot known = passive.getOrDefault(number, BacklogSnapshot.EMPTY);
        return queue == null
                ? Future.succeededFuture(known)
                : queue.backlog().map(backlog -> backlog == null ? known : backlog);
    }

    private void add(List<QueueDefinition> queues, List<Future<BacklogSnapshot>> backlogs, List<QueueBacklog> read) {
        for (int i = 0; i < queues.size(); i++) {
            QueueDefinition queue = queues.get(i);
            read.add(new QueueBacklog(queue, backlogs.get(i).result(), meters.findQueue(queue.number())));
        }
    }

    /**
     * Reads the backlog of a queue that accepts no requests at the moment; the caller has checked that. Completes on
     * the caller's context.
     *
     * @return empty if messages may have expired since, so that only the activated queue knows
     */
    public Future<Optional<BacklogStats>> readPassive(QueueDefinition queue) {
        BacklogSnapshot known = passive.getOrDefault(queue.number(), BacklogSnapshot.EMPTY);
        if (known.isComplete()) {
            return Future.succeededFuture(unlessExpired(queue, known.stats()));
        }
        return Future.fromCompletionStage(stored.read(queue), vertx.getOrCreateContext())
                .map(complete -> {
                    passive.replace(queue.number(), known, complete);
                    return unlessExpired(queue, complete.stats());
                });
    }

    private Optional<BacklogStats> unlessExpired(QueueDefinition queue, BacklogStats stats) {
        long ageMillis = clock.nowMillis() - stats.oldestTimestampMillis();
        boolean mayHaveExpired = stats.backlogCount() > 0
                && ageMillis >= TimeUnit.SECONDS.toMillis(queue.settings().retentionSeconds());
        return mayHaveExpired ? Optional.empty() : Optional.of(stats);
    }

    @SuppressWarnings("ReferenceEquality") // The same object: nothing has replaced it since the read.
    private void completeSome(List<QueueBacklog> read) {
        List<QueueDefinition> incomplete = read.stream()
                .filter(each ->
                        !each.backlog().isComplete() && passive.get(each.queue().number()) == each.backlog())
                .limit(COMPLETIONS_MAX)
                .map(QueueBacklog::queue)
                .toList();
        if (!incomplete.isEmpty() && completing.compareAndSet(false, true)) {
            vertx.executeBlocking(
                            () -> {
                                incomplete.forEach(this::complete);
                                return null;
                            },
                            false)
                    .onFailure(failure -> LOG.debug("backlogs could not be read: {}", failure.getMessage()))
                    .onComplete(ended -> completing.set(false));
        }
    }

    private void complete(QueueDefinition queue) {
        BacklogSnapshot known = passive.get(queue.number());
        if (known != null && !known.isComplete()) {
            BacklogSnapshot complete = stored.read(queue).toCompletableFuture().join();
            passive.replace(queue.number(), known, complete);
        }
    }

    // The methods below are for the deployer only.

    /** Adds what the store says at start. */
    void onStart(Map<Long, QueueHead> heads) {
        heads.forEach((number, head) -> keep(number, BacklogSnapshot.ofHead(head)));
    }

    /** Sets which queues this node serves. */
    void inCluster(LongPredicate servedHere) {
        served = servedHere;
    }

    /** Forgets queues that another node serves. */
    void onLost(LongPredicate lost) {
        active.keySet().removeIf(lost::test);
        passive.keySet().removeIf(lost::test);
    }

    /** A queue was loaded, and its gate is still closed. */
    void onActivated(long number, ActiveQueue queue) {
        active.put(number, queue);
        passive.remove(number);
    }

    /** A queue has stopped, and its gate is closed. */
    void onPassivated(long number, ActiveQueue queue) {
        BacklogSnapshot last = queue.lastBacklog();
        keep(number, last == null ? BacklogSnapshot.UNREAD : last);
        active.remove(number);
    }

    /** A queue was deleted. */
    void onRemoved(long number) {
        active.remove(number);
        passive.remove(number);
        meters.removeQueue(number);
    }

    private void keep(long number, BacklogSnapshot backlog) {
        if (backlog.equals(BacklogSnapshot.EMPTY)) {
            passive.remove(number);
        } else {
            passive.put(number, backlog);
        }
    }
}
