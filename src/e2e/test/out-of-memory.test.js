import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send } from '../harness/http.js';
import { inTime } from '../harness/until.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';

// A server that is configured to use more memory than its heap: it exits by itself, and nothing that it confirmed is
// lost.

const QUEUES = `/client/v4/accounts/${ACCOUNT}/queues`;
const OUT_OF_MEMORY = 4;
const PADDING = 'x'.repeat(100_000);

test('a server without memory exits with one line and code 4, and the next one has everything that was confirmed', async (context) => {
  const exhausted = await Server.during(context, {
    settings: { 'memory.window_bytes': '8GiB', 'memory.request_bytes': '8GiB' },
    javaOptions: ['-Xmx64m'],
  });
  const made = await send(exhausted.origin, 'POST', QUEUES, { token: TOKEN, body: { queue_name: 'kept' } });
  const path = `${QUEUES}/${made.json.result.queue_id}/messages`;
  const confirmed = [];
  let next = 0;
  const pushUntilItEnds = async () => {
    for (;;) {
      const body = `${next++} ${PADDING}`;
      const reply = await send(exhausted.origin, 'POST', path, { token: TOKEN, body: { body, content_type: 'text' }, within: 120_000 });
      if (reply.status === 200) confirmed.push(body.split(' ')[0]);
    }
  };
  await Promise.all(Array.from({ length: 4 }, () => pushUntilItEnds().catch(() => {})));
  assert.deepEqual(await inTime('the server ends by itself', exhausted.ended, 120_000), { code: OUT_OF_MEMORY, signal: null });
  assert.match(exhausted.log, /^\S+ INFO  StartLines - [^\n]*\nsluice: out of memory: [^\n]*\n$/);
  assert.ok(confirmed.length > 100, `${confirmed.length} pushes confirmed`);

  const restarted = await Server.during(context, { directory: exhausted.directory });
  const consumers = `${QUEUES}/${made.json.result.queue_id}/consumers`;
  await send(restarted.origin, 'POST', consumers, { token: TOKEN, body: { type: 'http_pull' } });
  const found = new Set();
  for (;;) {
    const body = { batch_size: 50, visibility_timeout_ms: 600_000 };
    const { status, json } = await send(restarted.origin, 'POST', `${path}/pull`, { token: TOKEN, body, within: 60_000 });
    assert.equal(status, 200);
    if (json.result.messages.length === 0) break;
    for (const message of json.result.messages) found.add(message.body.split(' ')[0]);
  }
  assert.deepEqual(confirmed.filter((number) => !found.has(number)), [], 'confirmed and gone');
  await restarted.stop();
});
