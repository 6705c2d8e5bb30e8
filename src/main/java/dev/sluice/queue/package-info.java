/**
 * The domain: one queue, its rules and its messages. Pure Java without input and output: time, ids and random numbers are
 * arguments.
 *
 * <p>A {@link dev.sluice.queue.QueueCommand} reads a {@link dev.sluice.queue.QueueState} and returns a
 * {@link dev.sluice.queue.Decision}: events and a reply. {@link dev.sluice.queue.QueueState#apply} applies the events to
 * memory; the store writes the same events to disk. There is one command per operation of the contract, and four that only
 * the runtime sends: {@code Expire}, {@code Release}, {@code AcceptDeadLetters}, {@code ConfirmDeadLettered}.
 *
 * <p>Threads: the package owns none. The event loop of a queue owns its state; commands, events and settings are
 * immutable and cross threads.
 *
 * <p>Imports: the JDK only, no other package of Sluice.
 */
@NullMarked
package dev.sluice.queue;

import org.jspecify.annotations.NullMarked;
