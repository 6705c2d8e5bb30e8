import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { send } from '../harness/http.js';
import { requirement } from '../harness/requirement.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { until } from '../harness/until.js';
import { skipWithoutWallClock, WallClock } from '../harness/wall-clock.js';

// A duration that depended on the wall clock would be an hour longer; anything shorter is a slow machine.
const WITHIN = { within: 600_000 };
const HOUR = 3_600;
const DAY = 24 * HOUR;
const queuesPath = `/client/v4/accounts/${ACCOUNT}/queues`;

async function call(server, method, path, body) {
  const { status, text, json } = await send(server.origin, method, path, { body, token: TOKEN, within: 120_000 });
  assert.equal(status, 200, text);
  return json.result;
}

async function createQueue(server, name, settings = {}, consumer = { type: 'http_pull' }) {
  const { queue_id } = await call(server, 'POST', queuesPath, { queue_name: name, settings });
  await call(server, 'POST', `${queuesPath}/${queue_id}/consumers`, consumer);
  return `${queuesPath}/${queue_id}`;
}

const push = (server, queue, message) => call(server, 'POST', `${queue}/messages`, message);
const backlog = async (server, queue) => (await call(server, 'GET', `${queue}/metrics`)).backlog_count;
const pull = async (server, queue, visibility_timeout_ms) =>
  (await call(server, 'POST', `${queue}/messages/pull`, { batch_size: 10, visibility_timeout_ms })).messages;
const noticed = (server, what) => until(what, () => server.log.includes(what), WITHIN);

/** Asserts a timestamp between this time, in milliseconds of the machine's clock, and now. */
const assertSince = (timestamp, sinceMillis) =>
  assert.ok(timestamp >= sinceMillis - 1_500 && timestamp <= Date.now() + 1_500, `${timestamp} is not since ${sinceMillis}`);

test('a clock that is ten days slow at the start is corrected: nothing is deleted, neither then nor after restarts', requirement(skipWithoutWallClock), async (context) => {
  const clock = new WallClock(-10 * DAY);
  const server = await Server.during(context, { environment: clock.variables });
  const queue = await createQueue(server, 'orders');
  const purged = await createQueue(server, 'purged');
  const pushedMillis = Date.now();
  await push(server, queue, { body: 'kept', content_type: 'text' });
  await call(server, 'POST', `${purged}/purge`, { delete_messages_permanently: true });
  clock.set(0);
  await noticed(server, 'The wall clock was set forward');
  for (let start = 0; start < 3; start++) {
    const metrics = await call(server, 'GET', `${queue}/metrics`);
    assert.equal(metrics.backlog_count, 1);
    assertSince(metrics.oldest_message_timestamp_ms, pushedMillis);
    const [message] = (await call(server, 'POST', `${queue}/messages/peek`, {})).messages;
    assert.equal(message.timestamp_ms, metrics.oldest_message_timestamp_ms);
    assertSince(Date.parse((await call(server, 'GET', `${purged}/purge`)).started_at), pushedMillis);
    await (start === 0 ? server.stop() : server.kill());
    await server.start({ within: 300_000 });
  }
  assert.deepEqual((await pull(server, queue, 60_000)).map(({ body }) => body), ['kept']);
  await server.stop();
});

test('two hours forward for a moment: nothing is deleted from a queue that keeps messages for one', requirement(skipWithoutWallClock), async (context) => {
  const clock = new WallClock();
  const server = await Server.during(context, { environment: clock.variables });
  const queue = await createQueue(server, 'brief', { message_retention_period: HOUR });
  await push(server, queue, { body: 'kept', content_type: 'text' });
  clock.set(2 * HOUR);
  await noticed(server, 'The wall clock was set forward');
  assert.equal(await backlog(server, queue), 1);
  clock.set(0);
  await noticed(server, 'The wall clock was set back');
  assert.equal(await backlog(server, queue), 1);
  assert.equal((await pull(server, queue, 60_000)).length, 1);
  await server.stop();
});

test('one hour back: a delay of 3 s, a lease of 2 s and the wait for a full batch keep their length', requirement(skipWithoutWallClock), async (context) => {
  const batches = [];
  const worker = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      batches.push({ ...JSON.parse(body), signedSeconds: Number(request.headers['sluice-timestamp']) });
      response.end();
    });
  });
  await new Promise((resolve) => worker.listen(0, '127.0.0.1', resolve));
  context.after(() => worker.close());
  const clock = new WallClock();
  const url = `http://127.0.0.1:${worker.address().port}/`;
  const workers = JSON.stringify({ consumer: { url, key: 'a-key-for-the-worker-of-this-test' } });
  const server = await Server.during(context, { environment: clock.variables, settings: { workers } });
  const pushed = await createQueue(server, 'pushed', {}, {
    type: 'worker',
    script_name: 'consumer',
    settings: { batch_size: 10, max_wait_time_ms: 2_000 },
  });
  const pulled = await createQueue(server, 'pulled');
  const pushedMillis = Date.now();
  await push(server, pulled, { body: 'delayed', content_type: 'text', delay_seconds: 3 });
  await push(server, pulled, { body: 'leased', content_type: 'text' });
  assert.deepEqual((await pull(server, pulled, 2_000)).map(({ body }) => body), ['leased']);
  clock.set(-HOUR);
  await noticed(server, 'The wall clock was set back');
  await push(server, pushed, { body: 'alone', content_type: 'text' });

  const seen = new Map();
  await until('both messages are delivered', async () => {
    for (const message of await pull(server, pulled, 600_000)) seen.set(message.body, message);
    return seen.size === 2;
  }, WITHIN);
  assert.equal(seen.get('leased').attempts, 2);
  assertSince(seen.get('delayed').timestamp_ms + HOUR * 1_000, pushedMillis);
  await until('the partial batch is sent', () => batches.length === 1, WITHIN);
  assert.equal(batches[0].messages[0].body, 'alone');
  assertSince(batches[0].messages[0].timestamp_ms + HOUR * 1_000, pushedMillis);
  assertSince((batches[0].signedSeconds + HOUR) * 1_000 + 999, pushedMillis);
  await server.stop();
});
