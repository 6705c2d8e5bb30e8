import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Contract } from '../harness/contract.js';
import { succeeded } from '../harness/expect.js';
import { ACCOUNT, freshName, Suite } from '../harness/suite.js';

// The contract and the server have the same operations: each is called once and responds with 200.

const suite = await Suite.open({ settings: { 'auth.email': 'ops@example.com', 'auth.key': 'the-key' } });
const byKey = { authorization: null, 'x-auth-email': 'ops@example.com', 'x-auth-key': 'the-key' };
const account = `/accounts/${ACCOUNT}`;
const subscriptions = `${account}/event_subscriptions/subscriptions`;
const main = await suite.queue({ consumer: { visibility_timeout_ms: 600_000 } });
const doomed = await suite.queue({ consumer: {} });
const destination = { type: 'queues.queue', queue_id: main.id };
const subscribe = { source: { type: 'r2' }, events: ['x'], destination };
const consumerOf = async (queue) => succeeded(await suite.send('GET', `${queue.path}/consumers`))[0].consumer_id;
const subscription = succeeded(await suite.send('POST', subscriptions, { body: subscribe })).id;
const consumer = `${main.path}/consumers/${await consumerOf(main)}`;

const former = `${account}/workers/queues`;

const CALLS = [
  ['GET', '/accounts'],
  ['GET', account],
  ['GET', `${account}/tokens/verify`],
  ['GET', '/memberships'],
  ['GET', '/user', undefined, byKey],
  ['GET', '/user/tokens/verify'],
  ['GET', `${account}/queues`],
  ['POST', `${account}/queues`, { queue_name: freshName() }],
  ['GET', main.path],
  ['PUT', main.path, {}],
  ['PATCH', main.path, {}],
  ['GET', `${main.path}/metrics`],
  ['GET', `${main.path}/consumers`],
  ['GET', consumer],
  ['PUT', consumer, { type: 'http_pull' }],
  ['POST', `${main.path}/messages`, { body: 1 }],
  ['POST', `${main.path}/messages/batch`, { messages: [{ body: 2 }] }],
  ['POST', `${main.path}/messages/peek`, {}],
  ['POST', `${main.path}/messages/preview`, {}],
  ['POST', `${main.path}/messages/pull`, {}],
  ['POST', `${main.path}/messages/ack`, {}],
  ['POST', `${main.path}/messages/purge`, { refs: [] }],
  ['POST', `${main.path}/messages/preview/ack`, { acks: [] }],
  ['POST', `${main.path}/purge`, { delete_messages_permanently: true }],
  ['GET', `${main.path}/purge`],
  ['GET', subscriptions],
  ['POST', subscriptions, subscribe],
  ['GET', `${subscriptions}/${subscription}`],
  ['PATCH', `${subscriptions}/${subscription}`, { name: 'n' }],
  ['DELETE', `${subscriptions}/${subscription}`],
  ['DELETE', `${doomed.path}/consumers/${await consumerOf(doomed)}`],
  ['POST', `${doomed.path}/consumers`, { type: 'http_pull' }],
  ['DELETE', doomed.path],
  ['POST', former, { queue_name: 'former' }],
  ['GET', former],
  ['POST', `${former}/former/consumers`, { service: 'w' }],
  ['GET', `${former}/former/consumers`],
  ['PUT', `${former}/former/consumers/w`, { script_name: 'v' }],
  ['DELETE', `${former}/former/consumers/v`],
  ['PUT', `${former}/former`, { queue_name: 'renamed' }],
  ['GET', `${former}/renamed`],
  ['DELETE', `${former}/renamed`],
];

for (const [method, path, body, headers] of CALLS) {
  const shown = path.replace(account, '').replace(/[0-9a-f]{32}/g, '{id}');
  test(`${method} ${shown} succeeds with 200`, async () => succeeded(await suite.send(method, path, { body, headers })));
}

test('this file calls every operation of the contract', () => {
  const succeeding = [...suite.proxy.seen].filter(([, statuses]) => statuses.has(200)).map(([id]) => id);
  assert.deepEqual(succeeding.sort(), Contract.load().operationIds.sort());
});

suite.endsWell();
