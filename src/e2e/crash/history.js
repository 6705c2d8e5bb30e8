import { writeFileSync } from 'node:fs';

/**
 * What clients did and saw, event by event. Each has a number `at` of its own, so that before and after are never in doubt, and
 * `ms` of the clock that the server goes by.
 *
 * A request is *sent*, and then *answered* or *cut* (the connection ended without an answer):
 *
 *     {event: 'sent', request, kind: 'push', queue, messages: [{key, delayMillis}]}
 *     {event: 'sent', request, kind: 'pull', queue, batchSize, visibilityMillis}
 *                                                                        answered: messages: [{key, changed, id, attempts, timestamp}]
 *     {event: 'sent', request, kind: 'peek', queue}                      answered: the same
 *     {event: 'sent', request, kind: 'settle', queue, acks: [lease], retries: [{lease, delayMillis}]}
 *                                                                        answered: ackCount, retryCount, warned
 *     {event: 'sent', request, kind: 'purge', queue}
 *     {event: 'sent', request, kind: 'purge refs', queue, keys}          answered: warned: [key]
 *     {event: 'declined', request, status, text}                         the server was full, and the request changed nothing
 *     {event: 'refused', request, status, text}                          an answer that nothing explains
 *
 * A lease is {pull: number of the request, key}. Between the requests: 'ended' (the server, by itself), 'checked' (what `sluice check`
 * said of the directory of the killed server), 'counted' (the metrics while nobody works), 'clock set' (the server's wall clock, to so
 * many seconds ahead of ours), 'draining' (the same, when from now on
 * everything is taken), 'drained'.
 */
export class History {
  #events = [];
  #witness;
  #clock = 0;

  constructor(witness) {
    this.#witness = witness;
  }

  add(event) {
    this.#clock += 1;
    const stamped = { at: this.#clock, ms: Date.now(), ...event };
    this.#events.push(stamped);
    this.#witness.see(stamped);
    return stamped;
  }

  /** Forgets what happened so far; the numbers go on. */
  clear() {
    this.#events = [];
  }

  /** Writes it to a file, an event a line. */
  save(file) {
    writeFileSync(file, this.#events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  }
}
