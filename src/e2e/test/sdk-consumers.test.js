import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, freshName, ID, Suite, unknownId } from '../harness/suite.js';

const suite = await Suite.open();
const { queues } = suite.sdk();
const account_id = ACCOUNT;
const PULL_DEFAULTS = { batch_size: 5, max_retries: 3, retry_delay: 0, visibility_timeout_ms: 30000 };
const WORKER_DEFAULTS = { batch_size: 10, max_retries: 3, max_wait_time_ms: 5000, max_concurrency: null, retry_delay: 0 };

test('create of an http_pull consumer needs its type alone and returns the documented defaults', async () => {
  const { id, name } = await suite.queue();
  const { consumer_id, created_on, ...rest } = await queues.consumers.create(id, { account_id, type: 'http_pull' });
  assert.match(consumer_id, ID);
  assert.ok(Date.parse(created_on) > 0);
  assert.deepEqual(rest, {
    type: 'http_pull',
    queue_id: id,
    queue_name: name,
    dead_letter_queue: '',
    settings: PULL_DEFAULTS,
  });
});

test('create of a worker consumer returns script and script_name, and nothing called service or environment', async () => {
  const { id, name } = await suite.queue();
  const { consumer_id, created_on, ...rest } = await queues.consumers.create(id, {
    account_id,
    type: 'worker',
    script_name: 'my-consumer-worker',
  });
  assert.match(consumer_id, ID);
  assert.ok(Date.parse(created_on) > 0);
  assert.deepEqual(rest, {
    type: 'worker',
    queue_id: id,
    queue_name: name,
    script: 'my-consumer-worker',
    script_name: 'my-consumer-worker',
    dead_letter_queue: '',
    settings: WORKER_DEFAULTS,
  });
});

test('every configured setting is echoed unchanged', async () => {
  const pull = { batch_size: 10, max_retries: 0, retry_delay: 86400, visibility_timeout_ms: 43200000 };
  const { id } = await suite.queue();
  const created = await queues.consumers.create(id, { account_id, type: 'http_pull', settings: pull });
  assert.deepEqual(created.settings, pull);
  const worker = { batch_size: 100, max_retries: 100, max_wait_time_ms: 60000, max_concurrency: 250, retry_delay: 1 };
  const other = await suite.queue();
  const second = await queues.consumers.create(other.id, {
    account_id,
    type: 'worker',
    script_name: 'w',
    settings: worker,
  });
  assert.deepEqual(second.settings, worker);
});

test('the queue shows its consumer, with its count', async () => {
  const { id } = await suite.queue();
  const consumer = await queues.consumers.create(id, { account_id, type: 'http_pull' });
  const queue = await queues.get(id, { account_id });
  assert.deepEqual(queue.consumers, [consumer]);
  assert.equal(queue.consumers_total_count, 1);
  assert.ok(queue.modified_on > queue.created_on);
});

test('list and get return what create returned', async () => {
  const { id } = await suite.queue();
  assert.deepEqual((await queues.consumers.list(id, { account_id })).result, []);
  const consumer = await queues.consumers.create(id, { account_id, type: 'http_pull' });
  const listed = [];
  for await (const each of queues.consumers.list(id, { account_id })) listed.push(each);
  assert.deepEqual(listed, [consumer]);
  assert.deepEqual(await queues.consumers.get(consumer.consumer_id, { account_id, queue_id: id }), consumer);
});

test('the dead letter queue of a consumer is created if it does not exist', async () => {
  const { id } = await suite.queue();
  const dead_letter_queue = freshName('dead');
  const consumer = await queues.consumers.create(id, { account_id, type: 'http_pull', dead_letter_queue });
  assert.equal(consumer.dead_letter_queue, dead_letter_queue);
  const created = (await queues.list({ account_id })).result.find((queue) => queue.queue_name === dead_letter_queue);
  assert.equal(created.settings.message_retention_period, 345600);
  assert.equal(created.consumers_total_count, 0);
});

test('update overwrites: absent settings go back to their defaults', async () => {
  const { id } = await suite.queue();
  const dead_letter_queue = freshName('dead');
  const created = await queues.consumers.create(id, {
    account_id,
    type: 'http_pull',
    dead_letter_queue,
    settings: { batch_size: 50, max_retries: 9 },
  });
  const updated = await queues.consumers.update(created.consumer_id, {
    account_id,
    queue_id: id,
    type: 'http_pull',
    settings: { retry_delay: 4 },
  });
  assert.equal(updated.consumer_id, created.consumer_id);
  assert.deepEqual(updated.settings, { ...PULL_DEFAULTS, retry_delay: 4 });
  assert.equal(updated.dead_letter_queue, '');
});

test('update may change the type, keeps the id, and takes the current type if none is sent', async () => {
  const { id } = await suite.queue();
  const { consumer_id } = await queues.consumers.create(id, { account_id, type: 'http_pull' });
  const where = { account_id, queue_id: id };
  const worker = await queues.consumers.update(consumer_id, { ...where, type: 'worker', script_name: 'w' });
  assert.equal(worker.consumer_id, consumer_id);
  assert.equal(worker.type, 'worker');
  assert.deepEqual(worker.settings, WORKER_DEFAULTS);
  const same = await queues.consumers.update(consumer_id, { ...where, script_name: 'w2' });
  assert.equal(same.type, 'worker');
  assert.equal(same.script, 'w2');
});

test('update creates a consumer on a queue that has none, and is refused for a foreign id on a queue that has one', async () => {
  const { id } = await suite.queue();
  const where = { account_id, queue_id: id, type: 'http_pull' };
  const created = await queues.consumers.update(unknownId(), where);
  assert.equal(created.type, 'http_pull');
  assert.deepEqual((await queues.consumers.list(id, { account_id })).result, [created]);
  await assert.rejects(queues.consumers.update(unknownId(), where), { status: 404 });
  assert.deepEqual((await queues.consumers.list(id, { account_id })).result, [created]);
});

test('delete returns the envelope, stops pulls at once, keeps the messages and lets leases be acknowledged', async () => {
  const { id } = await suite.queue({ consumer: { visibility_timeout_ms: 60_000 } });
  await queues.messages.bulkPush(id, { account_id, messages: [{ body: 1 }, { body: 2 }] });
  const { messages } = await queues.messages.pull(id, { account_id, batch_size: 1 });
  const [{ consumer_id }] = (await queues.consumers.list(id, { account_id })).result;
  const envelope = await queues.consumers.delete(consumer_id, { account_id, queue_id: id });
  assert.deepEqual(envelope, { success: true, errors: [], messages: [], result: null });
  await assert.rejects(queues.messages.pull(id, { account_id }), { status: 405 });
  const acked = await queues.messages.ack(id, { account_id, acks: [{ lease_id: messages[0].lease_id }] });
  assert.equal(acked.ackCount, 1);
  assert.equal((await queues.getMetrics(id, { account_id })).backlog_count, 1);
  await assert.rejects(queues.consumers.get(consumer_id, { account_id, queue_id: id }), { status: 404 });
  assert.deepEqual((await queues.get(id, { account_id })).consumers, []);
});

test('a pull takes batch size and visibility timeout from its consumer', async () => {
  const { id } = await suite.queue({ consumer: { batch_size: 2, visibility_timeout_ms: 60_000 } });
  await queues.messages.bulkPush(id, { account_id, messages: [1, 2, 3].map((body) => ({ body })) });
  assert.equal((await queues.messages.pull(id, { account_id })).messages.length, 2);
  assert.equal((await queues.messages.pull(id, { account_id })).messages.length, 1);
});

test('a notification consumer is refused with a text that says what there is', async () => {
  const { id } = await suite.queue();
  for (const call of [
    () => queues.consumers.create(id, { account_id, type: 'notification' }),
    () => queues.consumers.update(unknownId(), { account_id, queue_id: id, type: 'notification' }),
  ]) {
    await assert.rejects(call(), (error) => {
      assert.equal(error.status, 400);
      assert.equal(error.errors[0].code, 10026);
      assert.match(error.errors[0].message, /no notification consumers\. Use "http_pull" or "worker"/);
      return true;
    });
  }
});

test('a queue keeps its jurisdiction, and its dead letter queue is of the same one', async () => {
  const queue_name = freshName();
  const queue = await queues.create({ account_id, queue_name, jurisdiction: 'eu' });
  const id = queue.queue_id;
  assert.equal(queue.jurisdiction, 'eu');
  assert.equal((await queues.edit(id, { account_id, queue_name, jurisdiction: 'eu' })).jurisdiction, 'eu');
  assert.equal((await queues.update(id, { account_id, queue_name })).jurisdiction, 'eu');
  for (const change of [
    () => queues.edit(id, { account_id, jurisdiction: 'us' }),
    () => queues.update(id, { account_id, jurisdiction: 'fedramp' }),
  ]) {
    await assert.rejects(change(), { status: 400, message: /100128.*jurisdiction is set when a queue is created/ });
  }
  const { name: elsewhere } = await suite.queue();
  const consumer = { account_id, type: 'http_pull' };
  await assert.rejects(queues.consumers.create(id, { ...consumer, dead_letter_queue: elsewhere }), {
    status: 400,
    message: /100127.*same jurisdiction: eu/,
  });
  const dead_letter_queue = freshName('dead');
  await queues.consumers.create(id, { ...consumer, dead_letter_queue });
  const created = (await queues.list({ account_id })).result.find((each) => each.queue_name === dead_letter_queue);
  assert.equal(created.jurisdiction, 'eu');
});

suite.endsWell();
