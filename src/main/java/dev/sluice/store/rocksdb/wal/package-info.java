/**
 * Reads RocksDB's write-ahead logs before RocksDB does, to detect the loss of synced data that RocksDB would accept as
 * the end of a log.
 *
 * <p>No threads: runs on the thread that opens the store. It imports {@code store} and the JDK, not {@code
 * org.rocksdb}.
 */
@NullMarked
package dev.sluice.store.rocksdb.wal;

import org.jspecify.annotations.NullMarked;
