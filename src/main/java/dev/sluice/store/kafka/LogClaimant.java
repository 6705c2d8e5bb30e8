package dev.sluice.store.kafka;

import dev.sluice.store.StoreException;
import dev.sluice.store.log.LogClaim;
import dev.sluice.store.log.LogIdentity;
import dev.sluice.store.log.LogPosition;
import dev.sluice.store.log.LogRecord;
import dev.sluice.store.log.LogRecordFormat;
import dev.sluice.store.log.LogUnusableException;
import dev.sluice.store.log.ShardLog;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Claims the log of a shard. Belongs to the thread of the shard; blocks. */
final class LogClaimant {
    private static final int CLAIMS_MAX = 5;

    private final ShardLog log;
    private final LogFollower follower;
    private final LogIdentity identity;
    private final UUID owner;
    private final String node;

    /**
     * Creates a claimant.
     *
     * @param owner drawn once per process: the epoch distinguishes its claims
     * @param node name of this node, for messages of others
     */
    LogClaimant(ShardLog log, LogFollower follower, LogIdentity identity, UUID owner, String node) {
        this.log = log;
        this.follower = follower;
        this.identity = identity;
        this.owner = owner;
        this.node = node;
    }

    /**
     * Brings the copy up to date and claims the log.
     *
     * @param check called when the log was read to its end, before each claim; ends the attempt by an exception
     * @return the appender of the claim, which is valid and applied
     * @throws StoreException if that was not possible
     */
    ShardLog.Appender claim(Runnable check) {
        for (int attempt = 0; attempt < CLAIMS_MAX; attempt++) {
            follower.follow(log.endOffset(), () -> false);
            refuseIfForeign();
            check.run();
            ShardLog.@Nullable Appender appender =
                    claimOnce(follower.ownership().epoch() + 1);
            if (appender != null) {
                return appender;
            }
        }
        throw new StoreException("other nodes claim the log at the same time");
    }

    /** Returns null if another claim of that epoch came first. */
    private ShardLog.@Nullable Appender claimOnce(long epoch) {
        ShardLog.@Nullable Appender appender = log.newAppender();
        try {
            LogPosition position = follower.position();
            UUID historyId =
                    position.historyId().equals(LogPosition.NO_HISTORY) ? UUID.randomUUID() : position.historyId();
            LogClaim claim = new LogClaim(identity, historyId, node);
            CompletableFuture<Long> appended = new CompletableFuture<>();
            appender.append(
                    LogRecordFormat.encode(LogRecord.claim(epoch, owner, claim.encode())), (offset, failure) -> {
                        if (failure == null) {
                            appended.complete(offset);
                        } else {
                            appended.completeExceptionally(failure);
                        }
                    });
            @Nullable StoreException failure = null;
            long end = 0;
            try {
                end = appended.join() + 1;
            } catch (CompletionException failed) {
                failure = (StoreException) failed.getCause();
            }
            follower.follow(
                    Math.max(end, log.endOffset()), () -> follower.ownership().isHeldBy(epoch, owner));
            if (follower.ownership().isHeldBy(epoch, owner)) {
                ShardLog.Appender claimed = appender;
                appender = null;
                return claimed;
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

    private void refuseIfForeign() {
        if (follower.ownership().epoch() == 0 && log.endOffset() > 0) {
            throw new LogUnusableException(
                    "the topic holds records of another program; choose another cluster.topic_prefix");
        }
    }
}
