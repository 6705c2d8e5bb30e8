/**
 * The store on disk, on RocksDB: data directory, native library, batches in RocksDB's format, group commit, reads,
 * compaction rate, reopening after a failed write, and the check of a whole store.
 *
 * <p>Threads: one writer and one notifier ({@code GroupCommit}), two readers ({@code ReadPool}), one thread while the
 * store is being reopened, and RocksDB's own. It imports {@code queue}, {@code store}, {@code org.rocksdb} and SLF4J.
 * No other package imports {@code org.rocksdb}.
 */
@NullMarked
package dev.sluice.store.rocksdb;

import org.jspecify.annotations.NullMarked;
