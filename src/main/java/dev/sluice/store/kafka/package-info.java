/**
 * The store whose batches are records of a log in Apache Kafka, with a copy of the log on the local disk.
 *
 * <p>Threads: one per shard ({@code ShardReplica}), which claims, appends, applies and notifies; the readers of the copy;
 * those of Kafka's clients. It imports {@code queue}, {@code store}, {@code store.log}, {@code store.rocksdb}, Kafka's
 * clients and SLF4J. No other package imports Kafka.
 */
@NullMarked
package dev.sluice.store.kafka;

import org.jspecify.annotations.NullMarked;
