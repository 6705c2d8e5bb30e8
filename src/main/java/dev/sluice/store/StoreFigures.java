package dev.sluice.store;

/**
 * What the storage engine does at the moment, for operators.
 *
 * @param logBytes files of the write-ahead log, also those kept for reuse
 * @param tableBytes tables in use
 * @param memtableBytes write buffers that are not in tables yet
 * @param blockCacheBytes cached blocks of tables
 * @param pendingCompactionBytes estimate of what compactions still have to rewrite
 * @param runningCompactions compactions in progress
 * @param runningFlushes flushes of write buffers in progress
 * @param writeStopped 1 while the engine accepts no writes because compactions are behind, otherwise 0
 * @param delayedWriteBytesPerSecond the rate to which the engine slows writes down; 0 if it does not
 */
public record StoreFigures(
        long logBytes,
        long tableBytes,
        long memtableBytes,
        long blockCacheBytes,
        long pendingCompactionBytes,
        long runningCompactions,
        long runningFlushes,
        long writeStopped,
        long delayedWriteBytesPerSecond) {}
