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
import dev.sluice.runtime.bus.NodePeers;
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
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
    /** Takes a {@link Refresh}, in a cluster. */
    public static final String REFRESH_ADDRESS = "sluice.catalog.refresh";
    /** Takes the number of a queue, in a cluster: puts what the catalog says of it in force here. */
    public static final String APPLY_ADDRESS = "sluice.catalog.apply";

    /**
     * Asks for a view that is new enough.
     *
     * @param offset of the catalog's log, which the local copy must have
     */
    public record Refresh(long offset) {}

    private static final Logger LOG = LoggerFactory.getLogger(CatalogVerticle.class);
    private static final int PENDING_MAX = 10_000;
    private static final long REFRESH_MILLIS = 1_000;
    private static final long TOKEN_USE_MILLIS = 60_000;
    private static final int APPLY_ATTEMPTS_MAX = 20;
    private static final long APPLY_PAUSE_MILLIS = 500;
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
    /** In a cluster: who waits for the view to be read again. */
    private final List<Message<Refresh>> refreshes = new ArrayList<>();

    private boolean busy;
    /** Generation of the store, taken before the catalog was read; or {@link #STALE}. */
    private long generation;

    private long lastNumber;
    private long lastMicros;
    /** The store if it is shared by several nodes, otherwise null. */
    private final @Nullable ShardedStore sharded;

    private final NodePeers peers;

    private BusSender sender;
    private QueueCaller caller;

    public CatalogVerticle(
            CatalogView catalog,
            QueueGates gates,
            RuntimeResources resources,
            boolean strictNames,
            CatalogSnapshot snapshot,
            NodePeers peers) {
        this.store = resources.store();
        this.sharded = store instanceof ShardedStore shared ? shared : null;
        this.peers = peers;
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
        if (sharded != null) {
            vertx.eventBus().<Refresh>localConsumer(REFRESH_ADDRESS, this::receiveRefresh);
            vertx.eventBus().<Long>localConsumer(APPLY_ADDRESS, message -> applyHere(message.body())
                    .onSuccess(applied -> message.reply(true))
                    .onFailure(failure -> {
                        // The sender asks again, perhaps another node.
                        LOG.debug("queue {} is not up to date", message.body(), failure);
                        message.fail(QueueError.UNAVAILABLE.number(), QueueError.UNAVAILABLE.text());
                    }));
        }
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

    private void receiveRefresh(Message<Refresh> message) {
        if (catalog.offset() >= message.body().offset()) {
            message.reply(true);
        } else if (refreshes.size() >= PENDING_MAX) {
            message.fail(QueueError.OVERLOADED.number(), QueueError.OVERLOADED.text());
        } else {
            refreshes.add(message);
            next();
        }
    }

    private void next() {
        if (busy) {
            return;
        }
        if (!refreshes.isEmpty()) {
            busy = true;
            refresh();
            return;
        }
        if (pending.isEmpty()) {
            return;
        }
        busy = true;
        Message<CatalogChange<?>> message = pending.remove();
        ensureCurrent().compose(ready -> carryOut(message.body())).onComplete(result -> {
            if (result.succeeded()) {
                reply(message, result.result());
            } else {
                refuse(message, result.cause());
            }
            busy = false;
            context.runOnContext(ignored -> next());
        });
    }

    private Future<Object> carryOut(CatalogChange<?> change) {
        return sharded == null ? apply(change).map(Object.class::cast) : store(change, sharded);
    }

    /** In a cluster, the result is a future that completes when the owners of the queues have applied the change. */
    private void reply(Message<CatalogChange<?>> message, Object result) {
        if (result instanceof Future<?> inForce) {
            inForce.onSuccess(message::reply).onFailure(failure -> refuse(message, failure));
        } else {
            message.reply(result);
        }
    }

    private void refuse(Message<?> message, Throwable cause) {
        if (cause instanceof QueueException refusal) {
            message.fail(refusal.error().number(), refusal.getMessage());
        } else {
            LOG.error("{} failed", message.body().getClass().getSimpleName(), cause);
            message.fail(QueueError.UNAVAILABLE.number(), QueueError.UNAVAILABLE.text());
        }
    }

    /**
     * Carries out a change in a cluster. Stores it in the catalog; the owners of its queues put it in force. The next
     * change need not wait for them.
     *
     * @return in the future, a future of the reply
     */
    private <R> Future<Object> store(CatalogChange<R> change, ShardedStore shared) {
        if (!shared.owns(ShardedStore.CATALOG)) {
            return Future.failedFuture(new QueueException(QueueError.UNAVAILABLE));
        }
        long numberBefore = lastNumber;
        CatalogChange.ChangeResult<R> result = change.decide(catalog, this);
        List<QueueDefinition> affected = new ArrayList<>(result.droppedQueues());
        result.queues().stream()
                .filter(queue -> catalog.findByNumber(queue.number()) != null)
                .forEach(affected::add);
        return commit(result, lastNumber != numberBefore)
                .recover(this::markStale)
                .map(stored -> {
                    result.droppedQueues().forEach(catalog::remove);
                    show(result);
                    long offset = shared.catalogOffset();
                    catalog.reached(offset);
                    Future<Void> inForce = Future.succeededFuture();
                    for (QueueDefinition queue : affected) {
                        inForce = inForce.compose(before -> applyAtOwner(queue, offset, shared));
                    }
                    Future<R> reply = inForce.map(applied -> result.reply());
                    return reply;
                });
    }

    /** While a shard changes its owner, there is no node to ask; the next owner has the catalog as it is now. */
    private Future<Void> applyAtOwner(QueueDefinition queue, long offset, ShardedStore shared) {
        return applyAtOwner(queue, offset, shared, APPLY_ATTEMPTS_MAX);
    }

    private Future<Void> applyAtOwner(QueueDefinition queue, long offset, ShardedStore shared, int attempts) {
        Future<Void> applied =
                shared.owns(shared.shardOf(queue.number())) ? applyHere(queue.number()) : peers.apply(queue, offset);
        return attempts == 1
                ? applied
                : applied.recover(failure -> vertx.timer(APPLY_PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                        .compose(later -> applyAtOwner(queue, offset, shared, attempts - 1)));
    }

    /** Puts in force what the view says of a queue of this node. May be repeated. */
    private Future<Void> applyHere(long number) {
        QueueDefinition queue = catalog.findByNumber(number);
        if (queue != null) {
            return notifyQueue(queue);
        }
        return sender.deployer(QueueDeployer.Action.REMOVE, number).compose(removed -> dropRecords(number));
    }

    /** Reads the catalog again for those who asked. */
    private void refresh() {
        List<Message<Refresh>> waiting = List.copyOf(refreshes);
        refreshes.clear();
        readAgain().onComplete(read -> {
            for (Message<Refresh> message : waiting) {
                if (read.failed()) {
                    refuse(message, read.cause());
                } else if (message.body().offset() <= catalog.offset()) {
                    message.reply(true);
                } else {
                    message.fail(QueueError.UNAVAILABLE.number(), QueueError.UNAVAILABLE.text());
                }
            }
            busy = false;
            context.runOnContext(ignored -> next());
        });
    }

    /** Reads all that the local copy of the catalog has. */
    private Future<Void> readAgain() {
        long offset = Objects.requireNonNull(sharded).catalogOffset();
        return CatalogSnapshot.read(store, context, catalog)
                .onSuccess(snapshot -> {
                    CatalogSnapshot.Difference difference = snapshot.replace(catalog);
                    lastNumber = Math.max(lastNumber, snapshot.lastNumber());
                    generation = snapshot.generation();
                    catalog.reached(Math.max(catalog.offset(), offset));
                    applyDifference(difference);
                })
                .mapEmpty();
    }

    /** Puts in force what another node has changed, for the queues of this one. What fails is asked for by that node. */
    private void applyDifference(CatalogSnapshot.Difference difference) {
        Stream.concat(difference.put().stream(), difference.removed().stream())
                .filter(queue -> isServed(queue.number()))
                .forEach(queue -> applyHere(queue.number())
                        .onFailure(failure -> LOG.debug("queue {} is not up to date", queue.number(), failure)));
    }

    private boolean isServed(long number) {
        return sharded == null || sharded.owns(sharded.shardOf(number));
    }

    /** Makes a stored change visible, apart from dropped queues. */
    private void show(CatalogChange.ChangeResult<?> result) {
        result.queues().forEach(catalog::put);
        result.subscriptions().forEach(catalog::put);
        result.droppedSubscriptions().forEach(catalog::remove);
        result.tokens().forEach(catalog.tokens()::put);
        result.droppedTokens().forEach(catalog.tokens()::remove);
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
                    show(result);
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
        return sharded == null
                ? CatalogSnapshot.read(store, context, catalog).compose(this::adoptSnapshot)
                : readAgain();
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
            if (!store.storesQueuesApart()) {
                batch.dropQueue(dropped.number());
            }
        }
        if (batch.isEmpty()) {
            return Future.succeededFuture();
        }
        return Future.fromCompletionStage(store.commit(batch), context);
    }

    /**
     * Drops the records of a deleted queue in its shard. What a crash leaves of them is dropped by the next owner of the
     * shard: numbers are never used again.
     */
    private Future<Void> dropRecords(long number) {
        StoreBatch batch = store.newBatch(store.generation(number));
        batch.dropQueue(number);
        return Future.fromCompletionStage(store.commit(batch), context);
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
        if (isServed(queue.number()) && resources.workers().of(queue) != null) {
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
