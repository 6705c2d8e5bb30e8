import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, Suite } from '../harness/suite.js';
import { table, Wrangler } from '../harness/wrangler.js';

const suite = await Suite.open();
const wrangler = new Wrangler(suite.baseUrl);
const { queues } = suite.sdk();
const account_id = ACCOUNT;
const find = async (name) => (await queues.list({ account_id })).result.find((queue) => queue.queue_name === name);

test('it is the pinned wrangler', async () => {
  const { stdout } = await wrangler.run(['--version']);
  assert.match(stdout, /\b4\.125\.0\b/);
});

test('wrangler queues list of an empty account prints no queue', async () => {
  assert.deepEqual(table(await wrangler.queues('list')), []);
});

test('wrangler queues create makes a queue with default settings', async () => {
  const output = await wrangler.queues('create', 'orders');
  assert.match(output, /Creating queue 'orders'/);
  assert.match(output, /Created queue 'orders'/);
  const { settings } = await find('orders');
  assert.deepEqual(settings, { delivery_delay: 0, delivery_paused: false, message_retention_period: 345600 });
});

test('wrangler queues create passes its flags on', async () => {
  await wrangler.queues('create', 'delayed', '--delivery-delay-secs', '30', '--message-retention-period-secs', '7200');
  const { settings } = await find('delayed');
  assert.deepEqual(settings, { delivery_delay: 30, delivery_paused: false, message_retention_period: 7200 });
});

test('wrangler queues create shows the text of the server for a taken and for an ill-formed name', async () => {
  const taken = await wrangler.queuesFails('create', 'orders');
  assert.match(
    taken,
    /Queue name 'orders' is already taken\. Please use a different name and try again\. \[code: 11009\]/,
  );
  const wrong = await wrangler.queuesFails('create', 'no spaces allowed');
  assert.match(wrong, /Queue name 'no spaces allowed' is invalid: .+ \[code: 11003\]/s);
});

test('wrangler queues list prints every queue with its times and counts', async () => {
  const rows = table(await wrangler.queues('list'));
  const expected = (await queues.list({ account_id })).result.map((queue) => ({
    id: queue.queue_id,
    name: queue.queue_name,
    created_on: queue.created_on,
    modified_on: queue.modified_on,
    producers: '0',
    consumers: '0',
  }));
  assert.deepEqual(rows, expected);
  assert.deepEqual(rows.map(({ name }) => name), ['orders', 'delayed']);
  assert.deepEqual(table(await wrangler.queues('list', '--page', '2')), []);
});

test('wrangler queues update changes what its flags say and keeps the rest', async () => {
  const output = await wrangler.queues('update', 'delayed', '--delivery-delay-secs', '5');
  assert.match(output, /Updated queue delayed\./);
  assert.deepEqual((await find('delayed')).settings, {
    delivery_delay: 5,
    delivery_paused: false,
    message_retention_period: 7200,
  });
});

test('wrangler queues update without flags changes nothing', async () => {
  const before = await find('delayed');
  await wrangler.queues('update', 'delayed');
  const { modified_on, ...after } = await find('delayed');
  assert.deepEqual({ ...after, modified_on: before.modified_on }, before);
});

test('wrangler queues pause-delivery and resume-delivery switch delivery, and update leaves the pause alone', async () => {
  assert.match(await wrangler.queues('pause-delivery', 'delayed'), /Paused message delivery for queue delayed\./);
  assert.equal((await find('delayed')).settings.delivery_paused, true);
  await wrangler.queues('update', 'delayed', '--delivery-delay-secs', '0');
  assert.deepEqual((await find('delayed')).settings, {
    delivery_delay: 0,
    delivery_paused: true,
    message_retention_period: 7200,
  });
  assert.match(await wrangler.queues('resume-delivery', 'delayed'), /Resumed message delivery for queue delayed\./);
  assert.equal((await find('delayed')).settings.delivery_paused, false);
});

test('wrangler queues info shows the queue and no consumers', async () => {
  const queue = await find('orders');
  const output = await wrangler.queues('info', 'orders');
  assert.match(output, /^Queue Name: orders$/m);
  assert.ok(output.includes(`Queue ID: ${queue.queue_id}`));
  assert.ok(output.includes(`Created On: ${queue.created_on}`));
  assert.ok(output.includes(`Last Modified: ${queue.modified_on}`));
  assert.match(output, /^Number of Producers: 0$/m);
  assert.match(output, /^Number of Consumers: 0$/m);
  assert.doesNotMatch(output, /^Consumers:/m);
});

test('wrangler queues purge needs --force without a terminal, and then empties the queue', async () => {
  const { queue_id } = await find('orders');
  await queues.messages.bulkPush(queue_id, { account_id, messages: [{ body: 1 }, { body: 2 }] });
  assert.match(await wrangler.queuesFails('purge', 'orders'), /--force flag is required/);
  assert.equal((await queues.getMetrics(queue_id, { account_id })).backlog_count, 2);
  assert.match(await wrangler.queues('purge', 'orders', '--force'), /Purged Queue 'orders'/);
  assert.equal((await queues.getMetrics(queue_id, { account_id })).backlog_count, 0);
});

test('a name that is only the beginning of another does not match it', async () => {
  const output = await wrangler.queuesFails('delete', 'order');
  assert.match(output, /Queue "order" does not exist\. To create it, run: wrangler queues create order/);
  assert.ok(await find('orders'));
});

test('wrangler queues delete removes the queue', async () => {
  assert.match(await wrangler.queues('delete', 'orders'), /Deleted queue orders\./);
  assert.equal(await find('orders'), undefined);
  assert.match(await wrangler.queuesFails('info', 'orders'), /Queue "orders" does not exist/);
});

suite.endsWell();
