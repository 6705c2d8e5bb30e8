package dev.sluice.runtime.catalog;

import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.QueueDeployer;
import dev.sluice.runtime.RuntimeResources;
import dev.sluice.runtime.bus.BusSender;
import dev.sluice.runtime.bus.QueueCaller;
import dev.sluice.runtime.bus.QueueGate;
import dev.sluice.runtime.bus.QueueGates;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.store.CatalogRecord;
import dev.sluice.store.QueueStore;
import dev.sluice.store.StoreBatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of the catalog. Changes run one after the other: decide, store, show to readers, put in force in the queue,
 * answer. Runs on one event loop.
 *
 * <p>A change that the store refused may be on disk all the same, and so it is after the store was opened again. So the catalog is read
 * again before the next change, and soon if there is none. Until then a queue whose deletion failed is shown to nobody: a message
 * taken for it would be lost if the deletion is on disk.
 */
public final class CatalogVerticle extends VerticleBase implements CatalogChange.ChangeContext {
    public static final String ADDRESS = "sluice.catalog";

    private static final Logger LOG = LoggerFactory.getLogger(CatalogVerticle.class);
    private static final int WAITING_MAX = 10_000;
    private static final long REFRESH_MILLIS = 1_000;
    /** Changes of one moment lie within this. */
    private static final long MICROS_APART = 1_000_000;
    /** No generation of a store: what is in memory rests on nothing. */
    private static final long IN_DOUBT = -1;

    private final QueueStore store;
    private final CatalogView catalog;
    private final QueueGates slots;
    private final RuntimeResources parts;
    private final boolean strictNames;
    private final SecureRandom random = new SecureRandom();
    private final ArrayDeque<Message<CatalogChange<?>>> waiting = new ArrayDeque<>();
    private boolean busy;
    /** Of the store, as it was before the catalog was read; or {@link #IN_DOUBT}. */
    private long generation;

    private long lastNumber;
    private long lastMicros;
    private BusSender sender;
    private QueueCaller caller;

    public CatalogVerticle(
            CatalogView catalog,
            QueueGates slots,
            RuntimeResources parts,
            boolean strictNames,
            CatalogSnapshot filled) {
        this.store = parts.store();
        this.catalog = catalog;
        this.slots = slots;
        this.parts = parts;
        this.strictNames = strictNames;
        this.lastNumber = filled.lastNumber();
        this.generation = filled.generation();
    }

    @Override
    public Future<?> start() {
        sender = new BusSender(vertx, parts.options().sendTimeoutMillis());
        caller = new QueueCaller(vertx, parts.options().sendTimeoutMillis());
        vertx.eventBus().<CatalogChange<?>>localConsumer(ADDRESS, this::receive);
        return Future.succeededFuture();
    }

    private void receive(Message<CatalogChange<?>> message) {
        if (waiting.size() >= WAITING_MAX) {
            message.fail(QueueError.OVERLOADED.number(), QueueError.OVERLOADED.text());
            return;
        }
        waiting.add(message);
        next();
    }

    private void next() {
        if (busy || waiting.isEmpty()) {
            return;
        }
        busy = true;
        Message<CatalogChange<?>> message = waiting.remove();
        upToDate().compose(ready -> apply(message.body())).onComplete(result -> {
            if (result.succeeded()) {
                message.reply(result.result());
            } else {
                refuse(message, result.cause());
            }
            busy = false;
            context.runOnContext(nothing -> next());
        });
    }

    private void refuse(Message<CatalogChange<?>> message, Throwable cause) {
        if (cause instanceof QueueException refusal) {
            message.fail(refusal.error().number(), refusal.getMessage());
        } else {
            LOG.error("{} failed", message.body().getClass().getSimpleName(), cause);
            message.fail(QueueError.UNAVAILABLE.number(), QueueError.UNAVAILABLE.text());
        }
    }

    private <R> Future<R> apply(CatalogChange<R> change) {
        long numberBefore = lastNumber;
        CatalogChange.ChangeResult<R> outcome = change.decide(catalog, this);
        for (QueueDefinition dropped : outcome.droppedQueues()) {
            catalog.remove(dropped);
        }
        return retire(outcome)
                .onFailure(stillThere -> outcome.droppedQueues().forEach(this::restore))
                .compose(retired -> commit(outcome, lastNumber != numberBefore).recover(this::markStale))
                .compose(stored -> {
                    outcome.queues().forEach(catalog::put);
                    outcome.subscriptions().forEach(catalog::put);
                    outcome.droppedSubscriptions().forEach(catalog::remove);
                    return applyToQueue(outcome);
                })
                .map(inForce -> outcome.reply());
    }

    /** The store refused a change. Reads the catalog again, now if that can be; the refusal stays one in any case. */
    private Future<Void> markStale(Throwable refusal) {
        generation = IN_DOUBT;
        return upToDate().onFailure(later -> refreshLater()).transform(tried -> Future.failedFuture(refusal));
    }

    /** Sees to it that memory is what the store holds in its present generation. */
    private Future<Void> upToDate() {
        if (generation == store.generation()) {
            return Future.succeededFuture();
        }
        if (store.failure().isPresent()) {
            return Future.failedFuture(new QueueException(QueueError.UNAVAILABLE));
        }
        return CatalogSnapshot.read(store, context, catalog).compose(this::adoptSnapshot);
    }

    private Future<Void> adoptSnapshot(CatalogSnapshot read) {
        CatalogSnapshot.Difference difference = read.replace(catalog);
        lastNumber = Math.max(lastNumber, read.lastNumber());
        generation = read.generation();
        LOG.info(
                "The catalog was read again: {} queues are new or changed",
                difference.put().size());
        Future<Void> told = Future.succeededFuture();
        for (QueueDefinition gone : difference.gone()) {
            told = told.compose(before -> retire(gone));
        }
        for (QueueDefinition queue : difference.put()) {
            slots.forgetRetired(queue.number());
            told = told.compose(before -> notifyQueue(queue)).onSuccess(inForce -> wake(queue));
        }
        return told;
    }

    private void refreshLater() {
        vertx.setTimer(REFRESH_MILLIS, id -> {
            if (busy) {
                refreshLater();
                return;
            }
            busy = true;
            upToDate().onFailure(notYet -> refreshLater()).onComplete(ended -> {
                busy = false;
                next();
            });
        });
    }

    /** A queue that could not be dropped after all; its gate may be closed for ever already. */
    private void restore(QueueDefinition queue) {
        catalog.put(queue);
        slots.forgetRetired(queue.number());
    }

    /** A dropped queue must be out of memory before its records go, or it would write them again. */
    private Future<Void> retire(CatalogChange.ChangeResult<?> outcome) {
        Future<Void> retired = Future.succeededFuture();
        for (QueueDefinition dropped : outcome.droppedQueues()) {
            retired = retired.compose(before -> retire(dropped));
        }
        return retired;
    }

    private Future<Void> retire(QueueDefinition dropped) {
        return sender.<Boolean>request(QueueDeployer.ADDRESS, new QueueDeployer.Remove(dropped.number()))
                .mapEmpty();
    }

    private Future<Void> commit(CatalogChange.ChangeResult<?> outcome, boolean numbersGiven) {
        StoreBatch batch = store.newBatch(generation);
        if (numbersGiven) {
            CatalogRecord counter = CatalogRecords.counter(lastNumber);
            batch.putCatalog(counter.key(), counter.value());
        }
        outcome.queues().forEach(queue -> batch.putCatalog(CatalogRecords.key(queue), CatalogRecords.value(queue)));
        for (Subscription subscription : outcome.subscriptions()) {
            batch.putCatalog(CatalogRecords.key(subscription), CatalogRecords.value(subscription));
        }
        outcome.droppedSubscriptions().forEach(subscription -> batch.deleteCatalog(CatalogRecords.key(subscription)));
        for (QueueDefinition dropped : outcome.droppedQueues()) {
            batch.deleteCatalog(CatalogRecords.key(dropped));
            batch.dropQueue(dropped.number());
        }
        if (batch.isEmpty()) {
            return Future.succeededFuture();
        }
        Promise<Void> stored = Promise.promise();
        store.commit(
                batch,
                failure -> context.runOnContext(nothing -> {
                    if (failure == null) {
                        stored.complete();
                    } else {
                        stored.fail(failure);
                    }
                }));
        return stored.future();
    }

    /** Queues that are active learn their new settings before the answer goes out; the others read them when they wake. */
    private Future<Void> applyToQueue(CatalogChange.ChangeResult<?> outcome) {
        Future<Void> told = Future.succeededFuture();
        for (QueueDefinition queue : outcome.queues()) {
            told = told.compose(before -> notifyQueue(queue));
        }
        return told;
    }

    private Future<Void> notifyQueue(QueueDefinition queue) {
        QueueGate slot = slots.slot(queue.number());
        if (slot.enter(Integer.MAX_VALUE) != QueueGate.EntryResult.ENTERED) {
            return sender.<Boolean>request(QueueDeployer.ADDRESS, new QueueDeployer.AwaitTransition(queue.number()))
                    .compose(active -> {
                        if (!active) {
                            wakeIfPushed(queue);
                        }
                        return active ? notifyQueue(queue) : Future.succeededFuture();
                    });
        }
        return caller.call(slot, new QueueRequest.Configure(queue)).mapEmpty();
    }

    /** A passive queue does not see that it has a Worker now, or that its delivery goes on; nobody waits for it. */
    private void wakeIfPushed(QueueDefinition queue) {
        if (parts.workers().of(queue) != null) {
            wake(queue);
        }
    }

    private void wake(QueueDefinition queue) {
        sender.<Boolean>request(QueueDeployer.ADDRESS, new QueueDeployer.Activate(queue.number()))
                .onFailure(
                        failure -> LOG.warn("queue {} could not be woken: {}", queue.number(), failure.getMessage()));
    }

    @Override
    public String newId() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public long newQueueNumber() {
        return ++lastNumber;
    }

    @Override
    public long nowMicros() {
        long wallMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        // No two are the same, but a clock that was set back shows.
        boolean close = wallMicros <= lastMicros && wallMicros > lastMicros - MICROS_APART;
        lastMicros = close ? lastMicros + 1 : wallMicros;
        return lastMicros;
    }

    @Override
    public Limits limits() {
        return parts.limits();
    }

    @Override
    public boolean strictNames() {
        return strictNames;
    }
}
