/**
 * The storage interface of the queues and everything that all stores share: the store interface, batches, the formats
 * of keys and values, reads, and the consistency check of records. How a batch is encoded is the business of each store
 * ({@code RecordSink}).
 *
 * <p>The package has no threads. A {@code StoreBatch} belongs to the thread of its queue until it is committed; reads
 * run on the threads of the store. It imports {@code queue} and the JDK only, and none of the stores.
 */
@NullMarked
package dev.sluice.store;

import org.jspecify.annotations.NullMarked;
