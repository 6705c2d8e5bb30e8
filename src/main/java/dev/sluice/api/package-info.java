/**
 * The HTTP API: the server of each event loop, the contract with its routes, authentication and body of each request,
 * and the rendering of responses and failures. The operations themselves are in {@code api.message} and {@code
 * api.control}.
 *
 * <p>Threads: everything is owned by one event loop, except {@link dev.sluice.api.Contract}, which is immutable and
 * shared.
 *
 * <p>Imports: {@code api.http}, {@code api.json} and {@code api.auth}; of other layers {@code config}, {@code
 * queue} and {@code runtime}. It does not import {@code api.message} and {@code api.control}: their operations are passed in.
 */
@NullMarked
package dev.sluice.api;

import org.jspecify.annotations.NullMarked;
