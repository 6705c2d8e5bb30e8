package dev.sluice.store.kafka;

import dev.sluice.store.StoreException;
import dev.sluice.store.log.SnapshotIndex.StoredSnapshot;
import dev.sluice.store.log.SnapshotManifest;
import dev.sluice.store.rocksdb.LogCopy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes snapshots of the shards whose log has grown enough since the last one, one at a time, and trims after each. A
 * standby does it earlier than the owner, which has other work. Has one thread.
 */
final class SnapshotThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotThread.class);
    private static final long CHECK_SECONDS = 5;
    /** A snapshot is due once the log has so many times the bytes of the last one. */
    private static final long GROWTH = 2;

    /** Where the last snapshot of a shard ends, in bytes of its log, and its size. */
    private record LastSnapshot(long logBytes, long bytes, long takenNanos) {}

    /** A shard of this node. */
    record SnapshotSource(ShardReplica replica, ShardSnapshots snapshots) {}

    private final List<SnapshotSource> sources;
    private final long logBytesMin;
    private final Map<ShardReplica, LastSnapshot> last = new HashMap<>();
    /** When this node wrote the last snapshot of a shard. */
    private final Map<ShardReplica, Long> writtenNanos = new ConcurrentHashMap<>();

    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "sluice-snapshots");

    /**
     * Starts the thread.
     *
     * @param logBytesMin with less log no snapshot is taken
     */
    SnapshotThread(List<SnapshotSource> sources, long logBytesMin) {
        this.sources = sources;
        this.logBytesMin = logBytesMin;
        thread.setDaemon(true);
        thread.start();
    }

    /** Seconds since this node wrote the last snapshot of a shard; -1 before the first. Callable from any thread. */
    long ageSeconds(ShardReplica replica) {
        Long written = writtenNanos.get(replica);
        return written == null ? -1 : TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - written);
    }

    private void run() {
        try {
            while (!closing.await(CHECK_SECONDS, TimeUnit.SECONDS)) {
                for (SnapshotSource source : sources) {
                    if (closing.getCount() > 0) {
                        check(source);
                    }
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void check(SnapshotSource source) {
        try {
            Optional<LogCopy> copy = source.replica().copy();
            if (copy.isPresent() && isDue(source, copy.get())) {
                Optional<SnapshotManifest> written = source.snapshots().write(copy.get());
                // Written by this node or by another one.
                learn(source);
                if (written.isPresent()) {
                    writtenNanos.put(source.replica(), System.nanoTime());
                    source.snapshots().trim();
                }
            }
        } catch (StoreException failure) {
            LOG.warn("A snapshot could not be taken: {}", failure.getMessage());
        } catch (RuntimeException | Error fault) {
            LOG.error("A snapshot could not be taken", fault);
        }
    }

    private boolean isDue(SnapshotSource source, LogCopy copy) {
        long logBytes = copy.position().bytes();
        if (logBytes < threshold(source, 0)) {
            return false;
        }
        LastSnapshot known = last.get(source.replica());
        if (known == null) {
            known = learn(source);
        }
        return logBytes - known.logBytes() >= threshold(source, known.bytes());
    }

    /** Another node may take the snapshot first. */
    private long threshold(SnapshotSource source, long snapshotBytes) {
        long bytes = Math.max(logBytesMin, GROWTH * snapshotBytes);
        return source.replica().isOwner() ? bytes + bytes / 4 : bytes;
    }

    private LastSnapshot learn(SnapshotSource source) {
        List<StoredSnapshot> counting = source.snapshots().counting(0);
        LastSnapshot found = counting.isEmpty()
                ? new LastSnapshot(0, 0, System.nanoTime())
                : new LastSnapshot(
                        counting.get(0).manifest().position().bytes(),
                        counting.get(0).manifest().bytes(),
                        System.nanoTime());
        last.put(source.replica(), found);
        return found;
    }

    /** Takes no further snapshot. */
    void end() {
        closing.countDown();
    }

    /** Ends the thread after the snapshot that is being taken, which ends early when its copy is closed. Blocks. */
    @Override
    public void close() {
        end();
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
}
