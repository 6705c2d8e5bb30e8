import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { PermissionDeniedError } from 'cloudflare';
import { temporaryDirectory } from '../harness/process.js';
import { ACCOUNT, freshName, Suite, unknownId } from '../harness/suite.js';

const OTHER_ACCOUNT = 'aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb';
const EMAIL = 'ops@example.com';
const KEY = 'the-global-key';
const sha256 = (token) => createHash('sha256').update(token).digest('hex');

const directory = temporaryDirectory();
const config = path.join(directory, 'sluice.yaml');
await writeFile(
  config,
  `auth:
  email: ${EMAIL}
  key: ${KEY}
  tokens:
    - { name: writer, sha256: ${sha256('writer-token')}, accounts: ["${ACCOUNT}"], access: write }
    - { name: reader, sha256: ${sha256('reader-token')}, accounts: ["${ACCOUNT}"], access: read }
    - { name: everywhere, sha256: ${sha256('everywhere-token')}, accounts: ["*"], access: write }
`,
);
const suite = await Suite.open({ args: ['--config', config] });
const account_id = ACCOUNT;
const as = (token, options) => suite.sdk({ apiToken: token, ...options }).queues;
const byKey = (apiEmail, apiKey) => suite.sdk({ apiToken: null, apiEmail, apiKey }).queues;
const denied = (error) => {
  assert.equal(error.constructor, PermissionDeniedError, String(error));
  assert.equal(error.errors[0].code, 10000);
  return true;
};
const { queue_id } = await as('writer-token').create({ account_id, queue_name: 'shared' });

test('a token for writing does everything in its account', async () => {
  const queues = as('writer-token');
  const { queue_id: id } = await queues.create({ account_id, queue_name: freshName() });
  await queues.consumers.create(id, { account_id, type: 'http_pull' });
  await queues.messages.push(id, { account_id, body: 'x' });
  const { messages } = await queues.messages.pull(id, { account_id });
  await queues.messages.ack(id, { account_id, acks: [{ lease_id: messages[0].lease_id }] });
  await queues.delete(id, { account_id });
});

test('email and key do everything in every account', async () => {
  const queues = byKey(EMAIL, KEY);
  const other = unknownId();
  const { queue_id: id } = await queues.create({ account_id: other, queue_name: freshName() });
  await queues.messages.push(id, { account_id: other, body: 'x' });
  assert.equal((await queues.list({ account_id: other })).result.length, 1);
  assert.equal((await queues.get(queue_id, { account_id })).queue_name, 'shared');
});

test('a token for every account may use accounts that were not named before', async () => {
  const other = unknownId();
  const queue = await as('everywhere-token').create({ account_id: other, queue_name: 'q' });
  assert.equal((await as('everywhere-token').get(queue.queue_id, { account_id: other })).queue_name, 'q');
});

test('a token for reading may list, get, and read metrics and purge status', async () => {
  const queues = as('reader-token');
  assert.ok((await queues.list({ account_id })).result.some((queue) => queue.queue_id === queue_id));
  await queues.get(queue_id, { account_id });
  await queues.getMetrics(queue_id, { account_id });
  await queues.purge.status(queue_id, { account_id });
  await queues.consumers.list(queue_id, { account_id });
  await queues.subscriptions.list({ account_id });
});

test('a token for reading may change, push, pull, peek, acknowledge and purge nothing', async () => {
  const queues = as('reader-token');
  const { consumers, messages, purge, subscriptions } = queues;
  const id = queue_id;
  const attempts = [
    () => queues.create({ account_id, queue_name: 'q' }),
    () => queues.update(id, { account_id }),
    () => queues.edit(id, { account_id }),
    () => queues.delete(id, { account_id }),
    () => consumers.create(id, { account_id, type: 'http_pull' }),
    () => consumers.update(unknownId(), { account_id, queue_id: id, type: 'http_pull' }),
    () => consumers.delete(unknownId(), { account_id, queue_id: id }),
    () => messages.push(id, { account_id, body: 1 }),
    () => messages.bulkPush(id, { account_id, messages: [{ body: 1 }] }),
    () => messages.pull(id, { account_id }),
    () => messages.ack(id, { account_id }),
    () => messages.peek(id, { account_id }),
    () => messages.purge(id, { account_id, refs: [] }),
    () => purge.start(id, { account_id, delete_messages_permanently: true }),
    () => subscriptions.create({ account_id, source: { type: 'r2' }, events: ['x'] }),
    () => subscriptions.update(unknownId(), { account_id, name: 'n' }),
    () => subscriptions.delete(unknownId(), { account_id }),
  ];
  for (const attempt of attempts) await assert.rejects(attempt(), denied);
  assert.equal((await queues.getMetrics(id, { account_id })).backlog_count, 0);
});

test('a token is denied in an account that is not its own, whether the queue exists there or not', async () => {
  const queues = as('writer-token');
  const foreign = await as('everywhere-token').create({ account_id: OTHER_ACCOUNT, queue_name: freshName() });
  for (const id of [foreign.queue_id, unknownId()]) {
    await assert.rejects(queues.get(id, { account_id: OTHER_ACCOUNT }), denied);
    await assert.rejects(queues.messages.push(id, { account_id: OTHER_ACCOUNT, body: 1 }), denied);
  }
  await assert.rejects(queues.list({ account_id: OTHER_ACCOUNT }), denied);
});

test('a queue is not reachable through an account that the token owns but the queue does not belong to', async () => {
  const queues = as('everywhere-token');
  await assert.rejects(queues.get(queue_id, { account_id: OTHER_ACCOUNT }), { status: 404 });
  await assert.rejects(queues.messages.push(queue_id, { account_id: OTHER_ACCOUNT, body: 1 }), { status: 404 });
});

test('wrong credentials are denied before the queue is looked up', async () => {
  for (const queues of [
    as('wrong-token'),
    as(sha256('writer-token')),
    as('writer-token '.trimEnd().toUpperCase()),
    byKey(EMAIL, 'wrong'),
    byKey('else@example.com', KEY),
  ]) {
    await assert.rejects(queues.get(queue_id, { account_id }), denied);
    await assert.rejects(queues.get(unknownId(), { account_id }), denied);
    await assert.rejects(queues.messages.pull(queue_id, { account_id }), denied);
  }
});

test('the lookups that clients make first tell the truth about the credentials', async () => {
  const other = unknownId();
  const lookup = async (token, where) => {
    const { status, code, json } = await suite.send('GET', where, { token });
    return code ?? [status, json.result.status ?? json.result.id];
  };
  assert.deepEqual(await lookup('writer-token', `/accounts/${ACCOUNT}`), [200, ACCOUNT]);
  assert.deepEqual(await lookup('reader-token', `/accounts/${ACCOUNT}`), [200, ACCOUNT]);
  assert.deepEqual(await lookup('everywhere-token', `/accounts/${other}`), [200, other]);
  assert.deepEqual(await lookup('writer-token', `/accounts/${other}`), 10000);
  assert.deepEqual(await lookup('wrong-token', `/accounts/${ACCOUNT}`), 10000);
  assert.deepEqual(await lookup('writer-token', '/accounts/not-an-id'), 7003);
  for (const where of [`/accounts/${ACCOUNT}/tokens/verify`, '/user/tokens/verify']) {
    assert.deepEqual(await lookup('writer-token', where), [200, 'active']);
    assert.deepEqual(await lookup('reader-token', where), [200, 'active']);
    assert.deepEqual(await lookup('wrong-token', where), 1000);
    assert.deepEqual(await lookup(undefined, where), 9106);
  }
  assert.deepEqual(await lookup('writer-token', `/accounts/${other}/tokens/verify`), 10000);
});

test('no token, key or hash of one is in the log', () => {
  for (const secret of ['writer-token', 'wrong-token', KEY, sha256('writer-token')]) {
    assert.ok(!suite.server.log.includes(secret), secret);
  }
});

test('the base URL works with and without a trailing slash', async () => {
  for (const baseURL of [suite.baseUrl, `${suite.baseUrl}/`]) {
    const queue = await as('writer-token', { baseURL }).get(queue_id, { account_id });
    assert.equal(queue.queue_id, queue_id);
  }
});

suite.endsWell();
