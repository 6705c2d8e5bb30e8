import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, freshName, Suite } from '../harness/suite.js';
import { until } from '../harness/until.js';

const suite = await Suite.open();
const { queues } = suite.sdk();
const { messages, consumers } = queues;
const account_id = ACCOUNT;
const push = (id, body, more = {}) => messages.push(id, { account_id, body, content_type: 'text', ...more });
const pull = async (id, more = {}) => (await messages.pull(id, { account_id, batch_size: 100, ...more })).messages;
const ack = (id, ...taken) => messages.ack(id, { account_id, acks: taken.map(({ lease_id }) => ({ lease_id })) });
const retry = (id, { lease_id }, more = {}) => messages.ack(id, { account_id, retries: [{ lease_id, ...more }] });
const next = (id, more) => until('a message is served', async () => (await pull(id, more))[0]);
const count = async (id) => (await queues.getMetrics(id, { account_id })).backlog_count;
const LONG = { visibility_timeout_ms: 600_000 };

test('a retried message comes back at once, with the same id and time, one more attempt and a new lease', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  await push(id, 'again');
  const [first] = await pull(id);
  const response = await retry(id, first);
  assert.deepEqual(response, { ackCount: 0, retryCount: 1, warnings: {} });
  const [second] = await pull(id);
  assert.equal(second.id, first.id);
  assert.equal(second.timestamp_ms, first.timestamp_ms);
  assert.deepEqual([first.attempts, second.attempts], [1, 2]);
  assert.notEqual(second.lease_id, first.lease_id);
});

test('a retry with a delay hides the message for that long', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  await push(id, 'later');
  const [first] = await pull(id);
  const at = Date.now();
  await retry(id, first, { delay_seconds: 1 });
  const second = await next(id);
  assert.ok(Date.now() - at >= 1_000);
  assert.equal(second.attempts, 2);
  await retry(id, second, { delay_seconds: 3_600 });
  assert.deepEqual(await pull(id), []);
});

test('a retry takes the delay of the consumer, and its own zero beats it', async () => {
  const { id } = await suite.queue({ consumer: { ...LONG, retry_delay: 600 } });
  await push(id, 'a');
  const [first] = await pull(id);
  await retry(id, first, { delay_seconds: 0 });
  const [second] = await pull(id);
  assert.equal(second.attempts, 2);
  await retry(id, second);
  assert.deepEqual(await pull(id), []);
  assert.equal(await count(id), 1);
});

test('an expired lease returns the message with the attempt counted, after the retry delay of the consumer', async () => {
  const { id } = await suite.queue({ consumer: { visibility_timeout_ms: 150, retry_delay: 1 } });
  await push(id, 'x');
  const at = Date.now();
  const [first] = await pull(id);
  const second = await next(id);
  assert.equal(second.id, first.id);
  assert.equal(second.attempts, 2);
  assert.ok(Date.now() - at >= 1_150, `${Date.now() - at} ms after the first delivery`);
});

test('the visibility timeout of a pull beats that of the consumer, in both spellings', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  await push(id, 'x');
  await pull(id, { visibility_timeout_ms: 100 });
  await next(id, { visibility_timeout: 100 });
  const third = await next(id);
  assert.equal(third.attempts, 3);
});

test('max_retries of 2 means three deliveries, then the dead letter queue', async () => {
  const deadName = freshName('dead');
  const { id } = await suite.queue({ consumer: { ...LONG, max_retries: 2 }, deadLetterQueue: deadName });
  const dead = (await queuesByName(deadName)).queue_id;
  await consumers.create(dead, { account_id, type: 'http_pull', settings: LONG });
  await push(id, 'poison');
  const seen = [];
  for (let delivery = 1; delivery <= 3; delivery++) {
    const [message] = await pull(id);
    seen.push(message);
    assert.equal((await retry(id, message)).retryCount, 1);
  }
  assert.deepEqual(seen.map(({ attempts }) => attempts), [1, 2, 3]);
  const buried = await next(dead);
  assert.equal(buried.id, seen[0].id);
  assert.equal(buried.body, 'poison');
  assert.equal(buried.timestamp_ms, seen[0].timestamp_ms);
  assert.equal(buried.attempts, 1);
  const { 'Sluice-dead-letter-timestamp-ms': deadAt, ...metadata } = buried.metadata;
  assert.ok(Number(deadAt) >= buried.timestamp_ms, deadAt);
  assert.deepEqual(metadata, {
    ...seen[0].metadata,
    'Sluice-dead-letter-attempts': '3',
    'Sluice-dead-letter-queue': (await queues.get(id, { account_id })).queue_name,
    'Sluice-dead-letter-reason': 'retried',
  });
  assert.deepEqual(await pull(id), []);
  await until('the message has left its queue', async () => (await count(id)) === 0);
  assert.equal(await count(dead), 1);
});

test('max_retries of 0 sends a message to the dead letter queue when its only lease expires', async () => {
  const deadName = freshName('dead');
  const { id } = await suite.queue({ consumer: { visibility_timeout_ms: 100, max_retries: 0 }, deadLetterQueue: deadName });
  const dead = (await queuesByName(deadName)).queue_id;
  await push(id, 'once');
  assert.equal((await pull(id)).length, 1);
  await until('it is in the dead letter queue', async () => (await count(dead)) === 1);
  assert.equal(await count(id), 0);
  assert.deepEqual(await pull(id), []);
});

test('without a dead letter queue an exhausted message is deleted', async () => {
  const { id } = await suite.queue({ consumer: { ...LONG, max_retries: 0 } });
  await push(id, 'x');
  const [message] = await pull(id);
  assert.equal((await retry(id, message)).retryCount, 1);
  await until('it is gone', async () => (await count(id)) === 0);
  assert.deepEqual(await pull(id), []);
});

test('an old lease does not touch the message in the dead letter queue', async () => {
  const deadName = freshName('dead');
  const { id } = await suite.queue({ consumer: { ...LONG, max_retries: 0 }, deadLetterQueue: deadName });
  const dead = (await queuesByName(deadName)).queue_id;
  await push(id, 'x');
  const [message] = await pull(id);
  await retry(id, message);
  await until('it is in the dead letter queue', async () => (await count(dead)) === 1);
  const onOrigin = await ack(id, message);
  assert.deepEqual(onOrigin, { ackCount: 1, retryCount: 0, warnings: {} });
  const onDead = await ack(dead, message);
  assert.equal(onDead.ackCount, 0);
  assert.deepEqual(Object.keys(onDead.warnings), [message.lease_id]);
  assert.equal(await count(dead), 1);
});

test('without a consumer an expired message is never dropped for its attempts', async () => {
  // The consumer must be deleted before the lease expires; on a busy machine that needs a longer lease.
  let id;
  let pulledAt;
  let lease = 1_000;
  do {
    lease *= 2;
    ({ id } = await suite.queue({ consumer: { visibility_timeout_ms: lease, max_retries: 0 } }));
    const [{ consumer_id }] = (await consumers.list(id, { account_id })).result;
    await push(id, 'x');
    pulledAt = Date.now();
    assert.equal((await pull(id)).length, 1);
    await consumers.delete(consumer_id, { account_id, queue_id: id });
  } while (Date.now() - pulledAt >= lease);
  await until('it is available again', async () => (await messages.peek(id, { account_id })).messages.length === 1);
  await consumers.create(id, { account_id, type: 'http_pull', settings: LONG });
  const [second] = await pull(id);
  assert.equal(second.attempts, 2);
});

test('a late ack is accepted although the message waits again', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  await push(id, 'x');
  const [first] = await pull(id, { visibility_timeout_ms: 50 });
  await until('the lease has expired', async () => (await messages.peek(id, { account_id })).messages.length === 1);
  assert.deepEqual(await ack(id, first), { ackCount: 1, retryCount: 0, warnings: {} });
  assert.equal(await count(id), 0);
});

test('a late retry sets the new delay and counts the attempt once', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  await push(id, 'x');
  const [first] = await pull(id, { visibility_timeout_ms: 50 });
  await until('the lease has expired', async () => (await messages.peek(id, { account_id })).messages.length === 1);
  const at = Date.now();
  assert.deepEqual(await retry(id, first, { delay_seconds: 1 }), { ackCount: 0, retryCount: 1, warnings: {} });
  assert.equal((await next(id)).attempts, 2);
  assert.ok(Date.now() - at >= 1_000);
});

test('with a newer lease out, an ack by the older one succeeds and a retry by it draws a warning', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  await push(id, 'x');
  const [older] = await pull(id, { visibility_timeout_ms: 50 });
  const newer = await next(id);
  const refused = await retry(id, older);
  assert.equal(refused.retryCount, 0);
  assert.deepEqual(Object.keys(refused.warnings), [older.lease_id]);
  assert.deepEqual(await pull(id), []);
  assert.deepEqual(await ack(id, older), { ackCount: 1, retryCount: 0, warnings: {} });
  assert.equal(await count(id), 0);
  assert.deepEqual(await ack(id, newer), { ackCount: 1, retryCount: 0, warnings: {} });
});

test('a repeated ack succeeds, a retry of a message that is gone draws a warning', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  await push(id, 'x');
  const [message] = await pull(id);
  await ack(id, message);
  assert.deepEqual(await ack(id, message), { ackCount: 1, retryCount: 0, warnings: {} });
  const refused = await retry(id, message);
  assert.equal(refused.retryCount, 0);
  assert.deepEqual(Object.keys(refused.warnings), [message.lease_id]);
});

test('a forged, altered or foreign lease is ignored with a warning', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  const other = await suite.queue({ consumer: LONG });
  await push(id, 'mine');
  await push(other.id, 'theirs');
  const [mine] = await pull(id);
  const [theirs] = await pull(other.id);
  const altered = [...mine.lease_id].map((c, i, all) => (i === all.length - 3 ? (c === 'A' ? 'B' : 'A') : c)).join('');
  for (const lease_id of ['not-a-lease', '', altered, theirs.lease_id, 'x'.repeat(5_000)]) {
    const asAck = await messages.ack(id, { account_id, acks: [{ lease_id }] });
    assert.equal(asAck.ackCount, 0, lease_id);
    assert.deepEqual(Object.keys(asAck.warnings), [lease_id]);
    assert.equal(typeof asAck.warnings[lease_id], 'string');
    const asRetry = await messages.ack(id, { account_id, retries: [{ lease_id }] });
    assert.equal(asRetry.retryCount, 0, lease_id);
  }
  assert.equal(await count(id), 1);
  assert.equal(await count(other.id), 1);
});

test('a lease twice in one request counts once, and acks go before retries', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  await messages.bulkPush(id, { account_id, messages: [{ body: 1 }, { body: 2 }] });
  const [a, b] = await pull(id);
  const lease = ({ lease_id }) => ({ lease_id });
  const response = await messages.ack(id, { account_id, acks: [lease(a), lease(a)], retries: [lease(a), lease(b), lease(b)] });
  assert.equal(response.ackCount, 1);
  assert.equal(response.retryCount, 1);
  assert.deepEqual(new Set(Object.keys(response.warnings)), new Set([a.lease_id, b.lease_id]));
  const back = await pull(id);
  assert.deepEqual(back.map((message) => message.id), [b.id]);
});

test('a thousand leases are acknowledged in one call', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  const batch = Array.from({ length: 100 }, (_, body) => ({ body }));
  await Promise.all(Array.from({ length: 10 }, () => messages.bulkPush(id, { account_id, messages: batch })));
  const taken = (await Promise.all(Array.from({ length: 10 }, () => pull(id)))).flat();
  assert.equal(taken.length, 1_000);
  assert.deepEqual(await ack(id, ...taken), { ackCount: 1_000, retryCount: 0, warnings: {} });
  assert.equal(await count(id), 0);
});

test('a paused queue refuses pulls, accepts acks, and serves again at once when it is resumed', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  await messages.bulkPush(id, { account_id, messages: [{ body: 1 }, { body: 2 }] });
  const [first] = await pull(id, { batch_size: 1 });
  const edit = (delivery_paused) => queues.edit(id, { account_id, settings: { delivery_paused } });
  await edit(true);
  await assert.rejects(pull(id), { status: 409 });
  assert.equal((await messages.peek(id, { account_id })).messages.length, 1);
  assert.equal((await ack(id, first)).ackCount, 1);
  await edit(false);
  assert.equal((await pull(id)).length, 1);
});

async function queuesByName(name) {
  const { result } = await queues.list({ account_id });
  return result.find((queue) => queue.queue_name === name);
}

suite.endsWell();
