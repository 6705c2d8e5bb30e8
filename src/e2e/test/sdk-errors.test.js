import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  APIError,
  BadRequestError,
  ConflictError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
} from 'cloudflare';
import { ACCOUNT, freshName, Suite, unknownId } from '../harness/suite.js';

const suite = await Suite.open();
const { queues } = suite.sdk();
const { consumers, messages, purge, subscriptions } = queues;
const account_id = ACCOUNT;

/** The failure of a call: exactly this class, status and code, with a message. */
async function fails(call, Type, status, code) {
  const error = await call.then(
    (response) => assert.fail(`succeeded with ${JSON.stringify(response)}`),
    (failure) => failure,
  );
  assert.ok(error instanceof APIError, String(error));
  assert.equal(error.constructor, Type, String(error));
  assert.equal(error.status, status);
  assert.equal(error.errors[0].code, code, error.message);
  assert.ok(error.errors[0].message.length > 0);
  assert.equal(error.error.success, false);
  assert.equal(error.error.result, null);
  assert.deepEqual(error.error.messages, []);
  return error;
}

const gone = unknownId();
const here = await suite.queue({ consumer: { visibility_timeout_ms: 600_000 } });
const bare = await suite.queue();

test('an unknown queue is NotFoundError 11000 on every control operation', async () => {
  const of = { account_id, queue_id: gone };
  const calls = [
    () => queues.get(gone, { account_id }),
    () => queues.update(gone, { account_id }),
    () => queues.edit(gone, { account_id }),
    () => queues.delete(gone, { account_id }),
    () => queues.getMetrics(gone, { account_id }),
    () => consumers.list(gone, { account_id }),
    () => consumers.create(gone, { account_id, type: 'http_pull' }),
    () => consumers.get(gone, of),
    () => consumers.update(gone, { ...of, type: 'http_pull' }),
    () => consumers.delete(gone, of),
    () => purge.start(gone, { account_id, delete_messages_permanently: true }),
    () => purge.status(gone, { account_id }),
  ];
  for (const call of calls) await fails(call(), NotFoundError, 404, 11000);
});

test('an unknown queue is NotFoundError 10104 on every message operation', async () => {
  const calls = [
    () => messages.push(gone, { account_id, body: 1 }),
    () => messages.bulkPush(gone, { account_id, messages: [{ body: 1 }] }),
    () => messages.pull(gone, { account_id }),
    () => messages.ack(gone, { account_id }),
    () => messages.peek(gone, { account_id }),
    () => messages.purge(gone, { account_id, refs: [] }),
  ];
  for (const call of calls) await fails(call(), NotFoundError, 404, 10104);
});

test('a malformed queue id is NotFoundError 7003, on message operations BadRequestError 10107', async () => {
  await fails(queues.get('not-an-id', { account_id }), NotFoundError, 404, 7003);
  await fails(messages.push('not-an-id', { account_id, body: 1 }), BadRequestError, 400, 10107);
});

test('an id that needs percent-encoding is malformed and routes nowhere else', async () => {
  await fails(queues.get('a/b', { account_id }), NotFoundError, 404, 7003);
  await fails(messages.push('a/../b', { account_id, body: 1 }), BadRequestError, 400, 10107);
});

test('an unknown consumer or subscription is NotFoundError 10404', async () => {
  const of = { account_id, queue_id: here.id };
  await fails(consumers.get(gone, of), NotFoundError, 404, 10404);
  await fails(consumers.update(gone, { ...of, type: 'http_pull' }), NotFoundError, 404, 10404);
  await fails(consumers.delete(gone, of), NotFoundError, 404, 10404);
  await fails(subscriptions.get(gone, { account_id }), NotFoundError, 404, 10404);
  await fails(subscriptions.update(gone, { account_id, name: 'n' }), NotFoundError, 404, 10404);
  await fails(subscriptions.delete(gone, { account_id }), NotFoundError, 404, 10404);
});

test('a taken queue name is BadRequestError 11009 with the documented text, for create, edit and update', async () => {
  const queue_name = bare.name;
  for (const call of [
    () => queues.create({ account_id, queue_name }),
    () => queues.edit(here.id, { account_id, queue_name }),
    () => queues.update(here.id, { account_id, queue_name }),
  ]) {
    const error = await fails(call(), BadRequestError, 400, 11009);
    assert.equal(
      error.errors[0].message,
      `Queue name '${queue_name}' is already taken. Please use a different name and try again.`,
    );
  }
});

test('an ill-formed queue name is BadRequestError 11003 with the documented text', async () => {
  const names = ['-a', 'a-', '_a', 'a b', 'a.b', 'a/b', '\u00e4', 'a'.repeat(64)];
  for (const queue_name of names) {
    const error = await fails(queues.create({ account_id, queue_name }), BadRequestError, 400, 11003);
    assert.match(error.errors[0].message, /^Queue name '.*' is invalid: /s);
    await fails(queues.edit(here.id, { account_id, queue_name }), BadRequestError, 400, 11003);
  }
  await fails(queues.create({ account_id }), BadRequestError, 400, 11003);
  await fails(queues.create({ account_id, queue_name: '' }), BadRequestError, 400, 11003);
});

test('queue settings out of range are BadRequestError 100128 and change nothing', async () => {
  const before = await queues.get(here.id, { account_id });
  const wrong = [
    { delivery_delay: -1 },
    { delivery_delay: 86401 },
    { message_retention_period: 59 },
    { message_retention_period: 1209601 },
    { delivery_paused: true, delivery_delay: 86401 },
  ];
  for (const settings of wrong) {
    await fails(queues.create({ account_id, queue_name: freshName(), settings }), BadRequestError, 400, 100128);
    await fails(queues.edit(here.id, { account_id, settings }), BadRequestError, 400, 100128);
    await fails(queues.update(here.id, { account_id, settings }), BadRequestError, 400, 100128);
  }
  assert.deepEqual(await queues.get(here.id, { account_id }), before);
});

test('queue settings of a wrong type are BadRequestError 10026', async () => {
  for (const settings of [{ delivery_delay: '5' }, { delivery_delay: 1.5 }, { delivery_paused: 'yes' }, 'none', []]) {
    await fails(queues.edit(here.id, { account_id, settings }), BadRequestError, 400, 10026);
  }
});

test('a second consumer is BadRequestError 11004 with the documented text', async () => {
  const error = await fails(
    consumers.create(here.id, { account_id, type: 'worker', script_name: 'w' }),
    BadRequestError,
    400,
    11004,
  );
  assert.equal(error.errors[0].message, `Queue '${here.name}' already has a consumer.`);
});

test('consumer settings out of range, a missing script and a queue as its own dead letter queue are BadRequestError 100127', async () => {
  const { name } = bare;
  const wrong = [
    ...[{ batch_size: 0 }, { batch_size: 101 }, { max_retries: -1 }, { max_retries: 101 }, { retry_delay: 86401 }].map(
      (settings) => ({ type: 'http_pull', settings }),
    ),
    { type: 'http_pull', settings: { visibility_timeout_ms: 43200001 } },
    { type: 'worker', script_name: 'w', settings: { max_concurrency: 0 } },
    { type: 'worker', script_name: 'w', settings: { max_concurrency: 251 } },
    { type: 'worker', script_name: 'w', settings: { max_wait_time_ms: 60001 } },
    { type: 'worker' },
    { type: 'worker', script_name: '' },
    { type: 'http_pull', dead_letter_queue: name },
  ];
  for (const body of wrong) {
    await fails(consumers.create(bare.id, { account_id, ...body }), BadRequestError, 400, 100127);
  }
  assert.deepEqual((await consumers.list(bare.id, { account_id })).result, []);
});

test('an unknown or missing consumer type is BadRequestError 10026', async () => {
  await fails(consumers.create(bare.id, { account_id }), BadRequestError, 400, 10026);
  await fails(consumers.create(bare.id, { account_id, type: 'notification' }), BadRequestError, 400, 10026);
});

test('a pull without an http_pull consumer is APIError 405 with the text that scripts look for', async () => {
  const text = 'messages cannot be pulled unless http_pull mode is enabled';
  const none = await fails(messages.pull(bare.id, { account_id }), APIError, 405, 10405);
  assert.equal(none.errors[0].message, text);
  const worker = await suite.queue();
  await consumers.create(worker.id, { account_id, type: 'worker', script_name: 'w' });
  const error = await fails(messages.pull(worker.id, { account_id }), APIError, 405, 10405);
  assert.equal(error.errors[0].message, text);
});

test('a pull from a paused queue is ConflictError 10252, and the SDK does not try again', async () => {
  const { id, path } = await suite.queue({ consumer: {}, settings: { delivery_paused: true } });
  const retrying = suite.sdk({ maxRetries: 2 });
  const error = await fails(retrying.queues.messages.pull(id, { account_id }), ConflictError, 409, 10252);
  assert.equal(error.errors[0].message, 'queue_delivery_paused');
  assert.equal(error.headers.get('x-should-retry'), 'false');
  const tries = suite.proxy.requests.filter((request) => request.includes(`${path}/messages/pull`));
  assert.equal(tries.length, 1);
});

test('message bodies that do not fit are BadRequestError 10207', async () => {
  const text = (body) => messages.push(here.id, { account_id, body, content_type: 'text' });
  await fails(messages.push(here.id, { account_id }), BadRequestError, 400, 10207);
  for (const body of [{ a: 1 }, [1], 7, null, true]) await fails(text(body), BadRequestError, 400, 10207);
  const error = await fails(text({ a: 1 }), BadRequestError, 400, 10207);
  assert.equal(error.errors[0].message, 'Expected string, received object at "body"');
  await fails(messages.bulkPush(here.id, { account_id }), BadRequestError, 400, 10207);
  await fails(messages.bulkPush(here.id, { account_id, messages: [] }), BadRequestError, 400, 10207);
});

test('a wrong content type or message delay is BadRequestError 10203, a wrong batch delay 10202', async () => {
  for (const content_type of ['bytes', 'v8', 'TEXT', '']) {
    await fails(messages.push(here.id, { account_id, body: 'x', content_type }), BadRequestError, 400, 10203);
  }
  for (const delay_seconds of [-1, 86401, 1.5, '5']) {
    await fails(messages.push(here.id, { account_id, body: 1, delay_seconds }), BadRequestError, 400, 10203);
    const batch = { account_id, messages: [{ body: 1 }], delay_seconds };
    await fails(messages.bulkPush(here.id, batch), BadRequestError, 400, 10202);
  }
});

test('an invalid batch stores nothing', async () => {
  const { id } = await suite.queue();
  const good = { body: 'good', content_type: 'text' };
  const batches = [
    [[good, { content_type: 'text' }], BadRequestError, 400, 10207],
    [[good, { ...good, delay_seconds: -1 }], BadRequestError, 400, 10203],
    [Array(101).fill(good), BadRequestError, 400, 10206],
    [[good, { ...good, body: 'x'.repeat(128_001) }], APIError, 413, 10204],
    [Array(3).fill({ ...good, body: 'x'.repeat(90_000) }), APIError, 413, 10205],
  ];
  for (const [batch, ...expected] of batches) {
    await fails(messages.bulkPush(id, { account_id, messages: batch }), ...expected);
  }
  assert.equal((await queues.getMetrics(id, { account_id })).backlog_count, 0);
});

test('a message of 128001 bytes is APIError 413, one of 128000 is taken, and a batch of 256000 bytes too', async () => {
  const { id } = await suite.queue();
  const push = (body) => messages.push(id, { account_id, body, content_type: 'text' });
  await fails(push('x'.repeat(128_001)), APIError, 413, 10204);
  await fails(push('\u00e9'.repeat(64_001)), APIError, 413, 10204);
  await push('x'.repeat(128_000));
  await fails(messages.push(id, { account_id, body: 'x'.repeat(127_999) }), APIError, 413, 10204);
  await messages.push(id, { account_id, body: 'x'.repeat(127_998) });
  const half = { body: 'x'.repeat(128_000), content_type: 'text' };
  await messages.bulkPush(id, { account_id, messages: [half, half] });
  const over = { account_id, messages: [half, half, { body: 'x', content_type: 'text' }] };
  await fails(messages.bulkPush(id, over), APIError, 413, 10205);
  assert.equal((await queues.getMetrics(id, { account_id })).backlog_count, 4);
});

test('pull and peek parameters out of range are BadRequestError 10207', async () => {
  const wrong = [{ batch_size: 0 }, { batch_size: 101 }, { batch_size: 1.5 }, { batch_size: '5' }];
  for (const params of wrong) {
    await fails(messages.pull(here.id, { account_id, ...params }), BadRequestError, 400, 10207);
    await fails(messages.peek(here.id, { account_id, ...params }), BadRequestError, 400, 10207);
  }
  for (const visibility_timeout_ms of [0, -1, 43200001, 0.5]) {
    await fails(messages.pull(here.id, { account_id, visibility_timeout_ms }), BadRequestError, 400, 10207);
  }
});

test('acks and refs that do not fit are BadRequestError 10207, a wrong retry delay 10203', async () => {
  for (const body of [{ acks: [{}] }, { acks: [{ lease_id: 7 }] }, { retries: [{ delay_seconds: 1 }] }, { acks: 'all' }]) {
    await fails(messages.ack(here.id, { account_id, ...body }), BadRequestError, 400, 10207);
  }
  for (const delay_seconds of [-1, 86401, 0.5]) {
    const body = { retries: [{ lease_id: 'x', delay_seconds }] };
    await fails(messages.ack(here.id, { account_id, ...body }), BadRequestError, 400, 10203);
  }
  for (const body of [{}, { refs: [{}] }, { refs: [{ ref: 1 }] }, { refs: {} }]) {
    await fails(messages.purge(here.id, { account_id, ...body }), BadRequestError, 400, 10207);
  }
});

test('a subscription without source, events or destination is BadRequestError 10026, to an unknown queue NotFoundError 11000', async () => {
  const whole = {
    account_id,
    source: { type: 'r2' },
    events: ['x'],
    destination: { type: 'queues.queue', queue_id: here.id },
  };
  for (const part of ['source', 'events', 'destination']) {
    const { [part]: removed, ...rest } = whole;
    await fails(subscriptions.create(rest), BadRequestError, 400, 10026);
  }
  await fails(subscriptions.create({ ...whole, events: [] }), BadRequestError, 400, 10026);
  await fails(subscriptions.create({ ...whole, source: { type: '' } }), BadRequestError, 400, 10026);
  const destination = { type: 'queues.queue', queue_id: gone };
  await fails(subscriptions.create({ ...whole, destination }), NotFoundError, 404, 11000);
});

test('a wrong token is PermissionDeniedError 10000', async () => {
  const stranger = suite.sdk({ apiToken: 'wrong' }).queues;
  await fails(stranger.list({ account_id }), PermissionDeniedError, 403, 10000);
  await fails(stranger.messages.push(here.id, { account_id, body: 1 }), PermissionDeniedError, 403, 10000);
});

test('the SDK repeats no business error', async () => {
  const before = suite.proxy.requests.length;
  const retrying = suite.sdk({ maxRetries: 2 }).queues;
  await fails(retrying.create({ account_id, queue_name: bare.name }), BadRequestError, 400, 11009);
  await fails(retrying.consumers.create(here.id, { account_id, type: 'http_pull' }), BadRequestError, 400, 11004);
  await fails(retrying.messages.pull(bare.id, { account_id }), APIError, 405, 10405);
  assert.equal(suite.proxy.requests.length, before + 3);
});

test('no call of this file caused a 5xx', () => {
  const statuses = [...suite.proxy.seen.values()].flatMap((seen) => [...seen]);
  assert.ok(statuses.every((status) => status < 500), InternalServerError.name);
});

suite.endsWell();
