/**
 * The store without persistence: sorted maps in memory, for {@code storage.engine: memory} and for tests.
 *
 * <p>No threads; a lock serializes calls. It imports {@code queue}, {@code store} and the JDK only.
 */
@NullMarked
package dev.sluice.store.memory;

import org.jspecify.annotations.NullMarked;
