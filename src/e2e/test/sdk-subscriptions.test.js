import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ID, Suite, unknownId } from '../harness/suite.js';

const suite = await Suite.open();
const { queues } = suite.sdk();
const { subscriptions } = queues;

/** A new account with one queue, and a function that creates a subscription to it. */
async function account() {
  const account_id = unknownId();
  const { queue_id } = await queues.create({ account_id, queue_name: 'events' });
  const destination = { type: 'queues.queue', queue_id };
  const create = (more = {}) =>
    subscriptions.create({
      account_id,
      name: 'builds',
      enabled: true,
      source: { type: 'workersBuilds.worker', worker_name: 'my-worker' },
      destination,
      events: ['build.started', 'build.completed'],
      ...more,
    });
  return { account_id, queue_id, destination, create };
}

async function every(pages) {
  const all = [];
  for await (const each of pages) {
    all.push(each);
    assert.ok(all.length < 1_000, 'the iteration ends');
  }
  return all;
}

test('create returns the subscription, and get the same', async () => {
  const { account_id, destination, create } = await account();
  const created = await create();
  const { id, created_at, modified_at, ...rest } = created;
  assert.match(id, ID);
  assert.ok(Date.parse(created_at) > 0 && Date.parse(modified_at) > 0);
  assert.deepEqual(rest, {
    name: 'builds',
    enabled: true,
    source: { type: 'workersBuilds.worker', worker_name: 'my-worker' },
    destination,
    events: ['build.started', 'build.completed'],
  });
  assert.deepEqual(await subscriptions.get(id, { account_id }), created);
});

test('create fills in an empty name and enables', async () => {
  const { create } = await account();
  const created = await create({ name: undefined, enabled: undefined });
  assert.equal(created.name, '');
  assert.equal(created.enabled, true);
});

test('a source of any type is kept as it was sent', async () => {
  const { create } = await account();
  const sources = [
    { type: 'r2' },
    { type: 'workersAi.model', model_name: 'm' },
    { type: 'workflows.workflow', workflow_name: 'w' },
    { type: 'artifacts.repo', namespace: 'n', repo_name: 'r' },
    { type: 'something.newer', nested: { list: [1, 'two', null] } },
  ];
  for (const source of sources) assert.deepEqual((await create({ source })).source, source);
});

test('the automatic pagination of the SDK ends and shows everything once', async () => {
  const { account_id, create } = await account();
  const created = [];
  for (let n = 0; n < 45; n++) created.push(await create({ name: `s${n}` }));
  const listed = await every(subscriptions.list({ account_id }));
  assert.deepEqual(listed, created);
  const byTen = await every(subscriptions.list({ account_id, per_page: 10 }));
  assert.deepEqual(byTen, created);
});

test('a page past the end is empty, and the totals are right', async () => {
  const { account_id, create } = await account();
  for (let n = 0; n < 3; n++) await create({ name: `s${n}` });
  const second = await subscriptions.list({ account_id, per_page: 2, page: 2 });
  assert.deepEqual(second.result.map(({ name }) => name), ['s2']);
  assert.deepEqual(second.result_info, { count: 1, page: 2, per_page: 2, total_count: 3, total_pages: 2 });
  const past = await subscriptions.list({ account_id, page: 99 });
  assert.deepEqual(past.result, []);
  assert.equal(past.result_info.total_count, 3);
});

test('the iteration over no subscriptions ends', async () => {
  assert.deepEqual(await every(subscriptions.list({ account_id: unknownId() })), []);
});

test('list sorts by what it is asked for, in both directions', async () => {
  const { account_id, create } = await account();
  await create({ name: 'b', enabled: true, source: { type: 'r2' } });
  await create({ name: 'c', enabled: false, source: { type: 'kv' } });
  await create({ name: 'a', enabled: true, source: { type: 'images' } });
  const names = async (query) => (await every(subscriptions.list({ account_id, ...query }))).map(({ name }) => name);
  assert.deepEqual(await names({}), ['b', 'c', 'a']);
  assert.deepEqual(await names({ order: 'created_at', direction: 'desc' }), ['a', 'c', 'b']);
  assert.deepEqual(await names({ order: 'name' }), ['a', 'b', 'c']);
  assert.deepEqual(await names({ order: 'name', direction: 'desc' }), ['c', 'b', 'a']);
  assert.equal((await names({ order: 'enabled', direction: 'asc' }))[0], 'c');
  assert.deepEqual(await names({ order: 'source', direction: 'asc' }), ['a', 'c', 'b']);
});

test('list filters by queue', async () => {
  const { account_id, create } = await account();
  const { queue_id } = await queues.create({ account_id, queue_name: 'other' });
  await create({ name: 'first' });
  await create({ name: 'second', destination: { type: 'queues.queue', queue_id } });
  const found = await subscriptions.list({ account_id }, { query: { queue_id } });
  assert.deepEqual(found.result.map(({ name }) => name), ['second']);
});

test('update changes what it is sent and nothing else', async () => {
  const { account_id, create } = await account();
  const created = await create();
  const named = await subscriptions.update(created.id, { account_id, name: 'renamed' });
  assert.deepEqual({ ...named, modified_at: '' }, { ...created, name: 'renamed', modified_at: '' });
  const changed = await subscriptions.update(created.id, { account_id, enabled: false, events: ['x'] });
  assert.equal(changed.enabled, false);
  assert.deepEqual(changed.events, ['x']);
  assert.equal(changed.name, 'renamed');
  assert.deepEqual(changed.source, created.source);
  const { queue_id } = await queues.create({ account_id, queue_name: 'other' });
  const destination = { type: 'queues.queue', queue_id };
  assert.deepEqual((await subscriptions.update(created.id, { account_id, destination })).destination, destination);
});

test('delete returns the deleted subscription, which is gone then', async () => {
  const { account_id, create } = await account();
  const created = await create();
  assert.deepEqual(await subscriptions.delete(created.id, { account_id }), created);
  await assert.rejects(subscriptions.get(created.id, { account_id }), { status: 404 });
  assert.deepEqual(await every(subscriptions.list({ account_id })), []);
});

test('the subscriptions of a queue go with it', async () => {
  const { account_id, queue_id, create } = await account();
  const { id } = await create();
  await queues.delete(queue_id, { account_id });
  await assert.rejects(subscriptions.get(id, { account_id }), { status: 404 });
});

suite.endsWell();
