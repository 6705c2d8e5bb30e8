/**
 * The operations on queues, consumers, subscriptions, accounts and users (control plane), and the JSON form of these
 * objects.
 *
 * <p>Threads: the operations keep no state of requests, so all event loops may share them.
 *
 * <p>Imports: {@code api}, {@code api.http}, {@code api.json} and {@code api.auth}.
 */
@NullMarked
package dev.sluice.api.control;

import org.jspecify.annotations.NullMarked;
