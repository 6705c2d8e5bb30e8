import { bytesOf } from './bodies.js';

/**
 * One message as clients know it: its push, where it was observed, and what was done with it. Requests are shared
 * objects of the ledger: {sentAt, sentMs, endedAt, endedMs, succeeded}; endedAt is Infinity while they are in progress.
 *
 * Determines where the message can be and can no longer be, from requests and responses.
 */
export class Message {
  /**
   * Pulls and peeks that returned it: {request, queue, attempts, peeked}. For a peek, attempts are the deliveries so
   * far.
   */
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

  /** Its size in backlog_bytes. */
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

  /** Whether the server certainly has or had it: a batch is stored completely or not at all. */
  get wasStored() {
    return this.push.succeeded || this.push.sighted === true;
  }

  /** Whether its push was declined; then it is in no queue. */
  get wasDeclined() {
    return this.push.declined === true;
  }

  deliveriesIn(queue) {
    return this.sightings.filter((sighting) => sighting.queue === queue && !sighting.peeked);
  }

  /** Since when the message cannot be in this queue, and why: {at, why}; at is Infinity if nothing excludes it. */
  removedFrom(queue) {
    if (this.wasDeclined) return { at: this.push.sentAt, why: 'declined' };
    const ends = [{ at: Infinity }];
    for (const { request, sighting } of this.acks) {
      const here = sighting.queue === queue || this.#wasInTime(request, sighting);
      if (request.succeeded && here) ends.push({ at: request.endedAt, why: 'acknowledged' });
    }
    for (const { request, queue: from, warned } of this.refPurges) {
      const here = from === queue || from === this.queue;
      if (request.succeeded && !warned && here) ends.push({ at: request.endedAt, why: 'purged by ref' });
    }
    const thereAt = this.#storedSince(queue);
    for (const purge of this.ledger.purgesOf(queue)) {
      if (purge.succeeded && thereAt < purge.sentAt) ends.push({ at: purge.endedAt, why: 'purged with its queue' });
    }
    if (queue === this.queue && this.deadLetters) {
      for (const { request, queue: where } of this.sightings) {
        if (where !== queue) ends.push({ at: request.endedAt, why: `seen in ${where}` });
      }
    }
    return ends.reduce((first, end) => (end.at < first.at ? end : first));
  }

  /** An acknowledgement that was confirmed before the lease expired has removed the message for good. */
  #wasInTime(request, sighting) {
    const retried = this.retries.some((retry) => retry.sighting === sighting);
    return !retried && request.endedMs < sighting.request.sentMs + sighting.request.visibilityMillis;
  }

  #storedSince(queue) {
    if (queue === this.queue) return this.push.endedAt;
    const seen = this.sightings.filter((sighting) => sighting.queue === queue);
    return Math.min(Infinity, ...seen.map(({ request }) => request.endedAt));
  }

  /** Whether it is certainly in no queue any more. Once true it stays true. */
  get isOver() {
    this.#over ||= ![this.queue, this.deadLetters].some((queue) => queue && this.mayBeIn(queue));
    return this.#over;
  }

  /** Whether it may have reached this queue and nothing shows that it left. */
  mayBeIn(queue) {
    if (this.removedFrom(queue).at !== Infinity) return false;
    if (queue === this.queue) return true;
    if (queue !== this.deadLetters) return false;
    return this.sightings.some((sighting) => sighting.queue === queue) || this.mayBeExhausted();
  }

  /** Whether a request, with or without a response, or its deliveries may have removed it from all queues. */
  mayBeGone() {
    if (!this.wasStored || this.mayHaveBeenRemoved()) return true;
    return !this.deadLetters && this.mayBeExhausted();
  }

  /** Whether an acknowledgement or a purge, with or without a response, may have removed it from all queues. */
  mayHaveBeenRemoved() {
    if (this.acks.length > 0) return true;
    if (this.refPurges.some(({ warned }) => !warned)) return true;
    const purged = (queue) => this.ledger.purgesOf(queue).some((purge) => this.push.sentAt < purge.endedAt);
    return purged(this.queue) || (this.deadLetters !== undefined && purged(this.deadLetters));
  }

  /** Whether its first queue may have used up all its deliveries: interrupted pulls may have been deliveries, too. */
  mayBeExhausted() {
    return this.unexplainedDeliveries(this.queue, this.ledger.queues[this.queue].retriesMax + 1) === 0;
  }

  /**
   * How many of the deliveries 1 … `last` in this queue no client observed although no pull that was interrupted, or is
   * still in progress, explains them.
   */
  unexplainedDeliveries(queue, last = 0) {
    return this.#missingDeliveries(queue, last).reduce((sum, { missing, onTheWay }) => sum + Math.max(0, missing - onTheWay), 0);
  }

  /**
   * How many of the deliveries 1 … `last` in this queue no client observed because their responses were interrupted.
   */
  deliveriesInInterruptedResponses(queue, last = 0) {
    return this.#missingDeliveries(queue, last).reduce((sum, { missing, onTheWay }) => sum + Math.min(missing, onTheWay), 0);
  }

  /** The gaps between observed deliveries: how many were not observed, and how many were lost on the way at most. */
  #missingDeliveries(queue, last) {
    const seen = this.deliveriesIn(queue).sort((a, b) => a.attempts - b.attempts);
    const end = { attempts: Math.max(last, seen.at(-1)?.attempts ?? 0) + 1, request: { endedAt: Infinity } };
    let previous = { attempts: 0, request: { sentAt: this.push.sentAt } };
    const gaps = [];
    for (const sighting of [...seen, end]) {
      const missing = sighting.attempts - previous.attempts - 1;
      if (missing > 0) {
        gaps.push({ missing, onTheWay: this.ledger.deliveriesInLostResponses(queue, previous.request.sentAt, sighting.request.endedAt) });
      }
      previous = sighting;
    }
    return gaps;
  }

  /** The earliest time, in milliseconds, of the delivery after this one; of the first delivery if there is none. */
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
