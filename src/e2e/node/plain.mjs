// Clients of HTTP without an SDK: fetch, undici, curl, and the forms in which other projects use them.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { request as undiciRequest } from 'undici';
import { account_id, baseURL, Cases, respond, token } from './cases.mjs';

const run = promisify(execFile);
const group = 'HTTP clients, Node and curl';
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

/** The ways to send a request: each returns {status, retryAfter, json}. */
const CLIENTS = {
  async fetch(method, url, body) {
    const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
    return { status: response.status, retryAfter: response.headers.get('retry-after'), json: await response.json() };
  },
  async undici(method, url, body) {
    const response = await undiciRequest(url, { method, headers, body: body && JSON.stringify(body) });
    return { status: response.statusCode, retryAfter: response.headers['retry-after'], json: await response.body.json() };
  },
  // As in Cloudflare's documentation: --data without a content type, so curl sends that of a form.
  async curl(method, url, body) {
    const data = body === undefined ? [] : ['--data', JSON.stringify(body)];
    const args = ['--silent', '--request', method, url, '--header', `Authorization: Bearer ${token}`, ...data];
    const { stdout } = await run('curl', [...args, '--write-out', '\n%{http_code} %header{retry-after}']);
    const [json, last] = stdout.split('\n');
    const [status, retryAfter] = last.split(' ');
    return { status: Number(status), retryAfter, json: JSON.parse(json) };
  },
};

let queues = 0;

async function newQueue(send) {
  const { json } = await send('POST', `${baseURL}/accounts/${account_id}/queues`, { queue_name: `plain-${++queues}` });
  const queue = `${baseURL}/accounts/${account_id}/queues/${json.result.queue_id}`;
  await send('POST', `${queue}/consumers`, { type: 'http_pull' });
  return queue;
}

for (const [client, send] of Object.entries(CLIENTS)) {
  const cases = new Cases({ group, client });
  const queue = await newQueue(send);
  const push = (text) => send('POST', `${queue}/messages`, { body: text, content_type: 'text' });
  const pull = () => send('POST', `${queue}/messages/pull`, { batch_size: 10, visibility_timeout_ms: 60000 });
  const ack = (messages) => send('POST', `${queue}/messages/ack`, { acks: messages.map(({ lease_id }) => ({ lease_id })) });
  let messages;
  await cases.run('push', async () => assert.equal((await push('hello')).status, 200));
  await cases.run('pull', async () => {
    ({ messages } = (await pull()).json.result);
    assert.deepEqual(messages.map(({ body }) => body), ['hello']);
  });
  await cases.run('ack', async () => assert.equal((await ack(messages)).json.result.ackCount, 1));
  await cases.run('failure 409', async () => {
    await send('PATCH', queue, { settings: { delivery_paused: true } });
    const paused = await pull();
    await send('PATCH', queue, { settings: { delivery_paused: false } });
    assert.deepEqual([paused.status, paused.json.errors[0].code], [409, 10252]);
  });
  await cases.run('failure 429', async () => {
    await push('x'.repeat(120_000));
    await push('x'.repeat(120_000));
    const full = await push('x'.repeat(120_000));
    assert.deepEqual([full.status, full.retryAfter, full.json.errors[0].code], [429, '1', 10251]);
    await ack((await pull()).json.result.messages);
    assert.equal((await push('again')).status, 200);
  });
  await cases.run('failure 500', async () => {
    await respond(500, 1);
    const failed = await push('twice');
    assert.deepEqual([failed.status, failed.json.errors[0].code], [500, 15000]);
    assert.equal((await push('twice')).status, 200);
  });
}

// @bbc/cloudflare-queue-consumer: it acknowledges with whole messages; its first versions did so with plain strings.
{
  const cases = new Cases({ group, client: 'form of @bbc/cloudflare-queue-consumer' });
  const send = CLIENTS.fetch;
  const queue = await newQueue(send);
  let messages;
  await cases.run('push', async () => assert.equal((await send('POST', `${queue}/messages`, { body: { n: 1 } })).status, 200));
  await cases.run('pull', async () => {
    ({ messages } = (await send('POST', `${queue}/messages/pull`, { batch_size: 10, visibility_timeout_ms: 60000 })).json.result);
    assert.equal(messages.length, 1);
  });
  await cases.run('retry', async () => {
    const retries = messages.map((message) => ({ ...message, delay_seconds: 0 }));
    assert.equal((await send('POST', `${queue}/messages/ack`, { acks: [], retries })).json.result.retryCount, 1);
    ({ messages } = (await send('POST', `${queue}/messages/pull`, {})).json.result);
  });
  await cases.run('failure 400', async () => {
    const refused = await send('POST', `${queue}/messages/ack`, { acks: messages.map(({ lease_id }) => lease_id) });
    assert.deepEqual([refused.status, refused.json.errors[0].code], [400, 10207]);
    assert.equal(refused.json.errors[0].message, 'Expected object, received string at "acks[0]"');
  });
  await cases.run('ack', async () => {
    assert.equal((await send('POST', `${queue}/messages/ack`, { acks: messages, retries: [] })).json.result.ackCount, 1);
  });
}

// Laravel's drivers: visibility_timeout without its unit, one list of an acknowledgement at a time, no content type of a batch.
{
  const cases = new Cases({ group, client: 'form of Laravel drivers' });
  const send = CLIENTS.fetch;
  const queue = await newQueue(send);
  const pull = async () => (await send('POST', `${queue}/messages/pull`, { batch_size: 1, visibility_timeout: 10000 })).json.result;
  const job = JSON.stringify({ uuid: '1', job: 'Illuminate\\Queue\\CallQueuedHandler@call', data: {} });
  let message;
  await cases.run('push', async () => {
    const body = { body: job, content_type: 'text', delay_seconds: 0 };
    assert.equal((await send('POST', `${queue}/messages`, body)).json.success, true);
  });
  await cases.run('pull', async () => {
    const { messages, message_backlog_count } = await pull();
    [message] = messages;
    assert.deepEqual([message.body, message_backlog_count], [job, 1]);
    assert.deepEqual((await pull()).messages, [], 'ten seconds, not ten milliseconds');
  });
  await cases.run('retry', async () => {
    const retries = [{ lease_id: message.lease_id, delay_seconds: 0 }];
    assert.equal((await send('POST', `${queue}/messages/ack`, { retries })).json.success, true);
    [message] = (await pull()).messages;
    assert.equal(message.attempts, 2);
  });
  await cases.run('ack', async () => {
    const acks = [{ lease_id: message.lease_id }];
    assert.equal((await send('POST', `${queue}/messages/ack`, { acks })).json.result.ackCount, 1);
    assert.equal((await pull()).message_backlog_count, 0);
  });
}
