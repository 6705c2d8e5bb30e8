import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, succeeded } from '../harness/expect.js';
import { ACCOUNT, freshName, Suite } from '../harness/suite.js';

// What clients other than the SDK send, and how the server has to read it: the parsing rules of the reference, 1.2.

const suite = await Suite.open();
const LONG = { visibility_timeout_ms: 600_000, batch_size: 100 };
const text = (body) => ({ body, content_type: 'text' });
const pulled = async (queue) => succeeded(await suite.send('POST', `${queue.path}/messages/pull`, { body: {} })).messages;
const queuesPath = `/accounts/${ACCOUNT}/queues`;

const TYPES = [
  null,
  'text/plain;charset=UTF-8',
  'application/x-www-form-urlencoded',
  'application/json; charset=utf-8',
  'application/octet-stream',
  'multipart/form-data; boundary=x',
  'nonsense',
];

for (const type of TYPES) {
  test(`a body is JSON when its content type is ${type ?? 'absent'}`, async () => {
    const headers = { 'content-type': type };
    const body = { queue_name: freshName(), environment_name: 'ignored' };
    const { queue_id } = succeeded(await suite.send('POST', queuesPath, { body, headers }));
    const queue = { path: `${queuesPath}/${queue_id}` };
    const post = async (path, content) => succeeded(await suite.send('POST', queue.path + path, { body: content, headers }));
    await post('/consumers', { type: 'http_pull', settings: LONG });
    await post('/messages', text('one'));
    await post('/messages/batch', { messages: [text('two')] });
    const { messages } = await post('/messages/pull', {});
    assert.deepEqual(messages.map(({ body: each }) => each), ['one', 'two']);
    assert.equal((await post('/messages/ack', { acks: messages.map(({ lease_id }) => ({ lease_id })) })).ackCount, 2);
    succeeded(await suite.send('PATCH', queue.path, { body: { settings: { delivery_delay: 1 } }, headers }));
    await post('/purge', { delete_messages_permanently: true });
    succeeded(await suite.send('DELETE', queue.path, { body: {}, headers }));
  });
}

for (const [what, body] of Object.entries({ 'no body': undefined, 'an empty object': {}, 'some text': 'gone' })) {
  test(`a DELETE with ${what} deletes`, async () => {
    const queue = await suite.queue({ consumer: {} });
    const [consumer] = succeeded(await suite.send('GET', `${queue.path}/consumers`));
    const response = await suite.send('DELETE', `${queue.path}/consumers/${consumer.consumer_id}`, { body });
    assert.equal(succeeded(response), null);
    assert.equal(succeeded(await suite.send('DELETE', queue.path, { body })), null);
  });
}

test('unknown fields are ignored everywhere', async () => {
  const more = { unknown: { deep: [1] }, another: null };
  const queue = await suite.queue();
  const post = async (path, body) => succeeded(await suite.send('POST', queue.path + path, { body: { ...more, ...body } }));
  await post('/consumers', { type: 'http_pull', settings: { ...LONG, ...more } });
  await post('/messages', text('x'));
  await post('/messages/batch', { messages: [{ ...text('y'), ...more }] });
  const { messages } = await post('/messages/pull', {});
  assert.equal(messages.length, 2);
  const acks = messages.map(({ lease_id }) => ({ lease_id, ...more }));
  assert.equal((await post('/messages/ack', { acks })).ackCount, 2);
  const settings = { delivery_delay: 0, ...more };
  succeeded(await suite.send('PUT', queue.path, { body: { ...more, settings } }));
});

test('unknown query parameters and headers are ignored', async () => {
  const queue = await suite.queue({ consumer: LONG });
  const headers = { 'x-stainless-lang': 'js', 'api-version': '2026-01-01', 'idempotency-key': 'x', accept: 'text/html' };
  succeeded(await suite.send('POST', `${queue.path}/messages?debug=1&debug=2&x`, { body: text('x'), headers }));
  succeeded(await suite.send('GET', `${queue.path}?unknown=%F0%9F%98%80`, { headers }));
});

test('integers may be written as integral floats', async () => {
  const queue = await suite.queue();
  const post = async (path, body) => succeeded(await suite.send('POST', queue.path + path, { body }));
  const consumer = await post(
    '/consumers',
    '{"type":"http_pull","settings":{"batch_size":1e1,"max_retries":3.0,"visibility_timeout_ms":6.0e5,"retry_delay":0.0}}',
  );
  assert.deepEqual(consumer.settings, { batch_size: 10, max_retries: 3, visibility_timeout_ms: 600_000, retry_delay: 0 });
  await post('/messages', '{"body":"x","content_type":"text","delay_seconds":0.0}');
  await post('/messages/batch', '{"messages":[{"body":1,"delay_seconds":6.0e2}],"delay_seconds":30.0}');
  const { messages } = await post('/messages/pull', '{"batch_size":1E1,"visibility_timeout_ms":30000.0}');
  assert.equal(messages.length, 1);
  const { lease_id } = messages[0];
  assert.equal((await post('/messages/ack', `{"retries":[{"lease_id":"${lease_id}","delay_seconds":10.0}]}`)).retryCount, 1);
  const edited = succeeded(await suite.send('PATCH', queue.path, { body: '{"settings":{"delivery_delay":3e1}}' }));
  assert.equal(edited.settings.delivery_delay, 30);
});

test('a pull, a peek and an ack need no body at all', async () => {
  const queue = await suite.queue({ consumer: LONG });
  for (const body of [undefined, '']) {
    assert.deepEqual(succeeded(await suite.send('POST', `${queue.path}/messages/pull`, { body })).messages, []);
    assert.deepEqual(succeeded(await suite.send('POST', `${queue.path}/messages/peek`, { body })).messages, []);
  }
});

test('white space around a JSON body is allowed, and so is a body sent in chunks', async () => {
  const queue = await suite.queue({ consumer: LONG });
  succeeded(await suite.send('POST', `${queue.path}/messages`, { body: ' \r\n\t{"body":"a","content_type":"text"}\n ' }));
  const headers = { 'content-length': null, 'transfer-encoding': 'chunked' };
  succeeded(await suite.send('POST', `${queue.path}/messages`, { body: text('b'), headers }));
  assert.deepEqual((await pulled(queue)).map(({ body }) => body), ['a', 'b']);
});

test('duplicate slashes are one', async () => {
  const queue = await suite.queue({ consumer: LONG });
  const path = queue.path.replaceAll('/', '//');
  succeeded(await suite.send('GET', path));
  succeeded(await suite.send('POST', `//${path}///messages`, { body: text('x') }));
  assert.equal((await pulled(queue)).length, 1);
});

test('the name filter of the list is exact and repeatable, and unknown names draw nothing', async () => {
  const stem = freshName();
  const names = [stem, `${stem}-b`, stem.toUpperCase()];
  for (const name of names) await suite.queue({ name });
  const list = async (query) =>
    succeeded(await suite.send('GET', `${queuesPath}?${query}`)).map(({ queue_name }) => queue_name);
  assert.deepEqual(await list(`page=1&name=${stem}`), [stem]);
  assert.deepEqual(await list(`name=${names[1]}&name=${stem}&name=${stem}&name=none`), [stem, names[1]]);
  assert.deepEqual(await list(`name=${stem.slice(0, -1)}`), []);
  assert.deepEqual(await list('name=%C3%A4%20x'), []);
});

test('the list of queues is paged, and odd page numbers mean the first page', async () => {
  const account = 'cccccccccccccccccccccccccccccccc';
  const base = `/accounts/${account}/queues`;
  for (let n = 0; n < 5; n++) succeeded(await suite.send('POST', base, { body: { queue_name: `q${n}` } }));
  const page = async (query) => (await suite.send('GET', `${base}?${query}`)).json;
  const second = await page('page=2&per_page=2');
  assert.deepEqual(second.result.map(({ queue_name }) => queue_name), ['q2', 'q3']);
  assert.deepEqual(second.result_info, { count: 2, page: 2, per_page: 2, total_count: 5, total_pages: 3 });
  assert.equal((await page('page=4&per_page=2')).result.length, 0);
  for (const odd of ['page=0', 'page=-1', 'page=x', 'page=']) {
    const first = await page(odd);
    assert.equal(first.result.length, 5, odd);
    assert.equal(first.result_info.page, 1, odd);
    assert.equal(first.result_info.per_page, 100, odd);
  }
  assert.equal((await page('per_page=5000')).result_info.per_page, 1000);
});

test('a script may be sent as script or as script_name', async () => {
  const queue = await suite.queue();
  const body = { type: 'worker', script: 'from-denoflare' };
  const consumer = succeeded(await suite.send('POST', `${queue.path}/consumers`, { body }));
  assert.equal(consumer.script, 'from-denoflare');
  assert.equal(consumer.script_name, 'from-denoflare');
});

test('empty and null dead letter queues mean none', async () => {
  for (const dead_letter_queue of ['', null]) {
    const queue = await suite.queue();
    const body = { type: 'http_pull', dead_letter_queue };
    assert.equal(succeeded(await suite.send('POST', `${queue.path}/consumers`, { body })).dead_letter_queue, '');
  }
});

test('the former names of peek and purge by ref still work', async () => {
  const queue = await suite.queue();
  succeeded(await suite.send('POST', `${queue.path}/messages`, { body: text('x') }));
  const preview = succeeded(await suite.send('POST', `${queue.path}/messages/preview`, { body: {} }));
  assert.equal(preview.messages[0].body, 'x');
  const acks = [{ lease_id: preview.messages[0].lease_id }];
  const response = succeeded(await suite.send('POST', `${queue.path}/messages/preview/ack`, { body: { acks } }));
  assert.deepEqual(response.warnings, {});
  assert.equal(succeeded(await suite.send('GET', `${queue.path}/metrics`)).backlog_count, 0);
});

test('a lone surrogate escape, a NUL and invalid UTF-8 cause no 5xx and break nothing', async () => {
  const queue = await suite.queue({ consumer: LONG });
  const bodies = [
    '{"body":"\\ud800","content_type":"text"}',
    '{"body":"a\\u0000b","content_type":"text"}',
    Buffer.from([...Buffer.from('{"body":"'), 0xff, 0xfe, ...Buffer.from('","content_type":"text"}')]),
    '\ufeff{"body":"bom","content_type":"text"}',
    `{"body":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    `{"body":${'9'.repeat(100_000)}}`,
    '{"body":"first","body":"second","content_type":"text"}',
  ];
  for (const body of bodies) {
    const response = await suite.send('POST', `${queue.path}/messages`, { body });
    assert.ok([200, 400].includes(response.status), `${response.status} for ${String(body).slice(0, 40)}`);
  }
  failed(await suite.send('POST', `${queue.path}/messages`, { body: bodies[2] }), 400, 10208);
  await pulled(queue);
});

suite.endsWell();
