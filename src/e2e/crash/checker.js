import { bytesOf } from './bodies.js';
import { Ledger } from './ledger.js';

/**
 * What must be true of a history, whatever was killed when. It sees the events one by one and keeps what is wrong in `violations`.
 *
 * - An answered push is there until it is acknowledged, purged, or delivered for the last time; then it is in the dead letter queue.
 * - A message that is gone by an answer is not seen by any request sent after that answer.
 * - Nothing appears that was not pushed, twice, in another queue, or with a changed body, id or timestamp. Timestamps are shown by the
 *   wall clock, so where that is set they say nothing; everything else holds all the same, the length of leases and delays too.
 * - An attempt counts only for a message that was shown. Attempts go up by one with each delivery: a kill takes nothing from the page
 *   cache, so no lease is lost. Only an answer that was cut off may hold deliveries that no client saw: as many messages as its pull
 *   asked for, each once, and once more only when a lease has ended. A message is a dead letter, or deleted, only after all deliveries
 *   that its consumer allows. A lease and a delay hold over a kill as well.
 * - What was declined because the server was full has not happened. The server does not end by itself.
 * - Counts and bytes are from what must be there to what can be there, and exact when everything is taken out.
 * - `sluice check` finds the directory of a killed server sound.
 */
export class Checker {
  violations = [];
  #queues;
  #ledger;
  #idOwners = new Map();
  /** Messages of earlier eras: everything up to this number was drained, and must not come back. */
  #forgottenUpTo = 0;
  #clockIsSet = false;

  constructor(queues) {
    this.#queues = queues;
    this.#ledger = new Ledger(queues);
  }

  see(event) {
    const before = event.event === 'answered' ? this.#ledger.request(event.request) : undefined;
    if (before) this.#judge(before, event);
    this.#ledger.see(event);
    if (event.event === 'ended') this.#wrong(`the server ended by itself: ${event.text}`);
    if (event.event === 'refused') this.#wrong(`request ${event.request} was answered with ${event.status} ${event.text}`);
    if (event.event === 'clock set') this.#clockIsSet = true;
    if (event.event === 'checked') this.#checked(event);
    if (event.event === 'counted') this.violations.push(...this.misfits(event.queues));
    if (event.event === 'drained') this.#drained();
  }

  #wrong(what) {
    this.violations.push(what);
  }

  #judge(request, event) {
    if (request.kind === 'pull' || request.kind === 'peek') {
      for (const shown of event.messages) this.#sighting(request, shown, event);
    }
    if (request.kind === 'settle') this.#settled(request, event);
  }

  #sighting(request, shown, event) {
    const { key, changed } = shown;
    const message = this.#ledger.messages.get(key);
    if (changed !== undefined) this.#wrong(`${key} came back changed: ${changed}`);
    if (!message) {
      const old = key && Number(key.slice(1)) <= this.#forgottenUpTo;
      this.#wrong(old ? `${key} was drained long ago and is there again` : `a message that was never pushed: ${key}`);
      return;
    }
    this.#identity(message, shown, event);
    this.#place(message, request);
    this.#attempts(message, request, shown);
    if (request.kind === 'pull') this.#notTooEarly(message, request, event);
  }

  #identity(message, { key, id, timestamp }, event) {
    const owner = this.#idOwners.get(id) ?? key;
    if (owner !== key) this.#wrong(`${key} and ${owner} have the same id ${id}`);
    this.#idOwners.set(id, key);
    if ((message.id ??= id) !== id) this.#wrong(`${key} has the ids ${message.id} and ${id}: it is there twice`);
    if (this.#clockIsSet) return;
    if ((message.timestamp ??= timestamp) !== timestamp) this.#wrong(`${key} was published at ${message.timestamp} and ${timestamp}`);
    const publishedBy = Math.min(message.push.endedMs, event.ms);
    if (timestamp < message.push.sentMs || timestamp > publishedBy) this.#wrong(`${key} was not pushed at ${timestamp}`);
  }

  #place(message, { queue, sentAt }) {
    if (queue !== message.queue && queue !== message.deadLetters) {
      this.#wrong(`${message.key} was pushed to ${message.queue} and is in ${queue}`);
      return;
    }
    const { at, why } = message.goneFrom(queue);
    if (at < sentAt) this.#wrong(`${message.key} was ${why} and is in ${queue} again`);
  }

  #attempts(message, { kind, queue, sentAt }, { key, attempts }) {
    const earlier = message.deliveriesIn(queue);
    const known = Math.max(0, ...earlier.filter(({ request }) => request.endedAt < sentAt).map((seen) => seen.attempts));
    const deliveriesBefore = kind === 'peek' ? attempts : attempts - 1;
    if (deliveriesBefore < known) this.#wrong(`${key} was delivered as attempt ${known} and then shows ${attempts}`);
    if (kind === 'peek') return;
    if (earlier.some((seen) => seen.attempts === attempts)) this.#wrong(`${key} was delivered twice as attempt ${attempts}`);
    const most = this.#queues[queue].retriesMax + 1;
    if (attempts > most && !this.#ledger.limitsLifted) this.#wrong(`${key} was delivered ${attempts} times, of ${most} allowed`);
  }

  #notTooEarly(message, request, event) {
    const before = message.sightings.filter((seen) => !seen.peeked && seen.request.endedAt < request.sentAt).at(-1);
    const earliest = message.earliestAfter(before, request.queue);
    if (event.ms < earliest) this.#wrong(`${message.key} was delivered at least ${earliest - event.ms} ms too early`);
  }

  #settled({ acks, retries }, { ackCount, retryCount, warned }) {
    if (ackCount !== acks.length) this.#wrong(`${acks.length} valid leases gave an ackCount of ${ackCount}`);
    if (retryCount + warned !== retries.length) {
      this.#wrong(`${retries.length} retries gave a retryCount of ${retryCount} and ${warned} warnings`);
    }
  }

  /** What `sluice check` said of the killed directory: sound, and as many messages as there can be. */
  #checked({ exitCode, sound, messages, bytes, text }) {
    if (exitCode !== 0 || !sound) {
      this.#wrong(`sluice check ended with ${exitCode}: ${text}`);
      return;
    }
    const bounds = this.#ledger.bounds(Object.keys(this.#queues));
    this.#within('messages of sluice check', messages, bounds.count);
    this.#within('bytes of sluice check', bytes, bounds.bytes);
  }

  /** What the metrics of the queues, {name: {count, bytes}}, say too much or too little while no request is under way. */
  misfits(queues) {
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

  /** Everything was taken and acknowledged until all queues said that they were empty. */
  #drained() {
    const { taken, count, bytes } = this.#ledger.drain;
    const takenBytes = [...taken].reduce((sum, key) => sum + bytesOf(key), 0);
    if (count !== taken.size) this.#wrong(`the backlog was ${count}, and ${taken.size} messages were there`);
    if (bytes !== takenBytes) this.#wrong(`the backlog was ${bytes} bytes, and ${takenBytes} were there`);
    for (const message of this.#ledger.messages.values()) this.#complete(message);
    for (const queue of Object.keys(this.#queues)) this.#cutAnswersSuffice(queue);
  }

  /** Each message alone may have been in an answer that was cut; all of them were only if those answers had room for so many. */
  #cutAnswersSuffice(queue) {
    const room = this.#ledger.unansweredPullsOf(queue).reduce((sum, { batchSize }) => sum + batchSize, 0);
    let needed = 0;
    for (const message of this.#ledger.messages.values()) {
      const here = message.queue === queue || message.deadLetters === queue;
      if (here) needed += message.deliveriesInCutAnswers(queue, this.#lastDelivery(message, queue));
    }
    if (needed > room) this.#wrong(`${needed} deliveries in ${queue} were seen by no client, and cut answers had room for ${room}`);
  }

  /** The number of the last delivery in that queue that must have been, whether it was seen or not; 0 if nothing tells. */
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
    if (message.wasStored && !message.mayBeGone()) this.#wrong(`${key} of ${queue} is lost`);
    const moved = deadLetters && message.sightings.some((seen) => seen.queue === deadLetters);
    if (message.unexplainedDeliveries(queue, this.#lastDelivery(message, queue)) > 0) {
      this.#wrong(`${key} of ${queue} shows ${moved ? 'itself as a dead letter' : 'attempts'} without as many deliveries`);
    }
    if (moved && message.unexplainedDeliveries(deadLetters) > 0) {
      this.#wrong(`${key} shows attempts in ${deadLetters} without as many deliveries`);
    }
  }

  /** A new era: all messages so far are history and must never be seen again. */
  forget() {
    for (const key of this.#ledger.messages.keys()) {
      this.#forgottenUpTo = Math.max(this.#forgottenUpTo, Number(key.slice(1)));
    }
    this.#ledger = new Ledger(this.#queues);
    this.#idOwners.clear();
    this.#clockIsSet = false;
  }
}
