import { bytesOf } from './bodies.js';
import { Ledger } from './ledger.js';

/**
 * The guarantees that a history must satisfy, at whatever moments the server was killed. The checker receives the
 * events one by one and collects violations in `violations`.
 *
 * - A confirmed push exists until it is acknowledged, purged, or delivered for the last time; then it is in the dead
 *   letter queue.
 * - A message that a confirmed request removed is not returned to any request that was sent after that response.
 * - No message appears that was not pushed, twice, in another queue, or with a changed body, id or timestamp.
 *   Timestamps are wall clock times, so they are not checked where the wall clock is set; everything else still is,
 *   including the length of leases and delays.
 * - An attempt counts only for a message that was in a response. Attempts increase by one with each delivery: a kill
 *   loses nothing of the page cache, so no lease is lost. Only an interrupted response may contain deliveries that no
 *   client observed: at most as many messages as its pull requested, each once, and again only after a lease has
 *   expired. A message becomes a dead letter, or is deleted, only after all deliveries that its consumer allows. Leases
 *   and delays hold across a kill as well.
 * - A request that was declined because the server was full has no effect. The server does not exit by itself.
 * - Counts and bytes are between what must exist and what can exist, and exact after everything is drained.
 * - `sluice check` finds no damage in the directory of a killed server.
 */
export class Checker {
  violations = [];
  #queues;
  #ledger;
  #idOwners = new Map();
  /** Messages of earlier eras: everything up to this number was drained and must not appear again. */
  #forgottenUpTo = 0;
  #clockIsSet = false;

  constructor(queues) {
    this.#queues = queues;
    this.#ledger = new Ledger(queues);
  }

  onEvent(event) {
    const before = event.event === 'succeeded' ? this.#ledger.request(event.request) : undefined;
    if (before) this.#check(before, event);
    this.#ledger.onEvent(event);
    if (event.event === 'ended') this.#violation(`the server ended by itself: ${event.text}`);
    if (event.event === 'refused') this.#violation(`request ${event.request} failed with ${event.status} ${event.text}`);
    if (event.event === 'clock set') this.#clockIsSet = true;
    if (event.event === 'checked') this.#checked(event);
    if (event.event === 'counted') this.violations.push(...this.metricViolations(event.queues));
    if (event.event === 'drained') this.#drained();
  }

  #violation(what) {
    this.violations.push(what);
  }

  #check(request, event) {
    if (request.kind === 'pull' || request.kind === 'peek') {
      for (const shown of event.messages) this.#sighting(request, shown, event);
    }
    if (request.kind === 'ack') this.#acknowledged(request, event);
  }

  #sighting(request, shown, event) {
    const { key, changed } = shown;
    const message = this.#ledger.messages.get(key);
    if (changed !== undefined) this.#violation(`${key} came back changed: ${changed}`);
    if (!message) {
      const old = key && Number(key.slice(1)) <= this.#forgottenUpTo;
      this.#violation(old ? `${key} was drained long ago and is there again` : `a message that was never pushed: ${key}`);
      return;
    }
    this.#identity(message, shown, event);
    this.#checkQueue(message, request);
    this.#attempts(message, request, shown);
    if (request.kind === 'pull') this.#checkNotTooEarly(message, request, event);
  }

  #identity(message, { key, id, timestamp }, event) {
    const owner = this.#idOwners.get(id) ?? key;
    if (owner !== key) this.#violation(`${key} and ${owner} have the same id ${id}`);
    this.#idOwners.set(id, key);
    if ((message.id ??= id) !== id) this.#violation(`${key} has the ids ${message.id} and ${id}: it is there twice`);
    if (this.#clockIsSet) return;
    if ((message.timestamp ??= timestamp) !== timestamp) this.#violation(`${key} was published at ${message.timestamp} and ${timestamp}`);
    const publishedBy = Math.min(message.push.endedMs, event.ms);
    if (timestamp < message.push.sentMs || timestamp > publishedBy) this.#violation(`${key} was not pushed at ${timestamp}`);
  }

  #checkQueue(message, { queue, sentAt }) {
    if (queue !== message.queue && queue !== message.deadLetters) {
      this.#violation(`${message.key} was pushed to ${message.queue} and is in ${queue}`);
      return;
    }
    const { at, why } = message.removedFrom(queue);
    if (at < sentAt) this.#violation(`${message.key} was ${why} and is in ${queue} again`);
  }

  #attempts(message, { kind, queue, sentAt }, { key, attempts }) {
    const earlier = message.deliveriesIn(queue);
    const known = Math.max(0, ...earlier.filter(({ request }) => request.endedAt < sentAt).map((seen) => seen.attempts));
    const deliveriesBefore = kind === 'peek' ? attempts : attempts - 1;
    if (deliveriesBefore < known) this.#violation(`${key} was delivered as attempt ${known} and then shows ${attempts}`);
    if (kind === 'peek') return;
    if (earlier.some((seen) => seen.attempts === attempts)) this.#violation(`${key} was delivered twice as attempt ${attempts}`);
    const most = this.#queues[queue].retriesMax + 1;
    if (attempts > most && !this.#ledger.limitsLifted) this.#violation(`${key} was delivered ${attempts} times, of ${most} allowed`);
  }

  #checkNotTooEarly(message, request, event) {
    const before = message.sightings.filter((seen) => !seen.peeked && seen.request.endedAt < request.sentAt).at(-1);
    const earliest = message.earliestAfter(before, request.queue);
    if (event.ms < earliest) this.#violation(`${message.key} was delivered at least ${earliest - event.ms} ms too early`);
  }

  #acknowledged({ acks, retries }, { ackCount, retryCount, warned }) {
    if (ackCount !== acks.length) this.#violation(`${acks.length} valid leases gave an ackCount of ${ackCount}`);
    if (retryCount + warned !== retries.length) {
      this.#violation(`${retries.length} retries gave a retryCount of ${retryCount} and ${warned} warnings`);
    }
  }

  /** The result of `sluice check` for the killed directory: no damage, and a possible number of messages. */
  #checked({ exitCode, sound, messages, bytes, text }) {
    if (exitCode !== 0 || !sound) {
      this.#violation(`sluice check ended with ${exitCode}: ${text}`);
      return;
    }
    const bounds = this.#ledger.bounds(Object.keys(this.#queues));
    this.#within('messages of sluice check', messages, bounds.count);
    this.#within('bytes of sluice check', bytes, bounds.bytes);
  }

  /**
   * Compares the metrics of the queues, {name: {count, bytes}}, to the possible range while no request is in progress.
   */
  metricViolations(queues) {
    const found = [];
    for (const [queue, { count, bytes }] of Object.entries(queues)) {
      const bounds = this.#ledger.bounds([queue]);
      this.#within(`backlog_count of ${queue}`, count, bounds.count, found);
      this.#within(`backlog_bytes of ${queue}`, bytes, bounds.bytes, found);
    }
    return found;
  }

  #within(what, value, { least, most }, found = this.violations) {
    if (value < least || value > most) found.push(`${what} is ${value}, and must be from ${least} to ${most}`);
  }

  /** Everything was pulled and acknowledged until all queues were empty. */
  #drained() {
    const { taken, count, bytes } = this.#ledger.drain;
    const takenBytes = [...taken].reduce((sum, key) => sum + bytesOf(key), 0);
    if (count !== taken.size) this.#violation(`the backlog was ${count}, and ${taken.size} messages were there`);
    if (bytes !== takenBytes) this.#violation(`the backlog was ${bytes} bytes, and ${takenBytes} were there`);
    for (const message of this.#ledger.messages.values()) this.#complete(message);
    for (const queue of Object.keys(this.#queues)) this.#interruptedResponsesSuffice(queue);
  }

  /** Each single message may have been in an interrupted response; together they must fit into those responses. */
  #interruptedResponsesSuffice(queue) {
    const room = this.#ledger.interruptedPullsOf(queue).reduce((sum, { batchSize }) => sum + batchSize, 0);
    let needed = 0;
    for (const message of this.#ledger.messages.values()) {
      const here = message.queue === queue || message.deadLetters === queue;
      if (here) needed += message.deliveriesInInterruptedResponses(queue, this.#lastDelivery(message, queue));
    }
    if (needed > room) this.#violation(`${needed} deliveries in ${queue} were seen by no client, and interrupted responses had room for ${room}`);
  }

  /** The number of the last delivery in this queue that must have happened, observed or not; 0 if unknown. */
  #lastDelivery(message, queue) {
    if (queue !== message.queue) return 0;
    const { retriesMax } = this.#queues[queue];
    const moved = message.deadLetters && message.sightings.some((seen) => seen.queue === message.deadLetters);
    const vanished = message.wasStored && !this.#ledger.drain.taken.has(message.key) && !message.mayHaveBeenRemoved();
    const exhausted = vanished && !message.deadLetters && message.mayBeExhausted();
    return moved || exhausted ? retriesMax + 1 : 0;
  }

  #complete(message) {
    const { key, queue, deadLetters } = message;
    if (message.wasStored && !message.mayBeGone()) this.#violation(`${key} of ${queue} is lost`);
    const moved = deadLetters && message.sightings.some((seen) => seen.queue === deadLetters);
    if (message.unexplainedDeliveries(queue, this.#lastDelivery(message, queue)) > 0) {
      this.#violation(`${key} of ${queue} shows ${moved ? 'itself as a dead letter' : 'attempts'} without as many deliveries`);
    }
    if (moved && message.unexplainedDeliveries(deadLetters) > 0) {
      this.#violation(`${key} shows attempts in ${deadLetters} without as many deliveries`);
    }
  }

  /** Begins a new era: all messages so far must never appear again. */
  forget() {
    for (const key of this.#ledger.messages.keys()) {
      this.#forgottenUpTo = Math.max(this.#forgottenUpTo, Number(key.slice(1)));
    }
    this.#ledger = new Ledger(this.#queues);
    this.#idOwners.clear();
    this.#clockIsSet = false;
  }
}
