import { bytesOf } from './bodies.js';

/**
 * One message as clients know it: its push, where it was sighted, and what was done to it. Requests are shared objects of the
 * ledger: {sentAt, sentMs, endedAt, endedMs, answered}; endedAt is Infinity while they are under way.
 *
 * Answers where the message can be and can no longer be, from what was asked and what was answered.
 */
export class Message {
  /** Pulls and peeks that showed it: {request, queue, attempts, peeked}. For a peek attempts are the deliveries so far. */
  sightings = [];
  /** {request, sighting} */
  acks = [];
  /** {request, sighting, delayMillis} */
  retries = [];
  /** {request, queue, warned} */
  refPurges = [];
  #bytes;
  #over = false;

  constructor(key, push, delayMillis, ledger) {
    this.key = key;
    this.push = push;
    this.delayMillis = delayMillis;
    this.ledger = ledger;
  }

  /** What it counts with in backlog_bytes. */
  get bytes() {
    this.#bytes ??= bytesOf(this.key);
    return this.#bytes;
  }

  get queue() {
    return this.push.queue;
  }

  get deadLetters() {
    return this.ledger.queues[this.queue].deadLetters;
  }

  /** Whether the server has or had it, beyond doubt: a batch is stored whole or not at all. */
  get wasStored() {
    return this.push.answered || this.push.sighted === true;
  }

  /** Whether its push was declined: it is nowhere. */
  get wasDeclined() {
    return this.push.declined === true;
  }

  deliveriesIn(queue) {
    return this.sightings.filter((sighting) => sighting.queue === queue && !sighting.peeked);
  }

  /** From when on the message cannot be in that queue, and why: {at, why}; at is Infinity if nothing says so. */
  goneFrom(queue) {
    if (this.wasDeclined) return { at: this.push.sentAt, why: 'declined' };
    const ends = [{ at: Infinity }];
    for (const { request, sighting } of this.acks) {
      const here = sighting.queue === queue || this.#wasInTime(request, sighting);
      if (request.answered && here) ends.push({ at: request.endedAt, why: 'acknowledged' });
    }
    for (const { request, queue: from, warned } of this.refPurges) {
      const here = from === queue || from === this.queue;
      if (request.answered && !warned && here) ends.push({ at: request.endedAt, why: 'purged by ref' });
    }
    const thereAt = this.#surelyThereAt(queue);
    for (const purge of this.ledger.purgesOf(queue)) {
      if (purge.answered && thereAt < purge.sentAt) ends.push({ at: purge.endedAt, why: 'purged with its queue' });
    }
    if (queue === this.queue && this.deadLetters) {
      for (const { request, queue: where } of this.sightings) {
        if (where !== queue) ends.push({ at: request.endedAt, why: `seen in ${where}` });
      }
    }
    return ends.reduce((first, end) => (end.at < first.at ? end : first));
  }

  /** An acknowledgement that was answered while the lease still ran has removed the message, wherever it might go later. */
  #wasInTime(request, sighting) {
    const retried = this.retries.some((retry) => retry.sighting === sighting);
    return !retried && request.endedMs < sighting.request.sentMs + sighting.request.visibilityMillis;
  }

  #surelyThereAt(queue) {
    if (queue === this.queue) return this.push.endedAt;
    const seen = this.sightings.filter((sighting) => sighting.queue === queue);
    return Math.min(Infinity, ...seen.map(({ request }) => request.endedAt));
  }

  /** Whether it is in no queue any more, beyond doubt. Once true it stays true. */
  get isOver() {
    this.#over ||= ![this.queue, this.deadLetters].some((queue) => queue && this.mayBeIn(queue));
    return this.#over;
  }

  /** Whether it may have reached that queue and nothing says that it left. */
  mayBeIn(queue) {
    if (this.goneFrom(queue).at !== Infinity) return false;
    if (queue === this.queue) return true;
    if (queue !== this.deadLetters) return false;
    return this.sightings.some((sighting) => sighting.queue === queue) || this.mayBeExhausted();
  }

  /** Whether something that was asked, answered or not, or its deliveries may have taken it out of all queues. */
  mayBeGone() {
    if (!this.wasStored || this.mayHaveBeenRemoved()) return true;
    return !this.deadLetters && this.mayBeExhausted();
  }

  /** Whether an acknowledgement or a purge, answered or not, may have taken it out of all queues. */
  mayHaveBeenRemoved() {
    if (this.acks.length > 0) return true;
    if (this.refPurges.some(({ warned }) => !warned)) return true;
    const swept = (queue) => this.ledger.purgesOf(queue).some((purge) => this.push.sentAt < purge.endedAt);
    return swept(this.queue) || (this.deadLetters !== undefined && swept(this.deadLetters));
  }

  /** Whether its first queue may have delivered it as often as it does: pulls that were cut may have been deliveries, too. */
  mayBeExhausted() {
    return this.unexplainedDeliveries(this.queue, this.ledger.queues[this.queue].retriesMax + 1) === 0;
  }

  /**
   * How many of the deliveries 1 … `last` in that queue no client saw although no pull that was cut, or is still under way, explains
   * them.
   */
  unexplainedDeliveries(queue, last = 0) {
    return this.#missingDeliveries(queue, last).reduce((sum, { missing, onTheWay }) => sum + Math.max(0, missing - onTheWay), 0);
  }

  /** How many of the deliveries 1 … `last` in that queue no client saw because their answers were cut. */
  deliveriesInCutAnswers(queue, last = 0) {
    return this.#missingDeliveries(queue, last).reduce((sum, { missing, onTheWay }) => sum + Math.min(missing, onTheWay), 0);
  }

  /** Where clients did not see deliveries, between those that they saw: how many, and how many were lost on the way at most. */
  #missingDeliveries(queue, last) {
    const seen = this.deliveriesIn(queue).sort((a, b) => a.attempts - b.attempts);
    const end = { attempts: Math.max(last, seen.at(-1)?.attempts ?? 0) + 1, request: { endedAt: Infinity } };
    let previous = { attempts: 0, request: { sentAt: this.push.sentAt } };
    const gaps = [];
    for (const sighting of [...seen, end]) {
      const missing = sighting.attempts - previous.attempts - 1;
      if (missing > 0) {
        gaps.push({ missing, onTheWay: this.ledger.deliveriesOnTheWay(queue, previous.request.sentAt, sighting.request.endedAt) });
      }
      previous = sighting;
    }
    return gaps;
  }

  /** The first moment, in milliseconds, at which a delivery after that one can have happened; of the first one if there is none. */
  earliestAfter(sighting, queue) {
    if (!sighting) return this.push.sentMs + this.delayMillis;
    const { request } = sighting;
    const moved = sighting.queue !== queue;
    const { retryDelaySeconds } = this.ledger.queues[sighting.queue];
    const ends = [request.sentMs + request.visibilityMillis + (moved ? 0 : retryDelaySeconds * 1_000)];
    for (const retry of this.retries) {
      if (retry.request.endedAt > request.sentAt) ends.push(retry.request.sentMs + (moved ? 0 : retry.delayMillis));
    }
    return Math.min(...ends);
  }
}
