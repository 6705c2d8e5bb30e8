import http from 'node:http';
import { send } from '../harness/http.js';
import { TOKEN } from '../harness/server.js';

const PAD = 'abc \u00e9\u4f60\u{1F600}"\\\n\u0000';
const random = (below) => Math.floor(Math.random() * below);
let keys = 0;

/** A message with a unique key in it: what is sent, and the text that must come back. */
function message() {
  keys += 1;
  const key = `k${keys}`;
  const filling = PAD.repeat(random(20));
  if (random(3) === 0) {
    const body = { key, n: [random(100), null, filling] };
    return { key, sent: { body }, text: JSON.stringify(body) };
  }
  const text = `${key} ${filling}`;
  return { key, sent: { body: text, content_type: 'text' }, text };
}

/** Clients that push, pull, acknowledge and retry at one server until it is gone, and tell the ledger. */
export class Load {
  #origin;
  #path;
  #ledger;
  #agents = [];
  #stopped = false;
  #workers = [];
  answeredPushes = 0;

  constructor(origin, path, ledger) {
    this.#origin = origin;
    this.#path = path;
    this.#ledger = ledger;
  }

  start({ pushers, pullers }) {
    for (let n = 0; n < pushers; n++) this.#worker((call) => this.#push(call));
    for (let n = 0; n < pullers; n++) this.#worker((call) => this.#pull(call));
  }

  /** Ends when the server is gone and every worker has noticed, or when told to stop. */
  async ended() {
    await Promise.all(this.#workers);
    for (const agent of this.#agents) agent.destroy();
  }

  stop() {
    this.#stopped = true;
  }

  #worker(step) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    this.#agents.push(agent);
    const call = (path, body) => this.#call(agent, path, body);
    const loop = async () => {
      while (!this.#stopped && (await step(call)));
    };
    this.#workers.push(loop());
  }

  /** The result, or undefined if there was no complete answer. Anything but a 200 is a violation. */
  async #call(agent, path, body) {
    let answer;
    try {
      answer = await send(this.#origin, 'POST', `${this.#path}/messages${path}`, { body, agent, token: TOKEN, within: 15_000 });
    } catch {
      return undefined;
    }
    if (answer.status !== 200 || !answer.json) {
      this.#ledger.violations.push(`messages${path} was answered with ${answer.status} ${answer.text.slice(0, 200)}`);
      return undefined;
    }
    return answer.json.result;
  }

  async #push(call) {
    const size = random(4) === 0 ? 1 + random(20) : 1;
    const batch = Array.from({ length: size }, message);
    const push = this.#ledger.pushSent(batch);
    const result =
      size === 1 ? await call('', batch[0].sent) : await call('/batch', { messages: batch.map(({ sent }) => sent) });
    if (!result) return false;
    this.#ledger.pushAnswered(push);
    this.answeredPushes += 1;
    return true;
  }

  /** Takes some messages; acknowledges most of them, puts some back, and forgets the rest. */
  async #pull(call) {
    const sentAt = this.#ledger.tick();
    const result = await call('/pull', { batch_size: 1 + random(100) });
    if (!result) {
      this.#ledger.unansweredPulls += 1;
      return false;
    }
    const known = this.#ledger.delivered(result.messages, sentAt);
    const lot = known.map((taken) => ({ ...taken, fate: random(10) }));
    const acked = lot.filter(({ fate }) => fate < 7);
    const retried = lot.filter(({ fate }) => fate === 7);
    const answered = await this.#ack(call, acked, retried);
    return known.length === 0 || answered;
  }

  async #ack(call, acked, retried) {
    if (acked.length + retried.length === 0) return true;
    const keysOfAcked = acked.map(({ key }) => key);
    this.#ledger.ackSent(keysOfAcked);
    const lease = ({ lease_id }) => ({ lease_id });
    const result = await call('/ack', { acks: acked.map(lease), retries: retried.map(lease) });
    if (!result) return false;
    this.#ledger.ackAnswered(keysOfAcked, result.ackCount);
    return true;
  }
}

/** Pulls and acknowledges until the queue says that it is empty; answers the messages that were there. */
export async function drain(origin, path, ledger, { within }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const post = async (route, body) => (await send(origin, 'POST', path + route, { body, agent, token: TOKEN })).json.result;
  const metrics = async () => (await send(origin, 'GET', `${path}/metrics`, { agent, token: TOKEN })).json.result;
  const end = performance.now() + within;
  const before = await metrics();
  const taken = new Map();
  try {
    while ((await metrics()).backlog_count > 0) {
      if (performance.now() > end) throw new Error(`not empty within ${within} ms: ${JSON.stringify(await metrics())}`);
      const sentAt = ledger.tick();
      const { messages } = await post('/messages/pull', { batch_size: 100, visibility_timeout_ms: 60_000 });
      const known = ledger.delivered(messages, sentAt);
      for (const message of messages) taken.set(message.id, message);
      const keysOfKnown = known.map(({ key }) => key);
      ledger.ackSent(keysOfKnown);
      const { ackCount } = await post('/messages/ack', { acks: known.map(({ lease_id }) => ({ lease_id })) });
      ledger.ackAnswered(keysOfKnown, ackCount);
    }
  } finally {
    agent.destroy();
  }
  return { before, after: await metrics(), taken: [...taken.values()] };
}
