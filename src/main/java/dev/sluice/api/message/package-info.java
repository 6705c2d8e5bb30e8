/**
 * The operations on messages (data plane), with the decoders of their requests, the writer of their responses, and
 * lease and ref tokens.
 *
 * <p>Threads: one event loop owns all instances; see {@link dev.sluice.api.message.MessageOperations}.
 *
 * <p>Imports: {@code api}, {@code api.http}, {@code api.json} and {@code api.auth}.
 */
@NullMarked
package dev.sluice.api.message;

import org.jspecify.annotations.NullMarked;
