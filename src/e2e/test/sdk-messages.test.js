import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, ID, Suite } from '../harness/suite.js';
import { until } from '../harness/until.js';

const suite = await Suite.open();
const { queues } = suite.sdk();
const { messages } = queues;
const account_id = ACCOUNT;
const LONG = { visibility_timeout_ms: 600_000, batch_size: 100 };
const decoded = ({ body }) => JSON.parse(Buffer.from(body, 'base64').toString('utf8'));
const leases = (pulled) => pulled.map(({ lease_id }) => ({ lease_id }));

test('a text is pushed, pulled unchanged and acknowledged', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  const body = 'order 17 shipped \u2713 \u{1F600} "quoted" \\ \t\n end';
  const before = Date.now();
  const pushed = await messages.push(id, { account_id, body, content_type: 'text' });
  assert.deepEqual(Object.keys(pushed), ['metadata']);
  assert.equal(pushed.metadata.metrics.backlog_count, 1);
  assert.equal(pushed.metadata.metrics.backlog_bytes, Buffer.byteLength(body));

  const pulled = await messages.pull(id, { account_id });
  assert.equal(pulled.message_backlog_count, 1);
  assert.deepEqual(pulled.metadata, pushed.metadata);
  const [message] = pulled.messages;
  assert.match(message.id, ID);
  assert.equal(message.body, body);
  assert.equal(message.attempts, 1);
  assert.ok(message.timestamp_ms >= before && message.timestamp_ms <= Date.now());
  assert.equal(message.metadata['CF-Content-Type'], 'text');
  assert.equal(message.metadata['CF-sourceMessageSource'], 'api');
  assert.ok(Object.values(message.metadata).every((value) => typeof value === 'string'));
  assert.match(message.lease_id, /^[\x21-\x7e]{1,511}$/);
  assert.equal(encodeURIComponent(message.lease_id), message.lease_id, 'the lease is URL-safe');

  const response = await messages.ack(id, { account_id, acks: [{ lease_id: message.lease_id }] });
  assert.deepEqual(response, { ackCount: 1, retryCount: 0, warnings: {} });
  const empty = await messages.pull(id, { account_id });
  assert.deepEqual(empty, {
    message_backlog_count: 0,
    messages: [],
    metadata: { metrics: { backlog_count: 0, backlog_bytes: 0, oldest_message_timestamp_ms: 0 } },
  });
});

const VALUES = {
  'an object': { order: 18, lines: [{ sku: 'A-1', qty: 2 }], z: 1, a: 2 },
  'an empty object': {},
  'an array': [1, 'two', [3], { four: 4 }, null],
  'a string': 'just a string',
  'an empty string': '',
  'a number': 42.5,
  zero: 0,
  null: null,
  true: true,
  'nested unicode': { '\u{1F600}': { 'k\u00e9y': ['\u4f60\u597d', '\u0000', '\u2028', { deep: '\u{1D11E}' }] } },
};

for (const [what, body] of Object.entries(VALUES)) {
  test(`JSON comes back as it was pushed: ${what}`, async () => {
    const { id } = await suite.queue({ consumer: LONG });
    await messages.push(id, { account_id, body });
    await messages.push(id, { account_id, body, content_type: 'json' });
    const pulled = await messages.pull(id, { account_id });
    assert.equal(pulled.messages.length, 2);
    for (const message of pulled.messages) {
      assert.equal(message.metadata['CF-Content-Type'], 'json');
      assert.equal(message.body, Buffer.from(JSON.stringify(body)).toString('base64'));
      assert.deepEqual(decoded(message), body);
    }
  });
}

test('texts keep every code point, the empty one and 128000 bytes included', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  const bodies = ['', '\u0000\u0001\u007f', '\ufeffmark', '\u{10FFFF}\u{1F468}\u200d\u{1F4BB}', '\u00e9'.repeat(64_000)];
  for (const body of bodies) await messages.push(id, { account_id, body, content_type: 'text' });
  const pulled = await messages.pull(id, { account_id });
  assert.deepEqual(pulled.messages.map(({ body }) => body), bodies);
});

test('a batch of 100 with mixed content types is stored whole and served in order', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  const batch = Array.from({ length: 100 }, (_, n) => (n % 2 ? { body: { n } } : { body: `text ${n}`, content_type: 'text' }));
  const pushed = await messages.bulkPush(id, { account_id, messages: batch });
  assert.equal(pushed.metadata.metrics.backlog_count, 100);
  const pulled = await messages.pull(id, { account_id, batch_size: 100 });
  assert.deepEqual(
    pulled.messages.map((message) => (message.metadata['CF-Content-Type'] === 'text' ? message.body : decoded(message))),
    batch.map(({ body }) => body),
  );
  assert.equal(new Set(pulled.messages.map((message) => message.id)).size, 100);
  const response = await messages.ack(id, { account_id, acks: leases(pulled.messages) });
  assert.equal(response.ackCount, 100);
  assert.equal((await queues.getMetrics(id, { account_id })).backlog_count, 0);
});

test('a delayed push stays hidden until its delay is over', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  const pushedAt = Date.now();
  await messages.push(id, { account_id, body: 'later', content_type: 'text', delay_seconds: 2 });
  await messages.push(id, { account_id, body: 'now', content_type: 'text' });
  const first = await messages.pull(id, { account_id, batch_size: 1 });
  assert.deepEqual(first.messages.map(({ body }) => body), ['now']);
  assert.equal(first.message_backlog_count, 2);
  const late = await until('the delayed message is served', async () => {
    const { messages: found } = await messages.pull(id, { account_id });
    return found[0];
  });
  assert.equal(late.body, 'later');
  assert.ok(Date.now() - pushedAt >= 2_000, `${Date.now() - pushedAt} ms after the push`);
  assert.ok(late.timestamp_ms <= first.messages[0].timestamp_ms, 'the time stamp is that of the push');
});

test('the delay of a message beats that of its batch, and both beat that of the queue, zero included', async () => {
  const { id } = await suite.queue({ consumer: LONG, settings: { delivery_delay: 600 } });
  await messages.push(id, { account_id, body: 'push: queue', content_type: 'text' });
  await messages.push(id, { account_id, body: 'push: own 0', content_type: 'text', delay_seconds: 0 });
  const text = (body, delay_seconds) => ({ body, content_type: 'text', delay_seconds });
  await messages.bulkPush(id, {
    account_id,
    delay_seconds: 600,
    messages: [text('batch 600'), text('batch 600, own 0', 0)],
  });
  await messages.bulkPush(id, { account_id, delay_seconds: 0, messages: [text('batch 0'), text('batch 0, own 600', 600)] });
  await messages.bulkPush(id, { account_id, messages: [text('batch: queue'), text('batch: own 0', 0)] });
  const pulled = await messages.pull(id, { account_id });
  assert.deepEqual(
    pulled.messages.map(({ body }) => body).sort(),
    ['batch 0', 'batch 600, own 0', 'batch: own 0', 'push: own 0'].sort(),
  );
  assert.equal(pulled.message_backlog_count, 8);
});

test('concurrent pulls get disjoint messages', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  await messages.bulkPush(id, { account_id, messages: Array.from({ length: 100 }, (_, body) => ({ body })) });
  const pulls = await Promise.all(Array.from({ length: 12 }, () => messages.pull(id, { account_id, batch_size: 10 })));
  const ids = pulls.flatMap((pulled) => pulled.messages.map((message) => message.id));
  assert.equal(ids.length, 100);
  assert.equal(new Set(ids).size, 100);
});

test('pushes work without a consumer and while delivery is paused', async () => {
  const { id } = await suite.queue({ settings: { delivery_paused: true } });
  await messages.push(id, { account_id, body: 1 });
  const pushed = await messages.bulkPush(id, { account_id, messages: [{ body: 2 }] });
  assert.equal(pushed.metadata.metrics.backlog_count, 2);
});

test('an empty ack returns zeros', async () => {
  const { id } = await suite.queue();
  assert.deepEqual(await messages.ack(id, { account_id }), { ackCount: 0, retryCount: 0, warnings: {} });
});

suite.endsWell();
