import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, succeeded } from '../harness/expect.js';
import { ACCOUNT, freshName, Suite, unknownId } from '../harness/suite.js';

// Which error for which failure: the table of the reference, 10.2, row by row.

const suite = await Suite.open({ settings: { 'auth.email': 'ops@example.com', 'auth.key': 'the-key' } });
const account = `/accounts/${ACCOUNT}`;
const full = await suite.queue({ consumer: { visibility_timeout_ms: 600_000 } });
const bare = await suite.queue();
const paused = await suite.queue({ consumer: {}, settings: { delivery_paused: true } });
const consumerId = succeeded(await suite.send('GET', `${full.path}/consumers`))[0].consumer_id;
const gone = `${account}/queues/${unknownId()}`;
const malformed = `${account}/queues/not-an-id`;
const subscriptions = `${account}/event_subscriptions/subscriptions`;
const text = (body, more) => ({ body, content_type: 'text', ...more });
const noToken = { authorization: null };
const bearer = (token) => ({ authorization: `Bearer ${token}` });

const MESSAGE_ROUTES = ['', '/batch', '/pull', '/ack', '/peek', '/purge', '/preview', '/preview/ack'];
const QUEUE_ROUTES = [
  ['GET', ''],
  ['PUT', '', {}],
  ['PATCH', '', {}],
  ['DELETE', ''],
  ['GET', '/metrics'],
  ['GET', '/consumers'],
  ['POST', '/consumers', { type: 'http_pull' }],
  ['GET', `/consumers/${consumerId}`],
  ['PUT', `/consumers/${consumerId}`, { type: 'http_pull' }],
  ['DELETE', `/consumers/${consumerId}`],
  ['POST', '/purge', { delete_messages_permanently: true }],
  ['GET', '/purge'],
];
const BODY_ROUTES = [
  ['POST', `${account}/queues`],
  ['PUT', bare.path],
  ['PATCH', bare.path],
  ['POST', `${bare.path}/consumers`],
  ['PUT', `${full.path}/consumers/${consumerId}`],
  ['POST', `${bare.path}/purge`],
  ['POST', subscriptions],
];
const NOT_JSON = { 'truncated JSON': '{"a":', 'plain text': 'hello', 'two values': '{} {}', 'single quotes': "{'a':1}" };
const NOT_OBJECTS = { 'an array': '[]', 'a string': '"x"', 'a number': '1', null: 'null' };

/** [description, method, path, options, status, code]; `outside` marks requests that the contract does not describe. */
const rows = [];
const row = (what, method, path, options, status, code) => rows.push({ what, method, path, options, status, code });
const post = (what, path, body, status, code) => row(what, 'POST', path, { body }, status, code);

for (const path of ['', '/', '/nothing', `${account}/workers`, `${full.path}/nothing`]) {
  row(`unknown path ${path || '(none)'}`, 'GET', path, { outside: true }, 404, 7003);
}
row('withdrawn path /pull', 'POST', `${full.path}/pull`, { outside: true, body: {} }, 404, 7003);
row('withdrawn path /ack', 'POST', `${full.path}/ack`, { outside: true, body: {} }, 404, 7003);
row('unknown path below messages', 'POST', `${full.path}/messages/nothing`, { outside: true, body: {} }, 404, 7003);
row('unknown path without credentials', 'GET', '/nothing', { outside: true, headers: noToken }, 404, 7003);

for (const [method, path] of [
  ['GET', `${full.path}/messages`],
  ['DELETE', `${full.path}/messages`],
  ['GET', `${full.path}/messages/pull`],
  ['PUT', `${full.path}/messages/batch`],
  ['DELETE', `${account}/queues`],
  ['POST', full.path],
  ['POST', `${full.path}/metrics`],
  ['PATCH', `${full.path}/consumers`],
  ['POST', `${full.path}/consumers/${consumerId}`],
  ['PUT', `${full.path}/purge`],
  ['PUT', subscriptions],
  ['POST', `${subscriptions}/${unknownId()}`],
  ['POST', '/accounts'],
  ['OPTIONS', `${full.path}/messages`],
]) {
  row(`wrong method ${method} ${path.replace(full.path, '…').replace(account, '…')}`, method, path, { outside: true }, 405, 10405);
}

for (const [method, path, body] of [
  ['GET', `${account}/queues`],
  ['POST', `${full.path}/messages`, text('x')],
  ['POST', `${full.path}/messages/pull`, {}],
  ['GET', subscriptions],
]) {
  const route = `${method} ${path.replace(full.path, '…').replace(account, '…')}`;
  row(`no credentials: ${route}`, method, path, { body, headers: noToken }, 400, 9106);
  row(`an email without a key: ${route}`, method, path, { body, headers: { ...noToken, 'x-auth-email': 'a@b.c' } }, 400, 9106);
  row(`unknown token: ${route}`, method, path, { body, headers: bearer('unknown') }, 403, 10000);
  row(`empty token: ${route}`, method, path, { body, headers: { authorization: 'Bearer ' } }, [400, 403], [9106, 10000]);
  row(`wrong key: ${route}`, method, path, { body, headers: { ...noToken, 'x-auth-email': 'ops@example.com', 'x-auth-key': 'x' } }, 403, 10000);
}
for (const id of ['short', `${ACCOUNT}0`, ACCOUNT.slice(1), `${ACCOUNT.slice(1)}g`]) {
  row(`malformed account id ${id}`, 'GET', `/accounts/${id}/queues`, {}, 404, 7003);
}

for (const route of MESSAGE_ROUTES) {
  post(`messages${route}: malformed queue id`, `${malformed}/messages${route}`, {}, 400, 10107);
  post(`messages${route}: unknown queue`, `${gone}/messages${route}`, {}, 404, 10104);
  for (const [what, body] of Object.entries(NOT_JSON)) {
    post(`messages${route}: ${what}`, `${bare.path}/messages${route}`, body, 400, 10208);
  }
  for (const [what, body] of Object.entries(NOT_OBJECTS)) {
    post(`messages${route}: ${what}`, `${bare.path}/messages${route}`, body, 400, 10207);
  }
}
post('messages: no body', `${bare.path}/messages`, '', 400, 10208);
post('messages: body missing', `${bare.path}/messages`, { content_type: 'text' }, 400, 10207);
post('messages: text that is an object', `${bare.path}/messages`, text({ a: 1 }), 400, 10207);
for (const content_type of ['bytes', 'v8', 'xml', 7]) {
  post(`messages: content_type ${content_type}`, `${bare.path}/messages`, { body: 'x', content_type }, 400, 10203);
}
for (const delay of [-1, 86401, 1.5, '5', true, 1e300]) {
  const shown = JSON.stringify(delay);
  post(`messages: delay_seconds ${shown}`, `${bare.path}/messages`, text('x', { delay_seconds: delay }), 400, 10203);
  const batch = `${bare.path}/messages/batch`;
  post(`batch: delay_seconds ${shown}`, batch, { messages: [text('x')], delay_seconds: delay }, 400, 10202);
  post(`batch: delay_seconds of a message ${shown}`, batch, { messages: [text('x', { delay_seconds: delay })] }, 400, 10203);
  const retries = [{ lease_id: 'x', delay_seconds: delay }];
  post(`ack: delay_seconds ${shown}`, `${bare.path}/messages/ack`, { retries }, 400, 10203);
}
post('messages: 128001 bytes', `${bare.path}/messages`, text('x'.repeat(128_001)), 413, 10204);
post('batch: a message of 128001 bytes', `${bare.path}/messages/batch`, { messages: [text('x'.repeat(128_001))] }, 413, 10204);
post('batch: 256001 bytes', `${bare.path}/messages/batch`, { messages: [64_001, 64_000, 64_000, 64_000].map((n) => text('x'.repeat(n))) }, 413, 10205);
post('batch: 101 messages', `${bare.path}/messages/batch`, { messages: Array(101).fill(text('x')) }, 400, 10206);
post('batch: no messages', `${bare.path}/messages/batch`, { messages: [] }, 400, 10207);
post('batch: messages missing', `${bare.path}/messages/batch`, {}, 400, 10207);
post('batch: messages not an array', `${bare.path}/messages/batch`, { messages: { 0: text('x') } }, 400, 10207);
post('batch: a message that is null', `${bare.path}/messages/batch`, { messages: [text('x'), null] }, 400, 10207);
for (const batch_size of [0, 101, -1, 1.5, '5', 1e300]) {
  const shown = JSON.stringify(batch_size);
  post(`pull: batch_size ${shown}`, `${full.path}/messages/pull`, { batch_size }, 400, 10207);
  post(`peek: batch_size ${shown}`, `${full.path}/messages/peek`, { batch_size }, 400, 10207);
}
for (const timeout of [0, -1, 43_200_001, 0.5, '30']) {
  const shown = JSON.stringify(timeout);
  post(`pull: visibility_timeout_ms ${shown}`, `${full.path}/messages/pull`, { visibility_timeout_ms: timeout }, 400, 10207);
  post(`pull: visibility_timeout ${shown}`, `${full.path}/messages/pull`, { visibility_timeout: timeout }, 400, 10207);
}
post('pull: no http_pull consumer', `${bare.path}/messages/pull`, {}, 405, 10405);
post('pull: no http_pull consumer, but a wrong batch size first', `${bare.path}/messages/pull`, { batch_size: 0 }, 400, 10207);
post('pull: paused', `${paused.path}/messages/pull`, {}, 409, 10252);
for (const [what, body] of Object.entries({
  'no lease_id': { acks: [{}] },
  'lease_id a number': { acks: [{ lease_id: 1 }] },
  'an ack that is a string': { acks: ['x'] },
  'acks an object': { acks: {} },
  'a retry without lease_id': { retries: [{ delay_seconds: 1 }] },
})) {
  post(`ack: ${what}`, `${full.path}/messages/ack`, body, 400, 10207);
}
for (const [what, body] of Object.entries({ 'no refs': {}, 'no ref': { refs: [{}] }, 'ref a number': { refs: [{ ref: 1 }] } })) {
  post(`messages/purge: ${what}`, `${full.path}/messages/purge`, body, 400, 10207);
}

for (const [method, route, body] of QUEUE_ROUTES) {
  row(`${method} queue${route.replace(consumerId, '{id}')}: unknown queue`, method, gone + route, { body }, 404, 11000);
  row(`${method} queue${route.replace(consumerId, '{id}')}: malformed id`, method, malformed + route, { body }, 404, 7003);
}
for (const [method, body] of [['GET'], ['PUT', { type: 'http_pull' }], ['DELETE']]) {
  row(`${method} consumer: unknown`, method, `${full.path}/consumers/${unknownId()}`, { body }, 404, 10404);
}
for (const [method, body] of [['GET'], ['PATCH', { name: 'x' }], ['DELETE']]) {
  row(`${method} subscription: unknown`, method, `${subscriptions}/${unknownId()}`, { body }, 404, 10404);
}

for (const [method, path] of BODY_ROUTES) {
  const route = `${method} ${path.replace(full.path, '…').replace(bare.path, '…').replace(account, '…').replace(consumerId, '{id}')}`;
  for (const [what, body] of Object.entries({ ...NOT_JSON, ...NOT_OBJECTS })) {
    row(`${route}: ${what}`, method, path, { body }, 400, 10026);
  }
}
post('consumers: type missing', `${bare.path}/consumers`, {}, 400, 10026);
post('consumers: type unknown', `${bare.path}/consumers`, { type: 'notification' }, 400, 10026);
post('consumers: settings of a wrong type', `${bare.path}/consumers`, { type: 'http_pull', settings: { batch_size: '5' } }, 400, 10026);
post('purge: not confirmed', `${bare.path}/purge`, {}, 400, 10026);
post('purge: confirmed with false', `${bare.path}/purge`, { delete_messages_permanently: false }, 400, 10026);
post('purge: confirmed with a string', `${bare.path}/purge`, { delete_messages_permanently: 'true' }, 400, 10026);
post('queues: name missing', `${account}/queues`, {}, 400, 11003);
post('queues: name empty', `${account}/queues`, { queue_name: '' }, 400, 11003);
post('queues: name ill-formed', `${account}/queues`, { queue_name: 'no spaces' }, 400, 11003);
row('PUT queue: name empty', 'PUT', bare.path, { body: { queue_name: '' } }, 400, 11003);
row('PATCH queue: name empty', 'PATCH', bare.path, { body: { queue_name: '' } }, 400, 11003);
post('queues: name taken', `${account}/queues`, { queue_name: full.name }, 400, 11009);
row('PUT queue: name taken', 'PUT', bare.path, { body: { queue_name: full.name } }, 400, 11009);
row('PATCH queue: name taken', 'PATCH', bare.path, { body: { queue_name: full.name } }, 400, 11009);
for (const settings of [{ delivery_delay: 86401 }, { delivery_delay: -1 }, { message_retention_period: 59 }, { message_retention_period: 1209601 }]) {
  const shown = JSON.stringify(settings);
  post(`queues: ${shown}`, `${account}/queues`, { queue_name: freshName(), settings }, 400, 100128);
  row(`PUT queue: ${shown}`, 'PUT', bare.path, { body: { settings } }, 400, 100128);
  row(`PATCH queue: ${shown}`, 'PATCH', bare.path, { body: { settings } }, 400, 100128);
}
for (const settings of [{ batch_size: 0 }, { batch_size: 101 }, { max_retries: 101 }, { retry_delay: 86401 }, { visibility_timeout_ms: 43_200_001 }]) {
  const shown = JSON.stringify(settings);
  post(`consumers: ${shown}`, `${bare.path}/consumers`, { type: 'http_pull', settings }, 400, 100127);
  row(`PUT consumer: ${shown}`, 'PUT', `${full.path}/consumers/${consumerId}`, { body: { type: 'http_pull', settings } }, 400, 100127);
}
post('consumers: script_name missing', `${bare.path}/consumers`, { type: 'worker' }, 400, 100127);
post('consumers: own queue as dead letter queue', `${bare.path}/consumers`, { type: 'http_pull', dead_letter_queue: bare.name }, 400, 100127);
post('consumers: there is one already', `${full.path}/consumers`, { type: 'http_pull' }, 400, 11004);

// The order of checks: route, credentials, account, format of the queue id, existence, JSON, schema, limits, state.
row('order: wrong method before credentials', 'GET', `${full.path}/messages`, { outside: true, headers: noToken }, 405, 10405);
row('order: credentials before the account', 'GET', '/accounts/short/queues', { headers: bearer('x') }, 403, 10000);
row('order: account before the queue id', 'GET', '/accounts/short/queues/short', {}, 404, 7003);
post('order: queue id before JSON', `${malformed}/messages`, '{', 400, 10107);
post('order: existence before JSON', `${gone}/messages`, '{', 404, 10104);
row('order: existence before JSON, control', 'PATCH', gone, { body: '{' }, 404, 11000);
post('order: JSON before state', `${paused.path}/messages/pull`, '{', 400, 10208);
post('order: schema before limits', `${bare.path}/messages`, { body: 'x'.repeat(130_000), content_type: 'text', delay_seconds: -1 }, 400, 10203);
post('order: settings before the consumer that is there', `${full.path}/consumers`, { type: 'http_pull', settings: { batch_size: 0 } }, 400, 100127);

const before = [await snapshot(full), await snapshot(bare), await snapshot(paused)];

for (const { what, method, path, options, status, code } of rows) {
  const { outside, ...sent } = options;
  test(`${what} \u2192 ${status} ${code}`, async () => {
    const response = await (outside ? suite.sendDirectly(method, path, sent) : suite.send(method, path, sent));
    if (Array.isArray(status)) failed(response, status[status.indexOf(response.status)] ?? status[0], code[code.indexOf(response.code)] ?? code[0]);
    else failed(response, status, code);
  });
}

test('the response to a pull from a paused queue says that it should not be retried', async () => {
  const response = await suite.send('POST', `${paused.path}/messages/pull`, { body: {} });
  assert.equal(response.headers['x-should-retry'], 'false');
  assert.equal(failed(response, 409, 10252), 'queue_delivery_paused');
});

test('the response to a wrong method names the allowed ones', async () => {
  const response = await suite.sendDirectly('GET', `${full.path}/messages`);
  assert.match(response.headers.allow ?? '', /\bPOST\b/);
});

test('an unknown lease is a warning in a 200', async () => {
  const body = { acks: [{ lease_id: 'unknown' }], retries: [{ lease_id: 'another' }] };
  const result = succeeded(await suite.send('POST', `${full.path}/messages/ack`, { body }));
  assert.deepEqual([result.ackCount, result.retryCount], [0, 0]);
  assert.deepEqual(Object.keys(result.warnings).sort(), ['another', 'unknown']);
});

test('none of these requests changed a queue or stored a message', async () => {
  assert.deepEqual([await snapshot(full), await snapshot(bare), await snapshot(paused)], before);
});

async function snapshot({ path }) {
  return [succeeded(await suite.send('GET', path)), succeeded(await suite.send('GET', `${path}/metrics`))];
}

suite.endsWell();
