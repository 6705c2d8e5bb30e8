package dev.sluice.store.kafka;

import dev.sluice.store.log.LogIdentity;
import dev.sluice.store.log.ShardLog;
import dev.sluice.store.rocksdb.LogCopy;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What is open while a node follows or owns a shard. Belongs to the thread of the shard.
 *
 * @param follower applies the log to the copy
 */
record OpenReplica(ShardLog log, LogCopy copy, LogFollower follower) {
    /**
     * Opens log and copy. Blocks.
     *
     * @param directory of the copy, for messages
     */
    static OpenReplica open(
            Supplier<ShardLog> logs, Function<ShardLog, LogCopy> copies, LogIdentity identity, String directory) {
        ShardLog log = logs.get();
        try {
            LogCopy copy = copies.apply(log);
            return new OpenReplica(log, copy, new LogFollower(log, copy, identity, directory));
        } catch (RuntimeException | Error failure) {
            log.close();
            throw failure;
        }
    }

    /** Repairs the copy after a failed write, and checks that log and copy belong together. Blocks. */
    void prepare() {
        if (copy.hasFailed()) {
            copy.reopen();
        }
        follower.verify();
    }

    /** The offset of the last record that the copy holds. */
    long appliedOffset() {
        return copy.position().offset();
    }

    void close() {
        log.close();
        copy.close();
    }
}
