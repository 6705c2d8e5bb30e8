import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, Suite, unknownId } from '../harness/suite.js';
import { table, Wrangler } from '../harness/wrangler.js';

const suite = await Suite.open();
const wrangler = new Wrangler(suite.baseUrl);
const { subscriptions } = suite.sdk().queues;
const account_id = ACCOUNT;
const events = await suite.queue({ name: 'events' });
await suite.queue({ name: 'other' });
const all = async () => (await subscriptions.list({ account_id })).result;
const subscription = (...args) => wrangler.queues('subscription', ...args);
const subscriptionFails = (...args) => wrangler.queuesFails('subscription', ...args);

test('wrangler queues subscription list says when there is none', async () => {
  assert.match(await subscription('list', 'events'), /No event subscriptions found for queue 'events'\./);
});

test('wrangler queues subscription create subscribes a queue to a source', async () => {
  const source = ['--source', 'workersBuilds.worker', '--worker-name', 'my-worker'];
  const output = await subscription('create', 'events', ...source, '--events', 'build.started, build.failed');
  const [created] = await all();
  assert.ok(
    output.includes(`Successfully created event subscription 'events workersBuilds.worker' with id '${created.id}'.`),
    output,
  );
  assert.deepEqual(created.source, { type: 'workersBuilds.worker', worker_name: 'my-worker' });
  assert.deepEqual(created.events, ['build.started', 'build.failed']);
  assert.deepEqual(created.destination, { type: 'queues.queue', queue_id: events.id });
  assert.equal(created.enabled, true);
});

test('wrangler queues subscription create takes a name and may start disabled', async () => {
  await subscription('create', 'other', '--source', 'r2', '--events', 'bucket.created', '--name', 'mine', '--enabled', 'false');
  const created = (await all()).find(({ name }) => name === 'mine');
  assert.equal(created.enabled, false);
  assert.deepEqual(created.source, { type: 'r2' });
});

test('wrangler queues subscription list shows only the subscriptions of that queue', async () => {
  const [created] = await all();
  const output = await subscription('list', 'events');
  assert.match(output, /Event subscriptions for queue 'events':/);
  assert.deepEqual(table(output), [
    {
      ID: created.id,
      Name: 'events workersBuilds.worker',
      Source: 'workersBuilds.worker',
      Events: 'build.started, build.failed',
      Resource: 'my-worker',
      Enabled: 'Yes',
    },
  ]);
  assert.deepEqual(JSON.parse(await subscription('list', 'events', '--json')), [created]);
  assert.match(await subscription('list', 'events', '--page', '2'), /No event subscriptions found/);
});

test('wrangler queues subscription get shows one subscription', async () => {
  const [created] = await all();
  const output = await subscription('get', 'events', '--id', created.id);
  for (const [label, value] of Object.entries({
    ID: created.id,
    Name: created.name,
    Source: 'workersBuilds.worker',
    Resource: 'my-worker',
    'Queue ID': events.id,
    Events: 'build.started, build.failed',
    Enabled: 'Yes',
  })) {
    assert.match(output, new RegExp(`^${label}:\\s+${value.replaceAll('.', '\\.')}$`, 'm'));
  }
  assert.match(output, /^Created At:\s+\S+/m);
  assert.doesNotMatch(output, /Invalid Date/);
  assert.deepEqual(JSON.parse(await subscription('get', 'events', '--id', created.id, '--json')), created);
});

test('a subscription is not shown, changed or deleted through another queue', async () => {
  const [{ id }] = await all();
  const wrong = new RegExp(`Subscription '${id}' does not belong to queue 'other'`);
  assert.match(await subscriptionFails('get', 'other', '--id', id), wrong);
  assert.match(await subscriptionFails('update', 'other', '--id', id, '--name', 'x'), wrong);
  assert.match(await subscriptionFails('delete', 'other', '--id', id, '--force'), wrong);
  assert.equal((await all()).length, 2);
});

test('wrangler queues subscription update changes name, events and switch', async () => {
  const [{ id }] = await all();
  const flags = ['--name', 'renamed', '--events', 'build.completed', '--enabled', 'false'];
  const output = await subscription('update', 'events', '--id', id, ...flags);
  assert.ok(output.includes(`Successfully updated event subscription 'renamed' with id '${id}'.`), output);
  const [updated] = await all();
  assert.deepEqual([updated.name, updated.events, updated.enabled], ['renamed', ['build.completed'], false]);
});

test('an unknown subscription shows the text of the server', async () => {
  const output = await subscriptionFails('get', 'events', '--id', unknownId());
  assert.match(output, /Subscription.*\[code: 10404\]|does not exist.*\[code: 10404\]/s);
});

test('wrangler queues subscription delete deletes', async () => {
  const [{ id }] = await all();
  const output = await subscription('delete', 'events', '--id', id, '--force');
  assert.ok(output.includes(`Successfully deleted event subscription 'renamed' with id '${id}'.`), output);
  assert.deepEqual((await all()).map(({ name }) => name), ['mine']);
});

suite.endsWell();
