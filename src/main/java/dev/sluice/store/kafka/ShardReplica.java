package dev.sluice.store.kafka;

import dev.sluice.store.CommitListener;
import dev.sluice.store.CommitMeter;
import dev.sluice.store.QueueStore;
import dev.sluice.store.ShardListener;
import dev.sluice.store.ShardRole;
import dev.sluice.store.ShardStatus;
import dev.sluice.store.ShardedStore;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import dev.sluice.store.StoreSnapshot;
import dev.sluice.store.log.LogOwnership;
import dev.sluice.store.log.LogPosition;
import dev.sluice.store.log.LogUnusableException;
import dev.sluice.store.log.ShardLog;
import dev.sluice.store.log.UnreadableLogException;
import dev.sluice.store.rocksdb.LogCopy;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shard on this node: its log, its copy, and what the node does with them. Follows the log as a standby, or claims it
 * and stores batches in it. A batch counts as stored when the log has it by the owner's rule and the copy has applied it.
 *
 * <pre>
 *   NONE ◄──► STANDBY: applies what comes ◄────────────────┬──────── given up, or another node has claimed the log
 *                │ own                                     │
 *                ▼                                         │
 *   read the log to its end ─► append a claim ─► read to it ─► own: groups, up to 5 under way
 *                ▲                                         │
 *                └── pause ◄── refuse what is under way ◄──┘ an append failed
 * </pre>
 *
 * <p>One thread does all of it and notifies the listeners. Each successful claim begins a generation. When another node
 * has claimed the log, this one does not claim it again before it is asked to.
 */
final class ShardReplica implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardReplica.class);

    private static final long PAUSE_MILLIS_MIN = 100;
    private static final long PAUSE_MILLIS_MAX = 10_000;

    private final OwnerLoop.Leaving leaving = new OwnerLoop.Leaving() {
        @Override
        public boolean isAsked() {
            seen = asks.current();
            return seen.role() != ShardRole.OWNER;
        }

        @Override
        public boolean isClosing() {
            return closing;
        }
    };

    private final ReplicaConfig config;
    private final Supplier<ShardLog> logs;
    private final Function<ShardLog, LogCopy> copies;
    private final CommitMeter meter;
    private final ShardListener listener;
    private final CommitQueue queue = new CommitQueue();
    private final Confirmations confirmations = new Confirmations();
    private final CatchUps catchUps = new CatchUps();
    private final OwnerLoop ownerLoop;
    private final StandbyLoop standbyLoop;
    private final Thread thread;

    private final ReplicaAsks asks = new ReplicaAsks();
    private volatile ReplicaState state = new ReplicaState(ShardRole.NONE, -1, new StoreException("it is not open"));
    private volatile @Nullable OpenReplica open;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean closing;
    private volatile boolean closed;
    private volatile long takeoverNanos;
    /** Whether the listener knows that the shard is owned. Only the thread of the shard uses it. */
    private boolean gained;
    /** The last ask that the thread of the shard has read. The same. */
    private ReplicaAsks.Ask seen = asks.current();
    /** The epoch of the last own claim since the shard was asked for; 0 if there is none. The same. */
    private long claimedEpoch;
    /** The epoch of the node that has taken the shard last. The same. */
    private long takenEpoch;

    /**
     * Creates a shard that this node has nothing to do with yet.
     *
     * @param logs opens the log
     * @param copies opens the copy of a log, as far as it can be had without following the log
     */
    ShardReplica(
            ReplicaConfig config,
            Supplier<ShardLog> logs,
            Function<ShardLog, LogCopy> copies,
            CommitMeter meter,
            ShardListener listener) {
        this.config = config;
        this.logs = logs;
        this.copies = copies;
        this.meter = meter;
        this.listener = listener;
        this.standbyLoop = new StandbyLoop(catchUps, listener, config.isCatalog());
        this.ownerLoop = new OwnerLoop(queue, confirmations, catchUps, config.recordBytesMax());
        this.thread = new Thread(this::run, config.isCatalog() ? "sluice-catalog" : "sluice-shard-" + config.shard());
        thread.setDaemon(true);
        thread.start();
    }

    /** See {@link ShardedStore#own}. Completes when it is gained; fails at the first failure, though it is repeated. */
    CompletableFuture<Void> own() {
        CompletableFuture<Void> owned = asks.own();
        wake();
        return owned;
    }

    /** See {@link ShardedStore#giveUp}. */
    CompletionStage<Void> giveUp() {
        if (closed || asks.current().role() != ShardRole.OWNER && state.role() != ShardRole.OWNER) {
            return CompletableFuture.completedStage(null);
        }
        CompletableFuture<Void> left = asks.giveUp();
        if (closed) {
            asks.left();
        }
        wake();
        return left;
    }

    /** Keeps the copy up to date; ends an ownership. */
    void follow() {
        ask(ShardRole.STANDBY);
    }

    /** Closes the copy; ends an ownership. */
    void unfollow() {
        ask(ShardRole.NONE);
    }

    private void ask(ShardRole role) {
        asks.ask(role);
        wake();
    }

    private void wake() {
        OpenReplica current = open;
        if (current != null) {
            standbyLoop.wake(current);
        }
        LockSupport.unpark(thread);
    }

    /** See {@link QueueStore#commit}. */
    void commit(StoreBatch batch, CommitListener committed) {
        queue.add(batch, committed);
        ReplicaState current = state;
        if (closed || current.role() != ShardRole.OWNER || current.failure() != null) {
            queue.refuseAll(refusal());
        } else {
            LockSupport.unpark(thread);
        }
    }

    long bytesWaiting() {
        return queue.bytesWaiting();
    }

    boolean isOwner() {
        return state.role() == ShardRole.OWNER;
    }

    /** The number of its successful claims minus 1; {@link QueueStore#NOT_OWNED} while it does not own the shard. */
    long generation() {
        ReplicaState current = state;
        return current.role() == ShardRole.OWNER ? current.generation() : QueueStore.NOT_OWNED;
    }

    /** Why nothing can be stored at the moment; empty while this node owns the shard. */
    Optional<String> failure() {
        return Optional.ofNullable(state.failure()).map(Throwable::getMessage);
    }

    /** Reads the copy; of a shard that this node does not own, only if {@code anyRole}. */
    <T> CompletionStage<T> read(Function<StoreSnapshot, T> read, boolean anyRole) {
        OpenReplica current = open;
        if (closed || current == null || !anyRole && state.role() != ShardRole.OWNER) {
            return CompletableFuture.failedStage(refusal());
        }
        return current.copy().read(read);
    }

    /** See {@link ShardedStore#isShardConfirmed}. */
    boolean isConfirmed(long sinceNanos) {
        ReplicaState current = state;
        return current.role() == ShardRole.OWNER
                && current.failure() == null
                && ownerLoop.confirmedNanos() - sinceNanos > 0;
    }

    /** See {@link ShardedStore#confirmShard}. */
    CompletionStage<Void> confirm(long sinceNanos) {
        CompletableFuture<Void> confirmed = confirmations.add(sinceNanos);
        ReplicaState current = state;
        if (closed || current.role() != ShardRole.OWNER || current.failure() != null) {
            confirmations.refuseAdded(refusal());
        } else {
            LockSupport.unpark(thread);
        }
        return confirmed;
    }

    /** See {@link ShardedStore#catchUpCatalog}. */
    CompletionStage<Long> catchUp() {
        CompletionStage<Long> caughtUp = catchUps.add();
        if (closed) {
            catchUps.refuseWhile(() -> true, refusal());
        }
        wake();
        return caughtUp;
    }

    /** The offset of the last record that the copy holds; -1 before the first. */
    long appliedOffset() {
        OpenReplica current = open;
        return current == null ? -1 : current.appliedOffset();
    }

    /** The copy, while the node owns or follows the shard. */
    Optional<LogCopy> copy() {
        return Optional.ofNullable(open).map(OpenReplica::copy);
    }

    ShardStatus status() {
        OpenReplica current = open;
        if (current == null) {
            return ShardStatus.NONE;
        }
        LogPosition position = current.copy().position();
        return new ShardStatus(
                state.role(),
                position.ownership().epoch(),
                current.follower().ownerNode(),
                position.offset(),
                isOwner() ? 0 : standbyLoop.lag(),
                ownerLoop.groups(),
                current.follower().voidRecords(),
                takeoverNanos,
                -1);
    }

    /** Stores what waits, unless the log does not take it, and ends the thread. Completes on that thread. */
    CompletableFuture<Void> closeAsync() {
        closing = true;
        wake();
        return ended;
    }

    /** The same. Blocks. */
    @Override
    public void close() {
        closeAsync().join();
    }

    private void run() {
        long pauseMillis = PAUSE_MILLIS_MIN;
        while (!closing) {
            ReplicaAsks.Ask current = asks.current();
            seen = current;
            long generation = state.generation();
            try {
                switch (current.role()) {
                    case OWNER -> claimAndOwn();
                    case STANDBY -> standBy(current);
                    default -> rest(current);
                }
                pauseMillis = PAUSE_MILLIS_MIN;
            } catch (StoreException failure) {
                fail(failure, isFinal(failure));
                pauseMillis = state.generation() > generation ? PAUSE_MILLIS_MIN : pauseMillis;
                pause(pauseMillis);
                pauseMillis = Math.min(2 * pauseMillis, PAUSE_MILLIS_MAX);
            } catch (RuntimeException | Error fault) {
                LOG.error("{} ended", name(), fault);
                fail(new StoreException(name() + " ended: " + fault, fault), true);
            }
        }
        closed = true;
        state = new ReplicaState(ShardRole.NONE, state.generation(), new StoreException("the store is closed"));
        closeReplica();
        refuse(refusal());
        failCatchUps(asks.current());
        asks.left();
        ended.complete(null);
    }

    private void rest(ReplicaAsks.Ask current) {
        closeReplica();
        StoreException before = state.failure();
        state = new ReplicaState(
                ShardRole.NONE, state.generation(), before == null ? new StoreException("it is not open") : before);
        refuse(refusal());
        asks.left();
        while (!closing && asks.current().equals(current)) {
            failCatchUps(current);
            LockSupport.park(this);
        }
    }

    private void standBy(ReplicaAsks.Ask current) {
        OpenReplica replica = openReplica();
        if (!(state.failure() instanceof ShardTakenException)) {
            state = new ReplicaState(
                    ShardRole.STANDBY, state.generation(), new StoreException(name() + " is followed"));
        }
        refuse(refusal());
        asks.left();
        standbyLoop.run(replica, () -> !closing && asks.current().equals(current), owner -> showOwner(replica, owner));
    }

    /** Also when another node has claimed the shard since. */
    private void showOwner(OpenReplica replica, String owner) {
        boolean isTaken = state.failure() instanceof ShardTakenException
                && replica.follower().ownership().epoch() == takenEpoch;
        if (!isTaken) {
            state = new ReplicaState(
                    ShardRole.STANDBY, state.generation(), new StoreException(name() + " belongs to " + owner));
        }
    }

    private OpenReplica openReplica() {
        OpenReplica current = open;
        if (current == null) {
            current = OpenReplica.open(logs, copies, config.identity(), config.directory());
            open = current;
        }
        current.prepare();
        return current;
    }

    private void closeReplica() {
        OpenReplica current = open;
        if (current != null) {
            open = null;
            current.close();
        }
    }

    /** Returns when the shard was given up, or everything is stored and this is closing. */
    private void claimAndOwn() {
        if (state.role() != ShardRole.OWNER) {
            claimedEpoch = 0;
            state = new ReplicaState(
                    ShardRole.CLAIMING, state.generation(), new StoreException(name() + " is being taken over"));
        }
        OpenReplica replica = openReplica();
        long before = appliedOffset();
        LogClaimant claimant =
                new LogClaimant(replica.log(), replica.follower(), config.identity(), config.owner(), config.node());
        long claimedNanos = System.nanoTime();
        OwnerEpoch epoch;
        try {
            ShardLog.Appender appender = claimant.claim(() -> refuseIfTaken(replica));
            epoch = new OwnerEpoch(replica.follower(), appender, claimedNanos, meter, () -> LockSupport.unpark(thread));
        } finally {
            standbyLoop.notifyAdvanced(before, replica);
        }
        try {
            begin(replica, epoch);
            ownerLoop.run(epoch, state.generation(), replica.follower(), replica.log(), leaving);
        } catch (StoreException failure) {
            endEpoch(failure, epoch);
            throw failure;
        } catch (RuntimeException | Error fault) {
            endEpoch(new StoreException(name() + " ended: " + fault, fault), epoch);
            throw fault;
        } finally {
            epoch.close();
        }
        lose(new StoreException(name() + " was given up"), epoch);
    }

    private void begin(OpenReplica replica, OwnerEpoch epoch) {
        claimedEpoch = replica.follower().ownership().epoch();
        ownerLoop.begin(epoch);
        state = new ReplicaState(ShardRole.OWNER, state.generation() + 1, null);
        epoch.sendBeat();
        LOG.debug("Owns {}, in epoch {}", name(), claimedEpoch);
        if (!gained) {
            gained = true;
            takeoverNanos = System.nanoTime() - asks.ownAskedNanos();
            listener.gained(config.shard(), claimedEpoch);
        }
        asks.gained();
    }

    private void refuseIfTaken(OpenReplica replica) {
        LogOwnership ownership = replica.follower().ownership();
        if (claimedEpoch > 0 && !ownership.owner().equals(config.owner())) {
            takenEpoch = ownership.epoch();
            throw new ShardTakenException("node " + replica.follower().ownerNode() + " has taken over " + name()
                    + " (epoch " + ownership.epoch() + ")");
        }
    }

    /** The epoch ended by a failure; the shard is claimed again. */
    private void endEpoch(StoreException failure, OwnerEpoch epoch) {
        state = new ReplicaState(state.role(), state.generation(), failure);
        LOG.error("Nothing of {} can be stored until it is claimed again: {}", name(), failure.getMessage());
        epoch.refuse(failure);
        refuse(failure);
    }

    private void fail(StoreException failure, boolean ends) {
        boolean taken = failure instanceof ShardTakenException;
        if (ends) {
            asks.withdraw(seen, taken ? ShardRole.STANDBY : ShardRole.NONE);
            lose(failure, null);
            if (!taken) {
                LOG.error("{} cannot be used: {}", name(), failure.getMessage());
            }
        } else if (asks.current().role() == ShardRole.OWNER) {
            warnOnce(failure);
            state = new ReplicaState(state.role(), state.generation(), failure);
            refuse(failure);
        } else {
            warnOnce(failure);
            lose(failure, null);
            asks.left();
        }
        asks.failed(failure);
    }

    private void warnOnce(StoreException failure) {
        StoreException before = state.failure();
        if (before == null || !String.valueOf(before.getMessage()).equals(failure.getMessage())) {
            LOG.warn("{}: {}; trying again", name(), failure.getMessage());
        }
    }

    private void lose(StoreException reason, @Nullable OwnerEpoch epoch) {
        state = new ReplicaState(ShardRole.STANDBY, state.generation(), reason);
        claimedEpoch = 0;
        if (epoch != null) {
            epoch.refuse(reason);
        }
        refuse(reason);
        if (gained) {
            gained = false;
            if (!closing) {
                LOG.debug("Does not own {} any more: {}", name(), reason.getMessage());
            }
            listener.lost(config.shard(), String.valueOf(reason.getMessage()));
        }
    }

    private static boolean isFinal(StoreException failure) {
        return failure instanceof ShardTakenException
                || failure instanceof LogUnusableException
                || failure instanceof UnreadableLogException
                || failure instanceof StoreCorruptException;
    }

    private void refuse(StoreException failure) {
        queue.refuseAll(failure);
        confirmations.refuseAll(failure);
    }

    /** Fails those that came before another ask. */
    private void failCatchUps(ReplicaAsks.Ask current) {
        catchUps.refuseWhile(() -> asks.current().equals(current) || closing, refusal());
    }

    private void pause(long millis) {
        ReplicaAsks.Ask current = asks.current();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!closing && asks.current().equals(current) && System.nanoTime() < end) {
            failCatchUps(current);
            LockSupport.parkNanos(this, end - System.nanoTime());
        }
    }

    private String name() {
        return config.name();
    }

    private StoreException refusal() {
        StoreException failure = state.failure();
        return failure != null ? failure : new StoreException("the store is closed");
    }
}
