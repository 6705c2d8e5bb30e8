// Measures the performance targets for retention: node retention.mjs [messages]. A million messages expire at once when
// the retention of their queue is lowered, while pushes, pulls and acknowledgements continue. No request may take
// longer than 100 ms because of it, and the counts must be correct at the end. Exits with 1 if a target is missed.

import http from 'node:http';
import { send } from './harness/http.js';
import { Server, TOKEN } from './harness/server.js';

const MESSAGES = Number(process.argv[2] ?? 1_000_000);
const WAIT_BAR_MILLIS = 100;
const CONNECTIONS = 8;
const queues = '/client/v4/accounts/7f1d2c3b4a5968778695a4b3c2d1e0f9/queues';
const server = new Server({ javaOptions: ['-Xmx256m'], settings: { 'limits.retention_seconds_min': 1 } });
const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });

const call = async (method, path, body) => {
  const response = await send(server.origin, method, path, { body, agent, token: TOKEN });
  if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${response.text}`);
  return response.json.result;
};

const fill = async (queue) => {
  const text = 'x'.repeat(200);
  const messages = Array.from({ length: 100 }, () => ({ body: text, content_type: 'text' }));
  let next = 0;
  const push = async () => {
    while (next < MESSAGES) {
      next += 100;
      await call('POST', `${queue}/messages/batch`, { messages });
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, push));
};

/** Pushes, pulls and acknowledges until it is stopped; records the slowest time of each. */
async function traffic(queue, state) {
  const slowest = { push: 0, pull: 0, ack: 0 };
  const note = async (name, run) => {
    const start = performance.now();
    const result = await run();
    slowest[name] = Math.max(slowest[name], Math.round(performance.now() - start));
    return result;
  };
  let rounds = 0;
  while (!state.done) {
    await note('push', () => call('POST', `${queue}/messages`, { body: 'fresh', content_type: 'text' }));
    const { messages } = await note('pull', () => call('POST', `${queue}/messages/pull`, { batch_size: 10 }));
    if (messages.length > 0) {
      await note('ack', () => call('POST', `${queue}/messages/ack`, { acks: messages.map(({ lease_id }) => ({ lease_id })) }));
    }
    rounds++;
  }
  return { slowest, rounds };
}

try {
  await server.start();
  const { queue_id } = await call('POST', queues, { queue_name: 'ageing' });
  const queue = `${queues}/${queue_id}`;
  await call('POST', `${queue}/consumers`, { type: 'http_pull' });
  await fill(queue);
  // The first requests of a JVM are slow because of class loading and compilation.
  const warm = { done: false };
  setTimeout(() => (warm.done = true), 5_000);
  console.log(`before: ${JSON.stringify(await traffic(queue, warm))}`);
  const { backlog_count: before } = await call('GET', `${queue}/metrics`);

  const state = { done: false };
  const running = traffic(queue, state);
  const start = performance.now();
  await call('PATCH', queue, { settings: { message_retention_period: 5 } });
  let left = before;
  while (left > 100 && performance.now() - start < 300_000) left = (await call('GET', `${queue}/metrics`)).backlog_count;
  const millis = Math.round(performance.now() - start);
  state.done = true;
  const { slowest, rounds } = await running;
  console.log(`${before} messages expired in ${millis} ms, with ${rounds} rounds of push, pull and ack beside it`);
  const reached = left <= 100 && Math.max(...Object.values(slowest)) <= WAIT_BAR_MILLIS;
  console.log(`${reached ? 'reached' : 'MISSED '}  slowest ${JSON.stringify(slowest)} ms, ${left} left`);
  process.exitCode = reached ? 0 : 1;
} finally {
  agent.destroy();
  await server.stop();
}
