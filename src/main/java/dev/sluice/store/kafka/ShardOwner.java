package dev.sluice.store.kafka;

import dev.sluice.store.CommitListener;
import dev.sluice.store.CommitMeter;
import dev.sluice.store.StoreBatch;
import dev.sluice.store.StoreCorruptException;
import dev.sluice.store.StoreException;
import dev.sluice.store.log.LogClaim;
import dev.sluice.store.log.LogIdentity;
import dev.sluice.store.log.LogOwnership;
import dev.sluice.store.log.LogPosition;
import dev.sluice.store.log.LogRecord;
import dev.sluice.store.log.LogRecordFormat;
import dev.sluice.store.log.LogUnusableException;
import dev.sluice.store.log.ShardLog;
import dev.sluice.store.log.UnreadableLogException;
import dev.sluice.store.rocksdb.LogCopy;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns a shard: claims its log, and stores batches in it. A batch counts as stored when the log has it by the owner's
 * rule and the copy has applied it.
 *
 * <pre>
 * claim: read the log into the copy ─► append a claim ─► read to it ─► own: groups, up to 5 under way
 *   ▲                                                                    │ an append failed
 *   └──────────────── pause ◄── refuse what is under way ◄───────────────┘ another node claimed ─► end
 * </pre>
 *
 * <p>One thread does all of it, and notifies the listeners. Each successful claim begins a generation of the store. When
 * another node has claimed the log, this one never claims it again: it refuses everything until it is started again.
 */
final class ShardOwner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardOwner.class);

    /** A group is closed at this size. */
    static final long GROUP_BYTES_MAX = 512 * 1024;

    private static final int CLAIMS_MAX = 5;
    private static final long IDLE_CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PAUSE_MILLIS_MIN = 100;
    private static final long PAUSE_MILLIS_MAX = 10_000;

    private final ShardLog log;
    private final LogCopy copy;
    private final LogIdentity identity;
    private final String node;
    private final int recordBytesMax;
    private final CommitMeter meter;
    private final LogFollower follower;
    private final CommitQueue queue = new CommitQueue();
    /** Drawn once per process: the epoch distinguishes its claims. */
    private final UUID owner = UUID.randomUUID();

    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final Thread thread = new Thread(this::run, "sluice-shard");
    private volatile boolean closing;
    private volatile boolean closed;
    /** Set by the thread of the shard. */
    private volatile OwnerState state = new OwnerState(-1, new StoreException("the log is not claimed yet"), false);

    /**
     * What this node may do with the shard.
     *
     * @param generation the number of its claims that succeeded, minus 1
     * @param failure why nothing can be stored, or null
     * @param ended whether that is so until the process is started again
     */
    private record OwnerState(long generation, @Nullable StoreException failure, boolean ended) {}

    /**
     * Creates an owner that does not run yet.
     *
     * @param copy open; closed by the caller after this
     * @param directory where the copy is, for messages
     * @param node name of this node, for messages of others
     * @param recordBytesMax limit of the log for one record
     */
    ShardOwner(
            ShardLog log,
            LogCopy copy,
            LogIdentity identity,
            String directory,
            String node,
            int recordBytesMax,
            CommitMeter meter) {
        this.log = log;
        this.copy = copy;
        this.identity = identity;
        this.node = node;
        this.recordBytesMax = recordBytesMax;
        this.meter = meter;
        this.follower = new LogFollower(log, copy, identity, directory);
        thread.setDaemon(true);
    }

    /**
     * Starts the thread and waits until the shard is owned. Blocks for as long as reading the log takes.
     *
     * @throws StoreException if it cannot be owned; then this is closed
     */
    void start() {
        thread.start();
        try {
            started.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof StoreException expected) {
                throw expected;
            }
            throw new StoreException("the log cannot be used: " + failed.getCause(), failed.getCause());
        }
    }

    /** See {@link dev.sluice.store.QueueStore#commit}. */
    void commit(StoreBatch batch, CommitListener listener) {
        queue.add(batch, listener);
        if (closed || state.failure() != null) {
            queue.refuseAll(refusal());
        } else {
            LockSupport.unpark(thread);
        }
    }

    long bytesWaiting() {
        return queue.bytesWaiting();
    }

    long generation() {
        return state.generation();
    }

    /** Why nothing can be stored at the moment; empty while this node owns the shard. */
    Optional<String> failure() {
        return Optional.ofNullable(state.failure()).map(Throwable::getMessage);
    }

    /** The reason why this node serves nothing until it is started again; empty while it may. */
    Optional<StoreException> ended() {
        OwnerState current = state;
        return Optional.ofNullable(current.failure()).filter(failure -> current.ended());
    }

    /** Stores what waits, unless the log does not take it, and ends the thread. Blocks. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long pauseMillis = PAUSE_MILLIS_MIN;
        try {
            while (!closing && !state.ended()) {
                long generation = state.generation();
                claimAndOwn();
                pauseMillis = state.generation() > generation ? PAUSE_MILLIS_MIN : pauseMillis;
                if (!closing && !state.ended()) {
                    pause(pauseMillis);
                    pauseMillis = Math.min(2 * pauseMillis, PAUSE_MILLIS_MAX);
                }
            }
        } finally {
            closed = true;
            queue.refuseAll(refusal());
        }
    }

    /** Returns when the epoch is over, or when everything is stored and this is closing. */
    private void claimAndOwn() {
        @Nullable OwnerEpoch epoch = null;
        try {
            epoch = claim();
            OwnerState before = state;
            state = new OwnerState(before.generation() + 1, null, false);
            LOG.info("Owns the log, in epoch {}", follower.ownership().epoch());
            started.complete(null);
            own(epoch);
        } catch (StoreException failure) {
            fail(failure, epoch, isFinal(failure));
        } catch (RuntimeException | Error fault) {
            LOG.error("The shard ended", fault);
            fail(new StoreException("the shard ended: " + fault, fault), epoch, true);
        } finally {
            if (epoch != null) {
                epoch.close();
            }
        }
    }

    private void fail(StoreException failure, @Nullable OwnerEpoch epoch, boolean ended) {
        OwnerState before = state;
        state = new OwnerState(before.generation(), failure, ended || !started.isDone());
        if (started.isDone() && (before.failure() == null || ended)) {
            LOG.error(
                    ended
                            ? "Nothing can be stored until this node is started again: {}"
                            : "Nothing can be stored until the log is claimed again: {}",
                    failure.getMessage());
        }
        if (epoch != null) {
            epoch.refuse(failure);
        }
        queue.refuseAll(failure);
        started.completeExceptionally(failure);
    }

    private static boolean isFinal(StoreException failure) {
        return failure instanceof LogUnusableException
                || failure instanceof UnreadableLogException
                || failure instanceof StoreCorruptException;
    }

    /** Brings the copy up to date and claims the log. Blocks. */
    private OwnerEpoch claim() {
        if (copy.hasFailed()) {
            copy.reopen();
        }
        follower.verify();
        for (int attempt = 0; attempt < CLAIMS_MAX; attempt++) {
            follower.follow(log.endOffset(), () -> false);
            refuseIfDeposed();
            refuseIfForeign();
            OwnerEpoch epoch = claimOnce(follower.ownership().epoch() + 1);
            if (epoch != null) {
                return epoch;
            }
        }
        throw new StoreException("other nodes claim the log at the same time");
    }

    /** Returns null if another claim of that epoch came first. */
    private @Nullable OwnerEpoch claimOnce(long epoch) {
        ShardLog.@Nullable Appender appender = log.newAppender();
        try {
            LogPosition position = follower.position();
            UUID historyId =
                    position.historyId().equals(LogPosition.NO_HISTORY) ? UUID.randomUUID() : position.historyId();
            LogClaim claim = new LogClaim(identity, historyId, node);
            CompletableFuture<Long> answer = new CompletableFuture<>();
            appender.append(
                    LogRecordFormat.encode(LogRecord.claim(epoch, owner, claim.encode())), (offset, failure) -> {
                        if (failure == null) {
                            answer.complete(offset);
                        } else {
                            answer.completeExceptionally(failure);
                        }
                    });
            @Nullable StoreException failure = null;
            long end = log.endOffset();
            try {
                end = Math.max(end, answer.join() + 1);
            } catch (CompletionException failed) {
                failure = (StoreException) failed.getCause();
            }
            follower.follow(
                    Math.max(end, log.endOffset()), () -> follower.ownership().isHeldBy(epoch, owner));
            if (follower.ownership().isHeldBy(epoch, owner)) {
                OwnerEpoch begun = new OwnerEpoch(follower, appender, meter, () -> LockSupport.unpark(thread));
                appender = null;
                return begun;
            }
            if (failure != null) {
                throw failure;
            }
            return null;
        } finally {
            if (appender != null) {
                appender.close();
            }
        }
    }

    private void refuseIfDeposed() {
        LogOwnership ownership = follower.ownership();
        if (state.generation() >= 0 && !ownership.owner().equals(owner)) {
            throw new LogUnusableException("node " + follower.ownerNode() + " has taken over the log (epoch "
                    + ownership.epoch() + "); start this node again to take it back");
        }
    }

    private void refuseIfForeign() {
        if (follower.ownership().epoch() == 0 && log.endOffset() > 0) {
            throw new LogUnusableException(
                    "the topic holds records of another program; choose another cluster.topic_prefix");
        }
    }

    private void own(OwnerEpoch epoch) {
        long generation = state.generation();
        long checkedNanos = System.nanoTime();
        while (true) {
            epoch.acknowledge();
            while (epoch.hasRoom() && !queue.isEmpty()) {
                CommitQueue.CommitGroup group = queue.nextGroup(generation, GROUP_BYTES_MAX);
                if (group.size() > 0) {
                    epoch.send(group, recordBytesMax);
                }
            }
            if (epoch.isIdle() && queue.isEmpty()) {
                if (closing) {
                    return;
                }
                if (System.nanoTime() - checkedNanos >= IDLE_CHECK_NANOS) {
                    checkStillOwned(epoch);
                    checkedNanos = System.nanoTime();
                }
            }
            if (!epoch.hasResults() && (queue.isEmpty() || !epoch.hasRoom())) {
                LockSupport.parkNanos(this, IDLE_CHECK_NANOS);
            }
        }
    }

    /** An idle owner learns of another claim by looking at the end of the log. */
    private void checkStillOwned(OwnerEpoch epoch) {
        long end;
        try {
            end = log.endOffset();
        } catch (StoreException unreachable) {
            // The next append decides whether that lasts.
            LOG.debug("The end of the log cannot be read", unreachable);
            return;
        }
        if (end <= epoch.expectedOffset()) {
            return;
        }
        LogOwnership after = follower.ownership();
        for (Optional<LogRecord> record : follower.records(epoch.expectedOffset(), end)) {
            after = record.map(after::after).orElse(after);
        }
        if (!after.equals(follower.ownership())) {
            throw new StoreException("another node has claimed the log");
        }
    }

    private void pause(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!closing && System.nanoTime() < end) {
            LockSupport.parkNanos(this, end - System.nanoTime());
        }
    }

    private StoreException refusal() {
        StoreException failure = state.failure();
        return failure != null ? failure : new StoreException("the store is closed");
    }
}
