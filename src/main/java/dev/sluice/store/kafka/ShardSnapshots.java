package dev.sluice.store.kafka;

import dev.sluice.store.StoreException;
import dev.sluice.store.log.LogIdentity;
import dev.sluice.store.log.LogPosition;
import dev.sluice.store.log.LogUnusableException;
import dev.sluice.store.log.ShardLog;
import dev.sluice.store.log.SnapshotIndex;
import dev.sluice.store.log.SnapshotIndex.StoredSnapshot;
import dev.sluice.store.log.SnapshotManifest;
import dev.sluice.store.log.SnapshotRecord;
import dev.sluice.store.rocksdb.LogCopy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots of one shard, in a partition of the topic of snapshots: writes them, loads them into an empty copy, and
 * trims what nothing needs any more. Blocks. Each object belongs to one thread; several nodes may write at the same time.
 */
final class ShardSnapshots {
    private static final Logger LOG = LoggerFactory.getLogger(ShardSnapshots.class);

    /** A chunk is closed at this size. */
    private static final int CHUNK_BYTES = 1024 * 1024;
    /** Chunks that are sent and not acknowledged at a time. */
    private static final int IN_FLIGHT_MAX = 4;

    private static final int ADMIN_TIMEOUT_MILLIS = 30_000;

    private final KafkaOptions options;
    private final LogIdentity identity;

    ShardSnapshots(KafkaOptions options, LogIdentity identity) {
        this.options = options;
        this.identity = identity;
    }

    /** Reads all snapshots back, and returns those that count, the newest first. */
    List<StoredSnapshot> counting(long logStart) {
        SnapshotIndex index = new SnapshotIndex();
        try (ShardLog log = new KafkaShardLog(options, partition())) {
            long end = log.endOffset();
            long next = log.startOffset();
            while (next < end) {
                ShardLog.Chunk chunk = log.read(next);
                chunk.entries().forEach(entry -> index.add(entry.offset(), entry.value()));
                next = chunk.nextOffset();
            }
        }
        return index.counting(logStart);
    }

    /**
     * Loads a snapshot that counts into a copy.
     *
     * @param copy new and empty
     * @throws LogUnusableException if the snapshot belongs to another log
     */
    void load(LogCopy copy, StoredSnapshot snapshot) {
        refuseForeign(snapshot.manifest());
        copy.beginLoad();
        int chunks = 0;
        try (ShardLog log = new KafkaShardLog(options, partition())) {
            long next = snapshot.firstOffset();
            while (next < snapshot.manifestOffset()) {
                ShardLog.Chunk read = log.read(next);
                for (ShardLog.LogEntry entry : read.entries()) {
                    chunks += loadChunk(copy, snapshot.manifest().id(), entry);
                }
                next = read.nextOffset();
            }
        }
        if (chunks != snapshot.manifest().chunks()) {
            throw new StoreException("a snapshot was deleted while it was loaded");
        }
        copy.endLoad(snapshot.manifest().position());
        LOG.info("Loaded a snapshot of {} chunks up to offset {}", chunks, snapshot.upTo());
    }

    private static int loadChunk(LogCopy copy, UUID id, ShardLog.LogEntry entry) {
        Optional<SnapshotRecord> record = SnapshotRecord.decode(entry.value(), entry.offset());
        if (record.isEmpty() || record.get().manifest() || !record.get().id().equals(id)) {
            return 0;
        }
        copy.load(record.get().payload());
        return 1;
    }

    private void refuseForeign(SnapshotManifest manifest) {
        Optional<String> difference = identity.differenceFrom(manifest.identity());
        if (difference.isPresent()) {
            throw new LogUnusableException("a snapshot in topic " + partition().topic() + ", partition "
                    + partition().partition() + ", belongs to another log: " + difference.get());
        }
    }

    /**
     * Writes a snapshot of a copy. Gives up if one that is at least as new exists by the end, or the log was trimmed
     * beyond it.
     *
     * @return the manifest; empty if it gave up or the copy was closed
     */
    Optional<SnapshotManifest> write(LogCopy copy) {
        try (ShardLog log = new KafkaShardLog(options, partition());
                ShardLog.Appender appender = log.newAppender()) {
            ChunkWriter writer = new ChunkWriter(appender);
            if (!copy.writeSnapshot(CHUNK_BYTES, writer) || !writer.finish()) {
                return Optional.empty();
            }
            SnapshotManifest manifest = writer.manifest();
            if (isUseless(manifest)) {
                return Optional.empty();
            }
            writer.send(SnapshotRecord.manifest(manifest));
            return writer.finish() ? Optional.of(manifest) : Optional.empty();
        }
    }

    private boolean isUseless(SnapshotManifest manifest) {
        long logStart = logStart();
        return manifest.position().offset() + 1 < logStart
                || counting(logStart).stream()
                        .anyMatch(other -> other.upTo() >= manifest.position().offset());
    }

    private long logStart() {
        try (ShardLog log = new KafkaShardLog(options, options.log(identity.shard()))) {
            return log.startOffset();
        }
    }

    /**
     * Deletes the log before the older of the two newest snapshots that count, and the snapshots before both. Both are
     * read back first. Does nothing while there are fewer.
     */
    void trim() {
        List<StoredSnapshot> counting = counting(logStart());
        if (counting.size() < 2) {
            return;
        }
        StoredSnapshot newer = counting.get(0);
        StoredSnapshot older = counting.get(1);
        refuseForeign(newer.manifest());
        refuseForeign(older.manifest());
        TopicPartition log = options.log(identity.shard());
        // The record at the position of a snapshot stays: by it the log is recognized.
        Map<TopicPartition, RecordsToDelete> before = Map.of(
                log,
                RecordsToDelete.beforeOffset(older.upTo()),
                partition(),
                RecordsToDelete.beforeOffset(Math.min(newer.firstOffset(), older.firstOffset())));
        try (Admin admin = Admin.create(ClientProperties.admin(options, ADMIN_TIMEOUT_MILLIS))) {
            admin.deleteRecords(before).all().get();
        } catch (ExecutionException | KafkaException failure) {
            throw KafkaFailure.of("delete old records of topic " + log.topic(), options, failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while waiting for Kafka");
        }
        LOG.info("Trimmed {} to offset {}", log, older.upTo());
    }

    private TopicPartition partition() {
        return options.snapshots(identity.shard());
    }

    /** Sends the chunks of one snapshot. */
    private final class ChunkWriter implements LogCopy.SnapshotSink {
        private final UUID id = UUID.randomUUID();
        private final Semaphore room = new Semaphore(IN_FLIGHT_MAX);
        private final ShardLog.Appender appender;
        private volatile @Nullable StoreException failure;
        private LogPosition position = LogPosition.START;
        private int chunks;
        private long bytes;
        private long hash;

        ChunkWriter(ShardLog.Appender appender) {
            this.appender = appender;
        }

        @Override
        public boolean begin(LogPosition snapshotPosition) {
            position = snapshotPosition;
            return snapshotPosition.offset() >= 0;
        }

        @Override
        public boolean part(byte[] payload) {
            byte[] chunk = SnapshotRecord.chunk(id, chunks++, payload);
            bytes += payload.length;
            hash = SnapshotManifest.hash(hash, SnapshotRecord.checksumOf(chunk));
            send(chunk);
            return failure == null;
        }

        void send(byte[] record) {
            room.acquireUninterruptibly();
            appender.append(record, (offset, failed) -> {
                if (failed != null) {
                    failure = failed;
                }
                room.release();
            });
        }

        /** Waits for the acknowledgements. Throws the failure of one that there is none of. */
        boolean finish() {
            room.acquireUninterruptibly(IN_FLIGHT_MAX);
            room.release(IN_FLIGHT_MAX);
            StoreException failed = failure;
            if (failed != null) {
                throw failed;
            }
            return true;
        }

        SnapshotManifest manifest() {
            return new SnapshotManifest(id, identity, position, chunks, bytes, hash);
        }
    }
}
