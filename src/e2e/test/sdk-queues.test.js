import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, freshName, ID, Suite, unknownId } from '../harness/suite.js';

const suite = await Suite.open();
const { queues } = suite.sdk();
const account_id = ACCOUNT;
const DEFAULTS = { delivery_delay: 0, delivery_paused: false, message_retention_period: 345600 };
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

test('create returns the whole queue object with the documented defaults', async () => {
  const queue_name = freshName();
  const { queue_id, created_on, modified_on, ...rest } = await queues.create({ account_id, queue_name });
  assert.match(queue_id, ID);
  assert.match(created_on, RFC3339);
  assert.match(modified_on, RFC3339);
  assert.deepEqual(rest, {
    queue_name,
    settings: DEFAULTS,
    producers: [],
    producers_total_count: 0,
    consumers: [],
    consumers_total_count: 0,
  });
});

test('create takes settings although the SDK does not type them', async () => {
  const settings = { delivery_delay: 5, delivery_paused: true, message_retention_period: 60 };
  const queue = await queues.create({ account_id, queue_name: freshName(), settings });
  assert.deepEqual(queue.settings, settings);
});

test('create echoes a jurisdiction and get shows it', async () => {
  const queue = await queues.create({ account_id, queue_name: freshName(), jurisdiction: 'eu' });
  assert.equal(queue.jurisdiction, 'eu');
  assert.equal((await queues.get(queue.queue_id, { account_id })).jurisdiction, 'eu');
});

test('get returns what create returned', async () => {
  const queue = await queues.create({ account_id, queue_name: freshName() });
  assert.deepEqual(await queues.get(queue.queue_id, { account_id }), queue);
});

test('list shows every queue of the account on its single page, in order of creation', async () => {
  const owner = unknownId();
  const created = [];
  for (let i = 0; i < 30; i++) {
    created.push(await queues.create({ account_id: owner, queue_name: `queue-${30 - i}` }));
  }
  const page = await queues.list({ account_id: owner });
  assert.deepEqual(page.result, created);
  assert.equal(page.hasNextPage(), false);
  const iterated = [];
  for await (const queue of queues.list({ account_id: owner })) iterated.push(queue.queue_id);
  assert.deepEqual(iterated, created.map((queue) => queue.queue_id));
});

test('an account does not see the queues of another', async () => {
  const queue = await queues.create({ account_id, queue_name: freshName() });
  const other = unknownId();
  assert.deepEqual((await queues.list({ account_id: other })).result, []);
  await assert.rejects(queues.get(queue.queue_id, { account_id: other }), { status: 404 });
  const twin = await queues.create({ account_id: other, queue_name: queue.queue_name });
  assert.notEqual(twin.queue_id, queue.queue_id);
});

test('update overwrites: an absent setting goes back to its default, an absent name stays', async () => {
  const settings = { delivery_delay: 7, delivery_paused: true, message_retention_period: 3600 };
  const queue = await queues.create({ account_id, queue_name: freshName(), settings });
  const updated = await queues.update(queue.queue_id, { account_id, settings: { delivery_delay: 9 } });
  assert.deepEqual(updated.settings, { ...DEFAULTS, delivery_delay: 9 });
  assert.equal(updated.queue_name, queue.queue_name);
  assert.deepEqual(await queues.get(queue.queue_id, { account_id }), updated);
});

test('update with an empty body resets the settings', async () => {
  const queue = await queues.create({ account_id, queue_name: freshName(), settings: { delivery_delay: 7 } });
  const updated = await queues.update(queue.queue_id, { account_id });
  assert.deepEqual(updated.settings, DEFAULTS);
});

test('edit merges settings field by field', async () => {
  const settings = { delivery_delay: 7, delivery_paused: false, message_retention_period: 3600 };
  const queue = await queues.create({ account_id, queue_name: freshName(), settings });
  const paused = await queues.edit(queue.queue_id, { account_id, settings: { delivery_paused: true } });
  assert.deepEqual(paused.settings, { ...settings, delivery_paused: true });
  const delayed = await queues.edit(queue.queue_id, { account_id, settings: { delivery_delay: 1 } });
  assert.deepEqual(delayed.settings, { ...settings, delivery_paused: true, delivery_delay: 1 });
});

test('edit takes null for a setting as its default', async () => {
  const queue = await queues.create({ account_id, queue_name: freshName(), settings: { delivery_delay: 7 } });
  const edited = await queues.edit(queue.queue_id, { account_id, settings: { delivery_delay: null } });
  assert.equal(edited.settings.delivery_delay, 0);
});

test('edit and update accept the name that the queue has already', async () => {
  const queue = await queues.create({ account_id, queue_name: freshName() });
  const { queue_name } = queue;
  assert.equal((await queues.edit(queue.queue_id, { account_id, queue_name })).queue_name, queue_name);
  assert.equal((await queues.update(queue.queue_id, { account_id, queue_name })).queue_name, queue_name);
});

test('a change moves modified_on and leaves created_on', async () => {
  const queue = await queues.create({ account_id, queue_name: freshName() });
  const edited = await queues.edit(queue.queue_id, { account_id, settings: { delivery_delay: 3 } });
  assert.equal(edited.created_on, queue.created_on);
  assert.ok(edited.modified_on > queue.modified_on, `${edited.modified_on} after ${queue.modified_on}`);
});

test('a rename keeps the id and takes the references of dead letter queues along', async () => {
  const dead = await queues.create({ account_id, queue_name: freshName('dead') });
  const queue = await suite.queue({ consumer: {}, deadLetterQueue: dead.queue_name });
  const renamed = await queues.edit(dead.queue_id, { account_id, queue_name: freshName('renamed') });
  assert.equal(renamed.queue_id, dead.queue_id);
  const { consumers } = await queues.get(queue.id, { account_id });
  assert.equal(consumers[0].dead_letter_queue, renamed.queue_name);
  const reused = await queues.create({ account_id, queue_name: dead.queue_name });
  assert.notEqual(reused.queue_id, dead.queue_id);
});

test('delete returns the envelope, and the queue is gone with its messages', async () => {
  const { id, name } = await suite.queue({ consumer: {} });
  await queues.messages.push(id, { account_id, body: 'x', content_type: 'text' });
  const envelope = await queues.delete(id, { account_id });
  assert.deepEqual(envelope, { success: true, errors: [], messages: [], result: null });
  await assert.rejects(queues.get(id, { account_id }), { status: 404 });
  const again = await suite.queue({ name, consumer: {} });
  assert.deepEqual((await queues.messages.pull(again.id, { account_id })).messages, []);
});

test('getMetrics of an empty queue is three zeros', async () => {
  const { id } = await suite.queue();
  assert.deepEqual(await queues.getMetrics(id, { account_id }), {
    backlog_count: 0,
    backlog_bytes: 0,
    oldest_message_timestamp_ms: 0,
  });
});

test('getMetrics counts ready, delayed and leased messages until they are acknowledged', async () => {
  const { id } = await suite.queue({ consumer: {} });
  const before = Date.now();
  await queues.messages.push(id, { account_id, body: 'h\u00e9llo', content_type: 'text' });
  await queues.messages.push(id, { account_id, body: { a: 1 }, delay_seconds: 600 });
  const full = await queues.getMetrics(id, { account_id });
  assert.equal(full.backlog_count, 2);
  assert.equal(full.backlog_bytes, 6 + 7);
  assert.ok(full.oldest_message_timestamp_ms >= before && full.oldest_message_timestamp_ms <= Date.now());
  const { messages } = await queues.messages.pull(id, { account_id });
  assert.deepEqual(await queues.getMetrics(id, { account_id }), full);
  await queues.messages.ack(id, { account_id, acks: messages.map(({ lease_id }) => ({ lease_id })) });
  const rest = await queues.getMetrics(id, { account_id });
  assert.equal(rest.backlog_count, 1);
  assert.equal(rest.backlog_bytes, 7);
});

suite.endsWell();
