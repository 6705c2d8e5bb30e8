import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send } from '../harness/http.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';

// An attempt counts only for a message in a response that was passed to the connection. The servers of these tests exit
// at once if they run out of memory.

const QUEUES = `/client/v4/accounts/${ACCOUNT}/queues`;
/** Each byte of this body is six bytes in JSON. */
const CONTROLS = '\u0001'.repeat(128_000);

async function start(context, heapMib, settings = {}) {
  const server = await Server.during(context, {
    settings: { 'storage.durability': 'async', ...settings },
    javaOptions: [`-Xmx${heapMib}m`, '-XX:+ExitOnOutOfMemoryError'],
  });
  server.call = async (method, path, body) => {
    const { status, json, text } = await send(server.origin, method, path, { token: TOKEN, body, within: 120_000 });
    assert.equal(status, 200, text.slice(0, 300));
    return json.result;
  };
  return server;
}

async function queue(server, settings) {
  const { queue_id: id } = await server.call('POST', QUEUES, { queue_name: 'attempts' });
  await server.call('POST', `${QUEUES}/${id}/consumers`, { type: 'http_pull', settings });
  return `${QUEUES}/${id}`;
}

async function push(server, path, body, count) {
  const request = JSON.stringify({ body, content_type: 'text' });
  for (let i = 0; i < count; i++) await server.call('POST', `${path}/messages`, request);
}

const pull = (server, path, options) => server.call('POST', `${path}/messages/pull`, options);

const backlog = async (server, path) => (await server.call('GET', `${path}/metrics`)).backlog_count;

/** Pulls and acknowledges until the queue is empty; returns the messages. */
async function drain(server, path) {
  const taken = [];
  while (true) {
    const { messages } = await pull(server, path, { batch_size: 100, visibility_timeout_ms: 600_000 });
    if (messages.length === 0) return taken;
    taken.push(...messages.map(({ id, attempts, body }) => ({ id, attempts, body })));
    await server.call('POST', `${path}/messages/ack`, { acks: messages.map(({ lease_id }) => ({ lease_id })) });
  }
}

test('a hundred bodies of 128,000 control characters are delivered in responses that fit, each message in its first attempt', async (context) => {
  const server = await start(context, 256);
  const path = await queue(server, { max_retries: 3 });
  await push(server, path, CONTROLS, 100);
  const peeked = await server.call('POST', `${path}/messages/peek`, { batch_size: 100 });
  assert.ok(peeked.messages.length > 0 && peeked.messages.length < 100, `${peeked.messages.length} are shown`);

  const taken = await drain(server, path);
  assert.equal(new Set(taken.map(({ id }) => id)).size, 100);
  assert.deepEqual(new Set(taken.map(({ attempts }) => attempts)), new Set([1]));
  assert.ok(taken.every(({ body }) => body === CONTROLS));
  assert.equal(await backlog(server, path), 0);
  await server.stop();
});

test('pulls side by side of messages larger than a response may be fit into a heap of 128 MiB', async (context) => {
  const server = await start(context, 128, {
    'limits.message_bytes_max': 1_000_000,
    'limits.batch_bytes_max': 1_000_000,
    'limits.request_bytes_max': 8 << 20,
  });
  const path = await queue(server, { max_retries: 3 });
  const body = 'x\0'.repeat(500_000);
  await push(server, path, body, 20);

  const taken = (await Promise.all([drain(server, path), drain(server, path)])).flat();
  assert.equal(new Set(taken.map(({ id }) => id)).size, 20);
  assert.ok(taken.every((message) => message.attempts === 1 && message.body === body));
  assert.equal(await backlog(server, path), 0);
  await server.stop();
});

test('after a start a pull with a lease of a millisecond shows what it takes the last attempt of', async (context) => {
  const server = await start(context, 192);
  const path = await queue(server, { max_retries: 1 });
  await push(server, path, 'seen twice', 50);
  const first = await pull(server, path, { batch_size: 100, visibility_timeout_ms: 600_000 });
  assert.equal(first.messages.length, 50);
  await server.call('POST', `${path}/messages/ack`, { retries: first.messages.map(({ lease_id }) => ({ lease_id })) });
  assert.deepEqual(await server.end('SIGTERM'), { code: 0, signal: null });

  await server.start();
  const { messages } = await pull(server, path, { batch_size: 100, visibility_timeout_ms: 1 });
  assert.equal(messages.length, 50);
  assert.ok(messages.every(({ attempts, body }) => attempts === 2 && body === 'seen twice'));
  await server.stop();
});
