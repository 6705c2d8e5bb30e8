/**
 * The composition root: {@link dev.sluice.Server} creates and connects all parts, and the classes beside it prepare what the parts
 * need: generated credentials, queues declared in the configuration, file descriptor limits, native libraries, reload and
 * out-of-memory handling.
 *
 * <p>Threads: starting and stopping run on the caller's thread and may block; parts run on event loops of Vert.x. May import every
 * package except {@code cli}, of which only the exit codes are used.
 */
@NullMarked
package dev.sluice;

import org.jspecify.annotations.NullMarked;
