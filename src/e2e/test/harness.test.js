import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { ContractProxy } from '../harness/contract-proxy.js';
import { Contract } from '../harness/contract.js';
import { send } from '../harness/http.js';
import { ACCOUNT } from '../harness/suite.js';

// Tests of the test harness: each check must detect violations.

const responses = {
  'an envelope that lacks a field': [200, { success: true, errors: [], result: [] }],
  'a status that the contract does not have': [299, { success: true, errors: [], messages: [], result: null }],
  'a response that is not JSON': [200, 'hello'],
  'a success of the wrong shape': [200, { success: true, errors: [], messages: [], result: { queues: [] } }],
};

for (const [what, [status, body]] of Object.entries(responses)) {
  test(`the contract proxy detects ${what}`, async () => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const found = await throughProxy('GET', `/client/v4/accounts/${ACCOUNT}/queues`, status, text);
    assert.notDeepEqual(found, []);
  });
}

test('the contract proxy detects an operation that is not in the contract', async () => {
  const found = await throughProxy('GET', `/client/v4/accounts/${ACCOUNT}/nothing`, 200, '{}');
  assert.match(found[0], /no operation for GET/);
});

test('the contract proxy accepts a response that conforms to the contract', async () => {
  const result_info = { count: 0, page: 1, per_page: 100, total_count: 0, total_pages: 0 };
  const body = { success: true, errors: [], messages: [], result: [], result_info };
  assert.deepEqual(await throughProxy('GET', `/client/v4/accounts/${ACCOUNT}/queues`, 200, JSON.stringify(body)), []);
});

/** The findings of the proxy for one response of a server that sends exactly this. */
async function throughProxy(method, path, status, text) {
  const server = http.createServer((request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(text);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy = await new ContractProxy(Contract.load(), { host: '127.0.0.1', port: server.address().port }).start();
  try {
    const response = await send(proxy.origin, method, path);
    assert.deepEqual([response.status, response.text], [status, text], 'passed on unchanged');
    return proxy.differences;
  } finally {
    await proxy.stop();
    server.closeAllConnections();
    server.close();
  }
}
