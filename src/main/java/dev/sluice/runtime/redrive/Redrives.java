package dev.sluice.runtime.redrive;

import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.QueueHead;
import dev.sluice.runtime.QueueBrowser;
import dev.sluice.runtime.RuntimeResources;
import dev.sluice.runtime.bus.QueueClient;
import dev.sluice.runtime.catalog.CatalogView;
import dev.sluice.runtime.clock.ContinuousClock;
import dev.sluice.store.QueueReads;
import dev.sluice.store.QueueStore;
import dev.sluice.store.ShardedStore;
import dev.sluice.store.StoreBatch;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs redrives in the background, one per queue at a time, and continues them after a restart. Ended ones are kept so
 * that they can be asked for, {@link #KEPT_MAX} altogether. Changes run on one context; results complete on the
 * caller's context, and reads are safe from any thread.
 */
public final class Redrives {
    /** Redrives that are known at a time; the oldest ended ones are forgotten first. */
    static final int KEPT_MAX = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Redrives.class);
    private static final long RETRY_MILLIS = 1_000;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Vertx vertx;
    private final Context context;
    private final QueueStore store;
    private final ContinuousClock clock;
    private final RedriveStep step;
    private final Map<String, Redrive> known = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    public Redrives(
            Vertx vertx,
            Context context,
            RuntimeResources resources,
            CatalogView catalog,
            QueueBrowser browser,
            QueueClient queues) {
        this.vertx = vertx;
        this.context = context;
        this.store = resources.store();
        this.clock = resources.clock();
        this.step = new RedriveStep(catalog, browser, queues, () -> vertx.timer(RETRY_MILLIS, TimeUnit.MILLISECONDS)
                .mapEmpty());
    }

    /** Reads the redrives of the store and continues those that were running. */
    public Future<Void> resume() {
        if (store instanceof ShardedStore) {
            return Future.succeededFuture();
        }
        return Future.fromCompletionStage(
                        store.readCatalog(record -> {
                            if (RedriveRecords.isRedrive(record)) {
                                Redrive redrive = RedriveRecords.read(record);
                                known.put(redrive.id(), redrive);
                            }
                        }),
                        context)
                .onSuccess(read ->
                        known.values().stream().filter(Redrive::isRunning).forEach(redrive -> advance(redrive.id())));
    }

    /** Runs no further step. Running redrives continue at the next start. */
    public void stop() {
        stopped = true;
    }

    /**
     * Starts a redrive of the messages that the queue has now.
     *
     * @return fails with REQUEST_INVALID while the queue has one that runs, with OVERLOADED if too many run
     */
    public Future<Redrive> start(QueueDefinition queue, RedriveSpec spec) {
        if (store instanceof ShardedStore) {
            return Future.failedFuture(new QueueException(
                    QueueError.REQUEST_INVALID,
                    "Redrives are not possible yet with storage.engine kafka. Pull the messages and push them again."));
        }
        return onContext(() -> {
            refuseIfRunning(queue);
            return Future.fromCompletionStage(
                            store.read(queue.number(), snapshot -> QueueReads.head(snapshot, queue.number())), context)
                    .recover(failure -> Future.failedFuture(new QueueException(QueueError.UNAVAILABLE)))
                    .compose(head -> begin(queue, spec, head));
        });
    }

    private Future<Redrive> begin(QueueDefinition queue, RedriveSpec spec, @Nullable QueueHead head) {
        refuseIfRunning(queue);
        byte[] id = new byte[16];
        RANDOM.nextBytes(id);
        Redrive redrive = new Redrive(
                HexFormat.of().formatHex(id),
                queue.accountId(),
                queue.number(),
                queue.queueId(),
                queue.name(),
                spec,
                head == null ? 1 : head.nextSeq(),
                1,
                0,
                0,
                RedriveStatus.RUNNING,
                "",
                clock.nowMillis(),
                0);
        known.put(redrive.id(), redrive);
        return save(redrive, forgettable())
                .onSuccess(saved -> advance(redrive.id()))
                .onFailure(failure -> known.remove(redrive.id()))
                .map(redrive);
    }

    private void refuseIfRunning(QueueDefinition queue) {
        long running = 0;
        for (Redrive each : known.values()) {
            if (each.isRunning()) {
                running++;
                if (each.queueNumber() == queue.number()) {
                    throw new QueueException(
                            QueueError.REQUEST_INVALID,
                            "A redrive of this queue is running: wait for its end, or cancel it.");
                }
            }
        }
        if (running >= KEPT_MAX) {
            throw new QueueException(QueueError.OVERLOADED);
        }
    }

    /** The redrive of that id in that account, or null. */
    public @Nullable Redrive find(String accountId, String id) {
        Redrive redrive = known.get(id);
        return redrive == null || !redrive.accountId().equals(accountId) ? null : redrive;
    }

    /** The redrives of a queue, the latest first. */
    public List<Redrive> list(QueueDefinition queue) {
        return known.values().stream()
                .filter(each -> each.queueNumber() == queue.number())
                .sorted(Comparator.comparingLong(Redrive::startedMillis)
                        .reversed()
                        .thenComparing(Redrive::id))
                .toList();
    }

    /** Ends a redrive after the step in progress. One that has ended stays as it is. */
    public Future<Redrive> cancel(Redrive redrive) {
        return onContext(() -> {
            Redrive current = known.get(redrive.id());
            if (current == null || !current.isRunning()) {
                return Future.succeededFuture(current == null ? redrive : current);
            }
            return end(current, RedriveStatus.CANCELLED, "");
        });
    }

    /** Runs on the context. */
    private void advance(String id) {
        Redrive redrive = known.get(id);
        if (stopped || redrive == null || !redrive.isRunning()) {
            return;
        }
        step.run(redrive).onComplete(ran -> {
            if (ran.failed()) {
                onFailure(id, ran.cause());
            } else {
                onStep(id, redrive, ran.result());
            }
        });
    }

    private void onStep(String id, Redrive before, Redrive after) {
        if (stopped) {
            return;
        }
        Redrive current = known.get(id);
        if (current == null) {
            return;
        }
        if (!current.isRunning()) {
            // Cancelled during the step, whose messages have moved nevertheless.
            Redrive counted = current.advanced(
                    after.nextSeq(),
                    after.moved() - before.moved(),
                    after.skipped() - before.skipped(),
                    after.reason());
            known.put(id, counted);
            save(counted, null).onFailure(Redrives::logUnsaved);
            return;
        }
        known.put(id, after);
        if (after.nextSeq() == 0) {
            end(after, RedriveStatus.COMPLETED, "").onFailure(Redrives::logUnsaved);
            return;
        }
        save(after, null)
                .onFailure(Redrives::logUnsaved)
                .onComplete(saved -> later(pauseMillis(after, after.moved() - before.moved()), id));
    }

    private static long pauseMillis(Redrive redrive, long moved) {
        int perSecond = redrive.spec().perSecond();
        return perSecond == 0 ? 0 : moved * TimeUnit.SECONDS.toMillis(1) / perSecond;
    }

    private void onFailure(String id, Throwable failure) {
        Redrive current = known.get(id);
        if (stopped || current == null || !current.isRunning()) {
            return;
        }
        if (isTransient(failure)) {
            later(RETRY_MILLIS, id);
        } else {
            if (!(failure instanceof QueueException)) {
                LOG.error("redrive {} failed", id, failure);
            }
            String reason = failure instanceof QueueException ? failure.getMessage() : "Internal error.";
            end(current, RedriveStatus.FAILED, Objects.requireNonNullElse(reason, ""))
                    .onFailure(Redrives::logUnsaved);
        }
    }

    private void later(long millis, String id) {
        if (millis <= 0) {
            context.runOnContext(next -> advance(id));
        } else {
            vertx.setTimer(millis, timer -> context.runOnContext(next -> advance(id)));
        }
    }

    private Future<Redrive> end(Redrive redrive, RedriveStatus status, String reason) {
        Redrive ended = redrive.ended(status, reason, clock.nowMillis());
        known.put(ended.id(), ended);
        return save(ended, null).map(ended);
    }

    /** The oldest ended redrive if too many are known, or null. */
    private @Nullable Redrive forgettable() {
        return known.size() <= KEPT_MAX
                ? null
                : known.values().stream()
                        .filter(each -> !each.isRunning())
                        .min(Comparator.comparingLong(Redrive::endedMillis))
                        .orElse(null);
    }

    private Future<Void> save(Redrive redrive, @Nullable Redrive forgotten) {
        StoreBatch batch = store.newBatch(store.catalogGeneration());
        batch.putCatalog(RedriveRecords.key(redrive.id()), RedriveRecords.value(redrive));
        if (forgotten != null) {
            known.remove(forgotten.id());
            batch.deleteCatalog(RedriveRecords.key(forgotten.id()));
        }
        return Future.fromCompletionStage(store.commit(batch), context)
                .recover(failure -> Future.failedFuture(new QueueException(QueueError.UNAVAILABLE)));
    }

    /** A restart then repeats what was not saved, which changes nothing: moved messages are no longer there. */
    private static void logUnsaved(Throwable failure) {
        LOG.warn("the progress of a redrive could not be saved: {}", failure.getMessage());
    }

    private <T> Future<T> onContext(Supplier<Future<T>> change) {
        Promise<T> promise = Promise.promise();
        context.runOnContext(task -> {
            try {
                change.get().onComplete(promise);
            } catch (QueueException refusal) {
                promise.fail(refusal);
            }
        });
        // Completes on the caller's context.
        return Future.fromCompletionStage(promise.future().toCompletionStage(), vertx.getOrCreateContext());
    }

    static boolean isTransient(Throwable failure) {
        return failure instanceof QueueException refusal
                && (refusal.error() == QueueError.OVERLOADED || refusal.error() == QueueError.UNAVAILABLE);
    }
}
