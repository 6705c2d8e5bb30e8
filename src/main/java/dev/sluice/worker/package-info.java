/**
 * Push consumers over HTTP: sends batches as signed POST requests and parses the responses. The protocol is described in
 * {@code docs/push-consumers.md}.
 *
 * <p>Runs on the event loops of the queues; large batches are serialized on worker threads. Only this package sends HTTP requests
 * to workers. May import {@code config}, {@code queue} and {@code runtime}.
 */
@NullMarked
package dev.sluice.worker;

import org.jspecify.annotations.NullMarked;
