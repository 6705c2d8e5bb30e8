import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, freshName, Suite } from '../harness/suite.js';

const suite = await Suite.open();
const { queues } = suite.sdk();
const { messages, purge } = queues;
const account_id = ACCOUNT;
const LONG = { visibility_timeout_ms: 600_000 };
const text = (body, more) => ({ body, content_type: 'text', ...more });
const fill = (id, ...bodies) => messages.bulkPush(id, { account_id, messages: bodies.map((body) => text(body)) });
const peek = async (id, batch_size = 100) => (await messages.peek(id, { account_id, batch_size })).messages;

test('peek shows what is available, oldest first, and takes no lease', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  await fill(id, 'a', 'b', 'c');
  await messages.push(id, { account_id, ...text('delayed', { delay_seconds: 600 }) });
  await messages.pull(id, { account_id, batch_size: 1 });
  const first = await messages.peek(id, { account_id, batch_size: 10 });
  assert.deepEqual(Object.keys(first), ['messages']);
  assert.deepEqual(first.messages.map(({ body }) => body), ['b', 'c']);
  assert.deepEqual(first.messages.map(({ attempts }) => attempts), [0, 0]);
  assert.deepEqual(Object.keys(first.messages[0]).sort(), ['attempts', 'body', 'id', 'metadata', 'ref', 'timestamp_ms']);
  const second = await peek(id);
  assert.deepEqual(second.map((message) => message.id), first.messages.map((message) => message.id));
  const pulled = await messages.pull(id, { account_id, batch_size: 10 });
  assert.deepEqual(pulled.messages.map(({ body, attempts }) => [body, attempts]), [['b', 1], ['c', 1]]);
});

test('peek needs no consumer, shows five unless told otherwise, and works while delivery is paused', async () => {
  const { id } = await suite.queue({ settings: { delivery_paused: true } });
  await fill(id, ...'abcdefg');
  assert.equal((await messages.peek(id, { account_id })).messages.length, 5);
  assert.equal((await peek(id, 100)).length, 7);
});

test('peek counts the deliveries so far and encodes JSON as pull does', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  await messages.push(id, { account_id, body: { a: 1 } });
  const pulled = await messages.pull(id, { account_id });
  await messages.ack(id, { account_id, retries: [{ lease_id: pulled.messages[0].lease_id }] });
  const [seen] = await peek(id);
  assert.equal(seen.attempts, 1);
  assert.equal(seen.body, pulled.messages[0].body);
  assert.equal(seen.id, pulled.messages[0].id);
});

test('purge by ref deletes exactly those messages and warns about the others', async () => {
  const dead = freshName('dead');
  const { id } = await suite.queue({ consumer: LONG, deadLetterQueue: dead });
  const other = await suite.queue();
  await fill(id, 'a', 'b', 'c');
  await fill(other.id, 'foreign');
  const [a, , c] = await peek(id);
  const [foreign] = await peek(other.id);
  const response = await messages.purge(id, {
    account_id,
    refs: [a, c, foreign, { ref: 'not-a-ref' }].map(({ ref }) => ({ ref })),
  });
  assert.deepEqual(response.errors, []);
  assert.deepEqual(Object.keys(response.warnings).sort(), [foreign.ref, 'not-a-ref'].sort());
  assert.ok(Object.values(response.warnings).every((warning) => typeof warning === 'string'));
  assert.deepEqual((await peek(id)).map(({ body }) => body), ['b']);
  assert.equal((await queues.getMetrics(id, { account_id })).backlog_count, 1);
  assert.equal((await peek(other.id)).length, 1);
  const again = await messages.purge(id, { account_id, refs: [{ ref: a.ref }] });
  assert.deepEqual(Object.keys(again.warnings), [a.ref]);
});

test('purge by ref deletes a message that was leased meanwhile, and its ack is a no-op', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  await fill(id, 'a');
  const [seen] = await peek(id);
  const pulled = await messages.pull(id, { account_id });
  const response = await messages.purge(id, { account_id, refs: [{ ref: seen.ref }] });
  assert.deepEqual(response, { errors: [], warnings: {} });
  assert.equal((await queues.getMetrics(id, { account_id })).backlog_count, 0);
  const acks = [{ lease_id: pulled.messages[0].lease_id }];
  assert.deepEqual(await messages.ack(id, { account_id, acks }), { ackCount: 1, retryCount: 0, warnings: {} });
});

test('a queue that was never purged has an empty purge status', async () => {
  const { id } = await suite.queue();
  assert.deepEqual(await purge.status(id, { account_id }), {});
});

test('purge.start removes ready, delayed and leased messages, also from a paused queue, and not into the dead letter queue', async () => {
  const dead = freshName('dead');
  const { id } = await suite.queue({ consumer: { ...LONG, max_retries: 0 }, deadLetterQueue: dead });
  await fill(id, 'a', 'b');
  await messages.push(id, { account_id, ...text('delayed', { delay_seconds: 600 }) });
  const pulled = await messages.pull(id, { account_id, batch_size: 1 });
  await queues.edit(id, { account_id, settings: { delivery_paused: true } });
  const started = await purge.start(id, { account_id, delete_messages_permanently: true });
  assert.equal(started.queue_id, id);
  assert.equal(started.complete, true);
  assert.ok(Date.parse(started.started_at) > 0);
  assert.deepEqual(await queues.getMetrics(id, { account_id }), {
    backlog_count: 0,
    backlog_bytes: 0,
    oldest_message_timestamp_ms: 0,
  });
  const acks = [{ lease_id: pulled.messages[0].lease_id }];
  assert.equal((await messages.ack(id, { account_id, acks })).ackCount, 1);
  assert.deepEqual(await purge.status(id, { account_id }), { completed: 'true', started_at: started.started_at });
  const { result } = await queues.list({ account_id });
  const deadId = result.find((queue) => queue.queue_name === dead).queue_id;
  assert.equal((await queues.getMetrics(deadId, { account_id })).backlog_count, 0);
});

test('messages pushed after a purge are served', async () => {
  const { id } = await suite.queue({ consumer: LONG });
  await fill(id, 'old');
  await purge.start(id, { account_id, delete_messages_permanently: true });
  await fill(id, 'new');
  const pulled = await messages.pull(id, { account_id });
  assert.deepEqual(pulled.messages.map(({ body }) => body), ['new']);
  assert.equal(pulled.message_backlog_count, 1);
});

test('purge.start without the confirmation changes nothing', async () => {
  const { id } = await suite.queue();
  await fill(id, 'a');
  for (const body of [{}, { delete_messages_permanently: false }]) {
    await assert.rejects(purge.start(id, { account_id, ...body }), (error) => error.errors[0].code === 10026);
  }
  assert.equal((await queues.getMetrics(id, { account_id })).backlog_count, 1);
  assert.deepEqual(await purge.status(id, { account_id }), {});
});

suite.endsWell();
