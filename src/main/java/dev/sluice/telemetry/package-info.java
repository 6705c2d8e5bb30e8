/**
 * Spans with the OpenTelemetry SDK, exported over OTLP/HTTP. On only if the standard {@code OTEL_*} variables say so;
 * otherwise no class of the SDK is loaded. The only package that knows OpenTelemetry.
 *
 * <p>Threads: spans are used by the threads of requests, queues and the store. The SDK exports on its own threads.
 *
 * <p>Imports: {@code queue}, {@code runtime.tracing}, {@code runtime.bus}, {@code store.StoredMessage}, {@code config} for
 * its exception.
 */
@NullMarked
package dev.sluice.telemetry;

import org.jspecify.annotations.NullMarked;
