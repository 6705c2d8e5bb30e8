/**
 * The operations that Cloudflare does not have: backlogs of all queues, messages page by page, redrives.
 *
 * <p>Threads: one event loop owns all instances; see {@link dev.sluice.api.extension.ExtensionOperations}.
 *
 * <p>Imports: {@code api}, {@code api.http}, {@code api.json}, {@code api.auth}, {@code api.error}, the views of {@code
 * api.control}, and the tokens and ids of {@code api.message}.
 */
@NullMarked
package dev.sluice.api.extension;

import org.jspecify.annotations.NullMarked;
