/**
 * HTTP below the routes: connections and their limits and timeouts, strict decoding, TLS certificates, request bodies,
 * and the sending of responses. Depends on internals of Vert.x and Netty.
 *
 * <p>Threads: one event loop owns each object, except {@link dev.sluice.api.http.ConnectionLimit} and
 * {@link dev.sluice.api.http.Certificates}, which all event loops share.
 *
 * <p>Imports: {@code api.auth} and {@code api.json}.
 */
@NullMarked
package dev.sluice.api.http;

import org.jspecify.annotations.NullMarked;
