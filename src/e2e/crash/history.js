import { writeFileSync } from 'node:fs';

/**
 * The requests and observations of the clients, event by event. Each has a number `at`, which defines the order, and
 * `ms` of the clock that the server uses.
 *
 * A request is *sent*, and then *succeeded* or *cut* (the connection ended without a response):
 *
 *     {event: 'sent', request, kind: 'push', queue, messages: [{key, delayMillis}]}
 *     {event: 'sent', request, kind: 'pull', queue, batchSize, visibilityMillis}
 *                                                                        succeeded: messages: [{key, changed, id, attempts, timestamp}]
 *     {event: 'sent', request, kind: 'peek', queue}                      succeeded: as for pull
 *     {event: 'sent', request, kind: 'ack', queue, acks: [lease], retries: [{lease, delayMillis}]}
 *                                                                        succeeded: ackCount, retryCount, warned
 *     {event: 'sent', request, kind: 'purge', queue}
 *     {event: 'sent', request, kind: 'purge refs', queue, keys}          succeeded: warned: [key]
 *     {event: 'declined', request, status, text}                         the server was full, and the request changed nothing
 *     {event: 'refused', request, status, text}                          an unexpected response
 *
 * A lease is {pull: number of the request, key}. Between the requests: 'ended' (the server, by itself), 'checked' (the
 * result of `sluice check` for the directory of the killed server), 'counted' (the metrics while no request is in
 * progress), 'clock set' (the server's wall clock, this many seconds ahead of the machine's), 'draining' (the metrics
 * before everything is pulled and acknowledged), 'drained'.
 */
export class History {
  #events = [];
  #listener;
  #clock = 0;

  constructor(listener) {
    this.#listener = listener;
  }

  add(event) {
    this.#clock += 1;
    const stamped = { at: this.#clock, ms: Date.now(), ...event };
    this.#events.push(stamped);
    this.#listener.onEvent(stamped);
    return stamped;
  }

  /** Removes all events; the numbering continues. */
  clear() {
    this.#events = [];
  }

  /** Writes the history to a file, one event per line. */
  save(file) {
    writeFileSync(file, this.#events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  }
}
