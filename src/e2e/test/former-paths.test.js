import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, succeeded } from '../harness/expect.js';
import { ACCOUNT, freshName, Suite, unknownId } from '../harness/suite.js';

// The paths of the first Queues API are other names of the same operations on the same queues.

const suite = await Suite.open();
const { queues } = suite.sdk();
const account_id = ACCOUNT;
const former = `/accounts/${ACCOUNT}/workers/queues`;

async function queueWithFormerPath() {
  const { id, name } = await suite.queue();
  return { id, name, path: `${former}/${name}` };
}

test('a queue has one object, whatever the path and whether it is found by name or id', async () => {
  const queue_name = freshName();
  const created = succeeded(await suite.send('POST', former, { body: { queue_name } }));
  assert.deepEqual(await queues.get(created.queue_id, { account_id }), created);
  assert.deepEqual(succeeded(await suite.send('GET', `${former}/${queue_name}`)), created);
  assert.deepEqual(succeeded(await suite.send('GET', `${former}/${created.queue_id}`)), created);
  assert.deepEqual(succeeded(await suite.send('GET', `${former}?per_page=50`)).at(-1), created);
  succeeded(await suite.send('DELETE', `${former}/${queue_name}`));
  failed(await suite.send('GET', `${former}/${queue_name}`), 404, 11000);
  failed(await suite.send('GET', `/accounts/${ACCOUNT}/queues/${created.queue_id}`), 404, 11000);
});

test('a rename keeps the settings, which these paths do not know', async () => {
  const settings = { delivery_delay: 7, delivery_paused: true, message_retention_period: 600 };
  const { name } = await suite.queue({ settings });
  const queue_name = freshName();
  const renamed = succeeded(await suite.send('PUT', `${former}/${name}`, { body: { queue_name } }));
  assert.equal(renamed.queue_name, queue_name);
  assert.deepEqual(renamed.settings, settings);
});

test('a consumer without a type is a Worker, and is found by the name of the Worker or by its id', async () => {
  const { path } = await queueWithFormerPath();
  const created = succeeded(await suite.send('POST', `${path}/consumers`, { body: { service: 'first', environment: 'production' } }));
  assert.equal(created.type, 'worker');
  assert.equal(created.script_name, 'first');
  assert.equal(created.service, undefined);
  const settings = { batch_size: 20, max_retries: 1, max_wait_time_ms: 100 };
  const replaced = succeeded(await suite.send('PUT', `${path}/consumers/first`, { body: { script_name: 'second', settings } }));
  assert.equal(replaced.consumer_id, created.consumer_id);
  assert.equal(replaced.script_name, 'second');
  assert.deepEqual(replaced.settings, { ...replaced.settings, ...settings });
  assert.deepEqual(succeeded(await suite.send('GET', `${path}/consumers`)), [replaced]);
  failed(await suite.send('DELETE', `${path}/consumers/first`), 404, 10404);
  succeeded(await suite.send('DELETE', `${path}/consumers/${created.consumer_id}`));
  const again = succeeded(await suite.send('PUT', `${path}/consumers/third`, { body: { script_name: 'third' } }));
  assert.equal(again.type, 'worker');
  succeeded(await suite.send('DELETE', `${path}/consumers/third`));
});

test('an http_pull consumer keeps its type, and is found by its id', async () => {
  const { id, path } = await queueWithFormerPath();
  const { consumer_id } = await queues.consumers.create(id, { account_id, type: 'http_pull' });
  const changed = succeeded(await suite.send('PUT', `${path}/consumers/${consumer_id}`, { body: { settings: { max_retries: 9 } } }));
  assert.equal(changed.type, 'http_pull');
  assert.equal(changed.settings.max_retries, 9);
});

test('failures are those of the newer paths', async () => {
  const { id, name, path } = await queueWithFormerPath();
  failed(await suite.send('POST', former, { body: { queue_name: name } }), 400, 11009);
  failed(await suite.send('POST', former, { body: { queue_name: 'a b' } }), 400, 11003);
  failed(await suite.send('GET', `${former}/${unknownId()}`), 404, 11000);
  failed(await suite.send('GET', `${former}/no%20name`), 404, 11000);
  failed(await suite.send('POST', `${path}/consumers`, { body: {} }), 400, 100127);
  failed(await suite.send('POST', `${path}/consumers`, { body: { service: 7 } }), 400, 10026);
  await queues.consumers.create(id, { account_id, type: 'worker', script_name: 'w' });
  failed(await suite.send('POST', `${path}/consumers`, { body: { script_name: 'v' } }), 400, 11004);
  failed(await suite.send('GET', former, { token: 'wrong' }), 403, 10000);
});

suite.endsWell();
