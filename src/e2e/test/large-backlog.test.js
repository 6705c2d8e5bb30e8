import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send } from '../harness/http.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';

// What memory knows of a queue is bounded by the number of its messages, and each of them may be large.

const HEAP_MIB = 192;
const QUEUES = 3;
const MESSAGES = 800;
const BODY = 'x'.repeat(120_000);
const PULLED = 20;

/** Three queues with 96 MB each, of which the server has read nothing. */
test('pulls of large messages after a start fit into a small heap', async (context) => {
  const server = await Server.during(context, {
    settings: { 'storage.durability': 'async' },
    javaOptions: [`-Xmx${HEAP_MIB}m`, '-XX:+ExitOnOutOfMemoryError'],
  });
  const all = `/client/v4/accounts/${ACCOUNT}/queues`;
  const post = async (path, body) => {
    const { status, json, text } = await send(server.origin, 'POST', path, { token: TOKEN, body });
    assert.equal(status, 200, text.slice(0, 300));
    return json.result;
  };
  const queues = [];
  for (let i = 0; i < QUEUES; i++) {
    const { queue_id: id } = await post(all, { queue_name: `large-${i}` });
    await post(`${all}/${id}/consumers`, { type: 'http_pull' });
    queues.push(`${all}/${id}/messages`);
  }
  const two = JSON.stringify({ messages: [1, 2].map(() => ({ body: BODY, content_type: 'text' })) });
  await Promise.all(queues.map(async (messages) => {
    for (let pushed = 0; pushed < MESSAGES; pushed += 2) await post(`${messages}/batch`, two);
  }));
  assert.deepEqual(await server.end('SIGTERM'), { code: 0, signal: null });

  await server.start();
  const pulls = await Promise.all(queues.map((messages) => post(`${messages}/pull`, { batch_size: PULLED })));
  for (const { messages, message_backlog_count: backlog } of pulls) {
    assert.equal(messages.length, PULLED);
    assert.ok(messages.every(({ body }) => body === BODY));
    assert.equal(backlog, MESSAGES);
  }
  await server.stop();
});
