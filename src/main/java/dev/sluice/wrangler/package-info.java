/**
 * Reads the queues that a wrangler configuration ({@code wrangler.jsonc}, {@code wrangler.json} or {@code wrangler.toml})
 * names, with the line of every value, so that an error names file, line and key.
 *
 * <p>Runs on the thread that starts the server and may block. May import {@code config} and {@code queue}.
 */
@NullMarked
package dev.sluice.wrangler;

import org.jspecify.annotations.NullMarked;
