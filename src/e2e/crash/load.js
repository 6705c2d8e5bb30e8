import * as actions from './actions.js';
import { Client } from './client.js';
import { Random } from './random.js';

const LEFT_LEASES_MAX = 2_000;
const PURGE_PAUSE_MILLIS = 40;

/** Clients that push, pull, acknowledge, retry and purge at one server until it ends. */
export class Load {
  #open;
  #queues;
  #seed;
  #hard;
  #clients = [];
  #workers = [];
  /** Leases that pullers left for the acknowledging clients: {queue, leases}. */
  #leftLeases = [];
  confirmedPushes = 0;

  /**
   * @param open creates a client
   * @param queues the queues that they use, by name
   * @param seed determines everything that does not depend on timing
   * @param hard whether leases are short, and some clients read their responses late or never
   */
  constructor(open, queues, { seed, hard }) {
    this.#open = open;
    this.#queues = queues;
    this.#seed = seed;
    this.#hard = hard;
  }

  start({ pushers, pullers, ackers, purgers }) {
    this.#run('pusher', pushers, (client, random) => this.#push(client, random));
    this.#run('puller', pullers, (client, random) => this.#pull(client, random));
    this.#run('acker', ackers, (client, random) => this.#ack(client, random));
    this.#run('purger', purgers, (client, random) => this.#purge(client, random));
  }

  /** Resolves when the server has ended and every client has noticed it. */
  async ended() {
    await Promise.all(this.#workers);
    for (const client of this.#clients) client.close();
  }

  #run(name, count, step) {
    for (let n = 1; n <= count; n++) {
      const client = this.#open();
      const random = new Random(`${this.#seed} ${name} ${n}`);
      const loop = async () => {
        while (await step(client, random));
      };
      this.#clients.push(client);
      this.#workers.push(loop());
    }
  }

  #anyQueue(random) {
    return random.pick(Object.keys(this.#queues).flatMap((name) => Array(this.#queues[name].share).fill(name)));
  }

  async #push(client, random) {
    const queue = this.#anyQueue(random);
    const confirmed = await actions.push(client, random, queue, this.#queues[queue]);
    if (confirmed) this.confirmedPushes += 1;
    return confirmed;
  }

  /**
   * Pulls some messages; acknowledges or retries them at once, leaves them for the acknowledging clients, or ignores
   * them.
   */
  async #pull(client, random) {
    const queue = this.#anyQueue(random);
    const lease = random.chance(0.2) ? 50 + random.below(1_000) : undefined;
    const manner = this.#hard ? mannerOf(random) : {};
    const leases = await actions.pull(client, queue, 1 + random.below(100), this.#queues[queue], lease, manner);
    // A client that closed its connection does not know whether the server has ended; its next request shows it.
    if (!leases) return manner.hangUpAfterMillis !== undefined;
    if (leases.length > 0 && this.#leftLeases.length < LEFT_LEASES_MAX && random.chance(0.4)) {
      this.#leftLeases.push({ queue, leases });
      return true;
    }
    return this.#acknowledge(client, random, queue, leases);
  }

  async #acknowledge(client, random, queue, leases) {
    const acks = [];
    const retries = [];
    for (const lease of leases) {
      if (random.chance(this.#queues[queue].ackShare)) acks.push(lease);
      else if (random.chance(0.6)) retries.push({ lease, delaySeconds: random.chance(0.3) ? random.below(3) : undefined });
    }
    return actions.acknowledge(client, queue, acks, retries, this.#queues[queue]);
  }

  /**
   * Acknowledges or retries leases that a puller left, in time or too late. Without any it waits a moment, or notices
   * that the server has ended.
   */
  async #ack(client, random) {
    const at = random.below(this.#leftLeases.length);
    const [left] = this.#leftLeases.splice(at, 1);
    if (left) return this.#acknowledge(client, random, left.queue, left.leases);
    return this.#pull(client, random);
  }

  async #purge(client, random) {
    await new Promise((resolve) => setTimeout(resolve, random.below(PURGE_PAUSE_MILLIS)));
    const queue = this.#anyQueue(random);
    if (this.#queues[queue].purged && random.chance(0.3)) return actions.purge(client, queue);
    return actions.purgeSome(client, random, queue);
  }
}

/**
 * How a client reads a response: at once, or so late that its leases may have expired, or it closes its connection
 * before.
 */
function mannerOf(random) {
  if (random.chance(0.1)) return { hangUpAfterMillis: random.below(300) };
  return random.chance(0.15) ? { readAfterMillis: random.below(800) } : {};
}
