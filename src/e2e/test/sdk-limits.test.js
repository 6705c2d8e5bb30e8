import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RateLimitError } from 'cloudflare';
import { ACCOUNT, freshName, Suite } from '../harness/suite.js';
import { until } from '../harness/until.js';

const suite = await Suite.open({
  settings: {
    'limits.messages_per_second_max': 20,
    'limits.backlog_bytes_max': 1_000,
    'limits.message_bytes_max': 500,
    'limits.queues_per_account_max': 8,
  },
});
const { queues } = suite.sdk();
const { messages } = queues;
const account_id = ACCOUNT;
const push = (id, body) => messages.push(id, { account_id, body, content_type: 'text' });
const failure = (call) => call.then(() => undefined, (error) => error);
const refused = (id, body) => failure(push(id, body));

/** The first failure of many concurrent calls, more than the rate of one second. */
const firstOf = async (times, call) => (await Promise.all(Array.from({ length: times }, () => failure(call())))).find(Boolean);

test('over its configured rate a queue responds with RateLimitError 10250 with Retry-After, and accepts pushes again later', async () => {
  const { id } = await suite.queue();
  const error = await until('the rate is exceeded', () => firstOf(60, () => push(id, '')));
  assert.ok(error instanceof RateLimitError, String(error));
  assert.equal(error.errors[0].code, 10250);
  assert.match(error.headers.get('retry-after'), /^[1-9]\d*$/);
  await until('a push is taken again', () => push(id, ''));
});

test('the rate counts messages, not requests', async () => {
  const { id } = await suite.queue();
  const batch = { account_id, messages: Array(15).fill({ body: 1 }) };
  const error = await until('the rate is exceeded', () => firstOf(5, () => messages.bulkPush(id, batch)));
  assert.equal(error.errors[0].code, 10250);
  const { backlog_count } = await queues.getMetrics(id, { account_id });
  assert.equal(backlog_count % 15, 0, 'a refused batch stores nothing');
});

test('a full queue responds with RateLimitError 10251 with Retry-After, and accepts pushes again when there is space', async () => {
  const { id } = await suite.queue({ consumer: { visibility_timeout_ms: 600_000 } });
  const body = 'x'.repeat(400);
  await push(id, body);
  await push(id, body);
  const error = await refused(id, body);
  assert.ok(error instanceof RateLimitError, String(error));
  assert.equal(error.errors[0].code, 10251);
  assert.match(error.headers.get('retry-after'), /^[1-9]\d*$/);
  assert.equal((await queues.getMetrics(id, { account_id })).backlog_count, 2);
  const pulled = await messages.pull(id, { account_id, batch_size: 1 });
  await messages.ack(id, { account_id, acks: [{ lease_id: pulled.messages[0].lease_id }] });
  await push(id, body);
});

test('a configured message size takes the place of the documented one', async () => {
  const { id } = await suite.queue();
  await push(id, 'x'.repeat(500));
  const error = await refused(id, 'x'.repeat(501));
  assert.deepEqual([error.status, error.errors[0].code], [413, 10204]);
});

test('an account gets no more queues than configured, and again one when another is deleted', async () => {
  const { result } = await queues.list({ account_id });
  for (let n = result.length; n < 8; n++) await suite.queue();
  const create = () => queues.create({ account_id, queue_name: freshName() });
  await assert.rejects(create(), (error) => error.status === 400 && error.errors[0].code === 100128);
  await queues.delete(result[0].queue_id, { account_id });
  await create();
});

suite.endsWell();
