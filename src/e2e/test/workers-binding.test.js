import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import { Contract } from '../harness/contract.js';
import { send } from '../harness/http.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { pullQueue, workerSettings } from '../harness/workers.js';

const contract = Contract.load(fileURLToPath(new URL('../../../openapi/binding.yaml', import.meta.url)));
const BASE_PATH = '/sluice/v1/binding';

test('every response of the queue binding conforms to its contract, in success and in failure', async (t) => {
  const server = await Server.during(t, { settings: workerSettings({}, [pullQueue('orders')]) });
  const headers = { 'sluice-account-id': ACCOUNT, 'sluice-queue': 'orders' };
  const ask = async (method, path, more, body, token = TOKEN) => {
    const response = await send(server.origin, method, BASE_PATH + path, { token, headers: { ...headers, ...more }, body });
    assert.deepEqual(contract.differences(method, BASE_PATH + path, response.status, response.headers, response.text), []);
    const root = await send(server.origin, method, path, { token, headers: { ...headers, ...more }, body });
    assert.equal(root.status, response.status, 'the same without the base path');
    return [response.status, response.headers['cf-queues-error-code']];
  };
  const batch = (message) => JSON.stringify({ messages: [message] });
  const v8 = serialize(new Map([[1, 2]]));

  assert.deepEqual(await ask('GET', '/metrics'), [200, undefined]);
  assert.deepEqual(await ask('POST', '/message', {}, v8), [200, undefined]);
  assert.deepEqual(await ask('POST', '/message', { 'x-msg-fmt': 'text', 'x-msg-delay-secs': '3' }, 'text'), [200, undefined]);
  assert.deepEqual(await ask('POST', '/batch', {}, batch({ body: v8.toString('base64') })), [200, undefined]);
  assert.deepEqual(await ask('GET', '/metrics'), [200, undefined]);

  assert.deepEqual(await ask('POST', '/message', { 'x-msg-fmt': 'xml' }, v8), [400, '10203']);
  assert.deepEqual(await ask('POST', '/message', { 'x-msg-fmt': 'json' }, '{'), [400, '10207']);
  assert.deepEqual(await ask('POST', '/message', {}, 'no serialized value'), [400, '10207']);
  assert.deepEqual(await ask('POST', '/message', { 'x-msg-fmt': 'bytes' }, Buffer.alloc(128_001)), [413, '10204']);
  assert.deepEqual(await ask('POST', '/batch', {}, '{'), [400, '10208']);
  assert.deepEqual(await ask('POST', '/batch', {}, batch({ body: '*' })), [400, '10207']);
  assert.deepEqual(await ask('POST', '/batch', { 'x-msg-delay-secs': '-1' }, batch({ body: 'AA==', contentType: 'bytes' })), [400, '10202']);
  assert.deepEqual(await ask('POST', '/batch', {}, JSON.stringify({ messages: Array(101).fill({ body: '', contentType: 'text' }) })), [400, '10206']);
  assert.deepEqual(await ask('POST', '/message', { 'sluice-queue': 'none' }, v8), [404, '10104']);
  assert.deepEqual(await ask('POST', '/message', { 'sluice-account-id': 'none' }, v8), [404, '7003']);
  assert.deepEqual(await ask('POST', '/message', { 'content-encoding': 'gzip' }, v8), [415, '10026']);
  assert.deepEqual(await ask('POST', '/message', {}, v8, 'another token'), [403, '10000']);
  assert.deepEqual(await ask('POST', '/message', {}, v8, ''), [400, '9106']);
  await server.stop();
});
