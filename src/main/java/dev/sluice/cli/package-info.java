/**
 * The commands of the fat jar: {@code dev}, {@code serve}, {@code check}, {@code backup}, {@code health} and {@code bench}; those that
 * speak the API of a running server, such as {@code queues} and {@code push}; parsing of arguments, exit codes, log setup and reports to systemd.
 *
 * <p>Runs on the main thread and may block. Only this package parses arguments. May import the root package, {@code api.http},
 * {@code bench}, {@code config}, {@code queue}, {@code runtime.queue}, {@code store} and {@code wrangler}.
 */
@NullMarked
package dev.sluice.cli;

import org.jspecify.annotations.NullMarked;
