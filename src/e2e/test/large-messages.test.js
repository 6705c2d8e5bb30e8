import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { send } from '../harness/http.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { until } from '../harness/until.js';

// The queue heads in memory, and the messages that are sent somewhere, are bounded by number as well as by bytes: each
// message may be large. The servers of these tests exit at once if they run out of memory.

const HEAP_MIB = 192;
const BODY = 'x'.repeat(120_000);
const QUEUES = `/client/v4/accounts/${ACCOUNT}/queues`;

async function start(context, settings = {}) {
  const server = await Server.during(context, {
    settings: { 'storage.durability': 'async', ...settings },
    javaOptions: [`-Xmx${HEAP_MIB}m`, '-XX:+ExitOnOutOfMemoryError'],
  });
  server.call = async (method, path, body) => {
    const { status, json, text } = await send(server.origin, method, path, { token: TOKEN, body });
    assert.equal(status, 200, text.slice(0, 300));
    return json.result;
  };
  return server;
}

/** Creates a queue with a consumer and returns its path. */
async function queue(server, name, consumer, settings) {
  const { queue_id: id } = await server.call('POST', QUEUES, { queue_name: name, settings });
  if (consumer) await server.call('POST', `${QUEUES}/${id}/consumers`, consumer);
  return `${QUEUES}/${id}`;
}

/** Fills all queues at the same time. */
const fill = (server, queues, count) => Promise.all(queues.map(async (path) => {
  const two = JSON.stringify({ messages: [1, 2].map(() => ({ body: BODY, content_type: 'text' })) });
  for (let pushed = 0; pushed < count; pushed += 2) await server.call('POST', `${path}/messages/batch`, two);
}));

const named = (count, make) => Promise.all(Array.from({ length: count }, (_, i) => make(i)));

const backlog = async (server, path) => (await server.call('GET', `${path}/metrics`)).backlog_count;

/** Three queues with 96 MB each, none of which is loaded. */
test('pulls of large messages after a start fit into a small heap', async (context) => {
  const server = await start(context);
  const queues = await named(3, (i) => queue(server, `large-${i}`, { type: 'http_pull' }));
  await fill(server, queues, 800);
  assert.deepEqual(await server.end('SIGTERM'), { code: 0, signal: null });

  await server.start();
  const pulls = await Promise.all(queues.map((path) => server.call('POST', `${path}/messages/pull`, { batch_size: 20 })));
  for (const { messages, message_backlog_count: count } of pulls) {
    assert.equal(messages.length, 20);
    assert.ok(messages.every(({ body }) => body === BODY));
    assert.equal(count, 800);
  }
  await server.stop();
});

/** Sixteen queues whose consumers retry 12 MB each at the same time. */
test('large dead letters of many queues at once fit into a small heap', async (context) => {
  const server = await start(context);
  const dead = await named(16, (i) => queue(server, `dead-${i}`));
  const queues = await named(16, (i) =>
    queue(server, `strict-${i}`, { type: 'http_pull', dead_letter_queue: `dead-${i}`, settings: { max_retries: 0 } }));
  await fill(server, queues, 100);
  const retries = new Map(queues.map((path) => [path, []]));
  for (const [path, leases] of retries) {
    while (leases.length < 100) {
      const { messages } = await server.call('POST', `${path}/messages/pull`, { batch_size: 20, visibility_timeout_ms: 600_000 });
      leases.push(...messages.map(({ lease_id }) => ({ lease_id })));
    }
  }
  await Promise.all([...retries].map(([path, leases]) => server.call('POST', `${path}/messages/ack`, { retries: leases })));
  for (const path of dead) await until('all have moved', async () => (await backlog(server, path)) === 100);
  for (const path of queues) assert.equal(await backlog(server, path), 0);
  await server.stop();
});

/** Twelve queues that could have 16 MB each in delivery to a slow worker. */
test('large batches of many queues to a slow worker fit into a small heap', async (context) => {
  const worker = http.createServer((request, response) => {
    request.resume().on('end', () => setTimeout(() => response.end(), 200));
  });
  await new Promise((listening) => worker.listen(0, '127.0.0.1', listening));
  context.after(() => worker.close());
  const url = `http://127.0.0.1:${worker.address().port}/`;
  const server = await start(context, { workers: `{slow: {url: "${url}", key: "${'k'.repeat(32)}"}}` });
  const settings = { delivery_paused: true };
  const queues = await named(12, (i) => queue(server, `pushed-${i}`, { type: 'worker', script_name: 'slow' }, settings));
  await fill(server, queues, 120);

  await Promise.all(queues.map((path) => server.call('PATCH', path, { settings: { delivery_paused: false } })));
  for (const path of queues) await until('all are delivered', async () => (await backlog(server, path)) === 0);
  await server.stop();
});
