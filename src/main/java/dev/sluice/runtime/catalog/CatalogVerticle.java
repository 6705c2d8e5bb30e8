package dev.sluice.runtime.catalog;

import dev.sluice.queue.Limits;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.queue.Subscription;
import dev.sluice.runtime.QueueDeployer;
import dev.sluice.runtime.RuntimeResources;
import dev.sluice.runtime.Steps;
import dev.sluice.runtime.bus.BusSender;
import dev.sluice.runtime.bus.QueueCaller;
import dev.sluice.runtime.bus.QueueGate;
import dev.sluice.runtime.bus.QueueGates;
import dev.sluice.runtime.bus.QueueRequest;
import dev.sluice.store.CatalogRecord;
import dev.sluice.store.QueueStore;
import dev.sluice.store.ShardedStore;
import dev.sluice.store.StoreBatch;
import io.vertx.core.Future;
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
 * The only writer of the catalog. Changes run one after the other: decide, store, make visible, apply to the queue,
 * reply. Runs on one event loop.
 *
 * <p>A change that the store refused may still be on disk, as it shows when the store is reopened. So the catalog is
 * read again before the next change, and after a short time if there is none. Until then a queue whose deletion failed
 * is invisible: a message accepted for it would be lost if the deletion is on disk.
 */
public final class CatalogVerticle extends VerticleBase implements CatalogChange.ChangeContext {
    public static final String ADDRESS = "sluice.catalog";

    private static final Logger LOG = LoggerFactory.getLogger(CatalogVerticle.class);
    private static final int PENDING_MAX = 10_000;
    private static final long REFRESH_MILLIS = 1_000;
    private static final long TOKEN_USE_MILLIS = 60_000;
    /** A wall clock that is behind the last time by less than this was not set back. */
    private static final long CLOCK_STEP_MICROS = 1_000_000;
    /** Not a generation of any store: the catalog in memory may differ from the store. */
    private static final long STALE = -1;

    private final QueueStore store;
    private final CatalogView catalog;
    private final QueueGates gates;
    private final RuntimeResources resources;
    private final boolean strictNames;
    private final SecureRandom random = new SecureRandom();
    private final ArrayDeque<Message<CatalogChange<?>>> pending = new ArrayDeque<>();
    private boolean busy;
    /** Generation of the store, taken before the catalog was read; or {@link #STALE}. */
    private long generation;

    private long lastNumber;
    private long lastMicros;
    /** Whether the catalog and the records of queues are stored apart, so that one batch cannot change both. */
    private final boolean recordsApart;

    private BusSender sender;
    private QueueCaller caller;

    public CatalogVerticle(
            CatalogView catalog,
            QueueGates gates,
            RuntimeResources resources,
            boolean strictNames,
            CatalogSnapshot snapshot) {
        this.store = resources.store();
        this.recordsApart = store instanceof ShardedStore;
        this.catalog = catalog;
        this.gates = gates;
        this.resources = resources;
        this.strictNames = strictNames;
        this.lastNumber = snapshot.lastNumber();
        this.generation = snapshot.generation();
    }

    @Override
    public Future<?> start() {
        sender = new BusSender(vertx, resources.options().sendTimeoutMillis());
        caller = new QueueCaller(vertx, resources.options().sendTimeoutMillis());
        vertx.eventBus().<CatalogChange<?>>localConsumer(ADDRESS, this::receive);
        vertx.setPeriodic(TOKEN_USE_MILLIS, timer -> storeTokenUse());
        return Future.succeededFuture();
    }

    private void storeTokenUse() {
        if (!catalog.tokens().withNewUse().isEmpty()) {
            sender.request(ADDRESS, new TokenChanges.TokenUseStorage())
                    .onFailure(failure -> LOG.debug("the use of tokens is stored later", failure));
        }
    }

    private void receive(Message<CatalogChange<?>> message) {
        if (pending.size() >= PENDING_MAX) {
            message.fail(QueueError.OVERLOADED.number(), QueueError.OVERLOADED.text());
            return;
        }
        pending.add(message);
        next();
    }

    private void next() {
        if (busy || pending.isEmpty()) {
            return;
        }
        busy = true;
        Message<CatalogChange<?>> message = pending.remove();
        ensureCurrent().compose(ready -> apply(message.body())).onComplete(result -> {
            if (result.succeeded()) {
                message.reply(result.result());
            } else {
                refuse(message, result.cause());
            }
            busy = false;
            context.runOnContext(ignored -> next());
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
        CatalogChange.ChangeResult<R> result = change.decide(catalog, this);
        for (QueueDefinition dropped : result.droppedQueues()) {
            catalog.remove(dropped);
        }
        return removeFromMemory(result)
                .onFailure(failure -> result.droppedQueues().forEach(this::restore))
                .compose(removed -> commit(result, lastNumber != numberBefore).recover(this::markStale))
                .compose(stored -> {
                    result.queues().forEach(catalog::put);
                    result.subscriptions().forEach(catalog::put);
                    result.droppedSubscriptions().forEach(catalog::remove);
                    result.tokens().forEach(catalog.tokens()::put);
                    result.droppedTokens().forEach(catalog.tokens()::remove);
                    return applyToQueue(result);
                })
                .map(applied -> result.reply());
    }

    /** Handles a refused commit. Reads the catalog again, at once if possible. The change fails in any case. */
    private Future<Void> markStale(Throwable refusal) {
        generation = STALE;
        return ensureCurrent()
                .onFailure(failure -> refreshLater())
                .transform(refreshed -> Future.failedFuture(refusal));
    }

    /** Completes when memory has the content of the store's current generation. */
    private Future<Void> ensureCurrent() {
        if (generation == store.catalogGeneration()) {
            return Future.succeededFuture();
        }
        if (store.failure().isPresent()) {
            return Future.failedFuture(new QueueException(QueueError.UNAVAILABLE));
        }
        return CatalogSnapshot.read(store, context, catalog).compose(this::adoptSnapshot);
    }

    private Future<Void> adoptSnapshot(CatalogSnapshot snapshot) {
        CatalogSnapshot.Difference difference = snapshot.replace(catalog);
        lastNumber = Math.max(lastNumber, snapshot.lastNumber());
        generation = snapshot.generation();
        LOG.info(
                "The catalog was read again: {} queues are new or changed",
                difference.put().size());
        difference.put().forEach(queue -> gates.removeRetired(queue.number()));
        return Steps.inSequence(difference.removed(), this::removeFromMemory)
                .compose(removed -> Steps.inSequence(
                        difference.put(), queue -> notifyQueue(queue).onSuccess(done -> activate(queue))));
    }

    private void refreshLater() {
        vertx.setTimer(REFRESH_MILLIS, id -> {
            if (busy) {
                refreshLater();
                return;
            }
            busy = true;
            ensureCurrent().onFailure(failure -> refreshLater()).onComplete(ended -> {
                busy = false;
                next();
            });
        });
    }

    /** Makes a queue visible again that could not be dropped. Its gate may be closed for good already. */
    private void restore(QueueDefinition queue) {
        catalog.put(queue);
        gates.removeRetired(queue.number());
    }

    /** A dropped queue must leave memory before its records are deleted, or it would write them again. */
    private Future<Void> removeFromMemory(CatalogChange.ChangeResult<?> result) {
        return Steps.inSequence(result.droppedQueues(), this::removeFromMemory);
    }

    private Future<Void> removeFromMemory(QueueDefinition dropped) {
        return sender.deployer(QueueDeployer.Action.REMOVE, dropped.number()).mapEmpty();
    }

    private Future<Void> commit(CatalogChange.ChangeResult<?> result, boolean numbersAssigned) {
        StoreBatch batch = store.newBatch(generation);
        if (numbersAssigned) {
            CatalogRecord counter = CatalogRecords.counter(lastNumber);
            batch.putCatalog(counter.key(), counter.value());
        }
        result.queues().forEach(queue -> batch.putCatalog(CatalogRecords.key(queue), CatalogRecords.value(queue)));
        for (Subscription subscription : result.subscriptions()) {
            batch.putCatalog(CatalogRecords.key(subscription), CatalogRecords.value(subscription));
        }
        result.droppedSubscriptions().forEach(subscription -> batch.deleteCatalog(CatalogRecords.key(subscription)));
        result.tokens().forEach(token -> batch.putCatalog(CatalogRecords.key(token), CatalogRecords.value(token)));
        result.droppedTokens().forEach(token -> batch.deleteCatalog(CatalogRecords.key(token)));
        for (QueueDefinition dropped : result.droppedQueues()) {
            batch.deleteCatalog(CatalogRecords.key(dropped));
            if (!recordsApart) {
                batch.dropQueue(dropped.number());
            }
        }
        if (batch.isEmpty()) {
            return Future.succeededFuture();
        }
        Future<Void> stored = Future.fromCompletionStage(store.commit(batch), context);
        return recordsApart ? stored.compose(gone -> dropRecords(result)) : stored;
    }

    /**
     * Drops the records of deleted queues in their own shards. What a crash leaves of them belongs to no queue any more:
     * numbers are never used again.
     */
    private Future<Void> dropRecords(CatalogChange.ChangeResult<?> result) {
        Future<Void> dropped = Future.succeededFuture();
        for (QueueDefinition queue : result.droppedQueues()) {
            StoreBatch batch = store.newBatch(store.generation(queue.number()));
            batch.dropQueue(queue.number());
            dropped = dropped.compose(before -> Future.fromCompletionStage(store.commit(batch), context));
        }
        return dropped.recover(failure -> {
            LOG.warn("The records of a deleted queue are left in the store: {}", failure.getMessage());
            return Future.succeededFuture();
        });
    }

    /** Active queues apply their new settings before the reply is sent. Passive queues read them at activation. */
    private Future<Void> applyToQueue(CatalogChange.ChangeResult<?> result) {
        return Steps.inSequence(result.queues(), this::notifyQueue)
                .compose(applied -> Steps.inSequence(result.notified(), this::notifyQueue));
    }

    private Future<Void> notifyQueue(QueueDefinition queue) {
        QueueGate gate = gates.gate(queue.number());
        if (gate.enter(Integer.MAX_VALUE) != QueueGate.EntryResult.ENTERED) {
            return sender.deployer(QueueDeployer.Action.AWAIT_TRANSITION, queue.number())
                    .compose(active -> {
                        if (!active) {
                            activateIfPushed(queue);
                        }
                        return active ? notifyQueue(queue) : Future.succeededFuture();
                    });
        }
        return caller.call(gate, new QueueRequest.Configure(queue)).mapEmpty();
    }

    /**
     * A passive queue does not notice that it now has a Worker or that its delivery was resumed. The change does not
     * wait for the activation.
     */
    private void activateIfPushed(QueueDefinition queue) {
        if (resources.workers().of(queue) != null) {
            activate(queue);
        }
    }

    private void activate(QueueDefinition queue) {
        sender.deployer(QueueDeployer.Action.ACTIVATE, queue.number())
                .onFailure(failure ->
                        LOG.warn("queue {} could not be activated: {}", queue.number(), failure.getMessage()));
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
        // Values must differ, but a clock that was set back remains visible.
        boolean close = wallMicros <= lastMicros && wallMicros > lastMicros - CLOCK_STEP_MICROS;
        lastMicros = close ? lastMicros + 1 : wallMicros;
        return lastMicros;
    }

    @Override
    public Limits limits() {
        return resources.limits();
    }

    @Override
    public boolean strictNames() {
        return strictNames;
    }
}
