package dev.sluice.api;

import io.vertx.core.buffer.Buffer;

/**
 * A successful answer, status 200: the complete envelope as UTF-8 JSON. Failures are not answers; they are failed futures.
 *
 * @param envelope the whole response body
 */
public record Answer(Buffer envelope) {}
