/**
 * What edge and queues know of tracing: spans of requests and deliveries behind two small interfaces, without a library.
 * {@code telemetry} implements them; {@link dev.sluice.runtime.tracing.Tracing#OFF} only passes contexts on.
 *
 * <p>Threads: {@link dev.sluice.runtime.tracing.Tracing} is safe for use from several threads, a span is used by one
 * thread at a time.
 *
 * <p>Imports: {@code queue}, {@code store.StoredMessage}, {@code runtime.bus}.
 */
@NullMarked
package dev.sluice.runtime.tracing;

import org.jspecify.annotations.NullMarked;
