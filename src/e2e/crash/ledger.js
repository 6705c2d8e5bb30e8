import { Message } from './message.js';

/**
 * The knowledge of the clients: messages and requests of a history, built up event by event. It records facts; the
 * checker judges them.
 */
export class Ledger {
  /** Messages by key. */
  messages = new Map();
  limitsLifted = false;
  /** The metrics at the beginning of the drain, and the keys that the drain pulled: {count, bytes, taken}. */
  drain;

  #requests = new Map();
  #purges = new Map();
  #interruptedPulls = new Map();

  constructor(queues) {
    this.queues = queues;
  }

  onEvent(event) {
    if (event.event === 'sent') this.#sent(event);
    if (event.event === 'succeeded') this.#succeeded(event);
    if (event.event === 'cut' || event.event === 'refused') this.#ended(event);
    if (event.event === 'declined') this.#declined(event);
    if (event.event === 'lifting limits') this.limitsLifted = true;
    if (event.event === 'draining') this.drain = { ...event, taken: new Set() };
  }

  request(number) {
    return this.#requests.get(number);
  }

  /** Whole-queue purges, in the order in which they were sent. */
  purgesOf(queue) {
    return this.#purges.get(queue) ?? [];
  }

  /**
   * The maximum number of deliveries of one message in lost responses, for pulls of this queue that were in progress at
   * some time from `from` to `to`: limited by the number of such pulls, and by the number of consecutive leases that
   * fit into that time.
   */
  deliveriesInLostResponses(queue, from, to) {
    const pulls = this.interruptedPullsOf(queue).filter(({ endedAt, sentAt }) => endedAt > from && sentAt < to);
    let most = 0;
    for (const together of overlapping(pulls)) {
      const millis = Math.max(...together.map(({ endedMs }) => endedMs)) - Math.min(...together.map(({ sentMs }) => sentMs));
      const leaseMillis = Math.min(...together.map(({ visibilityMillis }) => visibilityMillis));
      most += Math.min(together.length, 1 + Math.floor(millis / leaseMillis));
    }
    return most;
  }

  /** Pulls of a queue without a response, in the order in which they were sent. */
  interruptedPullsOf(queue) {
    return this.#interruptedPulls.get(queue) ?? [];
  }

  /**
   * How many messages and bytes can be in one of these queues while no request is in progress: {least, most} of both.
   */
  bounds(queues) {
    const bounds = { count: { least: 0, most: 0 }, bytes: { least: 0, most: 0 } };
    for (const message of this.messages.values()) {
      if (message.isOver) continue;
      const places = [message.queue, message.deadLetters].filter((queue) => queue && message.mayBeIn(queue));
      if (!places.some((queue) => queues.includes(queue))) continue;
      bounds.count.most += 1;
      bounds.bytes.most += message.bytes;
      if (!places.every((queue) => queues.includes(queue)) || message.mayBeGone()) continue;
      bounds.count.least += 1;
      bounds.bytes.least += message.bytes;
    }
    return bounds;
  }

  #sent({ at, ms, event, request: number, ...asked }) {
    const request = { ...asked, sentAt: at, sentMs: ms, endedAt: Infinity, endedMs: Infinity, succeeded: false };
    this.#requests.set(number, request);
    if (asked.kind === 'push') {
      for (const { key, delayMillis } of asked.messages) {
        this.messages.set(key, new Message(key, request, delayMillis, this));
      }
    }
    if (asked.kind === 'purge') append(this.#purges, asked.queue, request);
    if (asked.kind === 'pull') append(this.#interruptedPulls, asked.queue, request);
    if (asked.kind === 'purge refs') {
      request.entries = asked.keys.map((key) => ({ request, queue: asked.queue, key, warned: false }));
      for (const entry of request.entries) this.messages.get(entry.key)?.refPurges.push(entry);
    }
    if (asked.kind === 'ack') this.#ackSent(request);
  }

  #ackSent(request) {
    for (const { pull, key } of request.acks) {
      const message = this.messages.get(key);
      message?.acks.push({ request, sighting: this.#sightingOf(message, pull) });
    }
    for (const { lease, delayMillis } of request.retries) {
      const message = this.messages.get(lease.key);
      message?.retries.push({ request, sighting: this.#sightingOf(message, lease.pull), delayMillis });
    }
  }

  #sightingOf(message, pull) {
    return message.sightings.find(({ request }) => request === this.#requests.get(pull));
  }

  #ended({ at, ms, request: number }) {
    const request = this.#requests.get(number);
    Object.assign(request, { endedAt: at, endedMs: ms });
    return request;
  }

  /** The server was full: the request had no effect. A repeated push is a new request with the same keys. */
  #declined(event) {
    const request = this.#ended(event);
    request.declined = true;
    if (request.kind === 'pull') this.#forgetPull(request);
    if (request.kind === 'purge') this.#purges.set(request.queue, this.purgesOf(request.queue).filter((purge) => purge !== request));
    for (const { key } of [...(request.acks ?? []), ...(request.retries ?? []).map(({ lease }) => lease)]) {
      const message = this.messages.get(key);
      if (!message) continue;
      message.acks = message.acks.filter((ack) => ack.request !== request);
      message.retries = message.retries.filter((retry) => retry.request !== request);
    }
    for (const { key } of request.entries ?? []) {
      const message = this.messages.get(key);
      if (message) message.refPurges = message.refPurges.filter((entry) => entry.request !== request);
    }
  }

  #forgetPull(request) {
    const waiting = this.#interruptedPulls.get(request.queue);
    waiting.splice(waiting.indexOf(request), 1);
  }

  #succeeded(event) {
    const request = this.#ended(event);
    request.succeeded = true;
    if (request.kind === 'pull') this.#forgetPull(request);
    if (request.kind === 'pull' || request.kind === 'peek') this.#sighted(request, event.messages);
    if (request.kind === 'purge refs') {
      for (const entry of request.entries) entry.warned = event.warned.includes(entry.key);
    }
  }

  #sighted(request, shown) {
    for (const { key, attempts } of shown) {
      const message = this.messages.get(key);
      if (!message) continue;
      message.push.sighted = true;
      message.sightings.push({ request, queue: request.queue, attempts, peeked: request.kind === 'peek' });
      if (request.kind === 'pull') this.drain?.taken.add(key);
    }
  }
}

/** Groups of requests: requests of different groups were never in progress at the same time. */
function overlapping(requests) {
  const groups = [];
  let endedMs = -Infinity;
  for (const request of requests) {
    if (request.sentMs > endedMs) groups.push([]);
    groups.at(-1).push(request);
    endedMs = Math.max(endedMs, request.endedMs);
  }
  return groups;
}

function append(map, key, value) {
  if (map.has(key)) map.get(key).push(value);
  else map.set(key, [value]);
}
