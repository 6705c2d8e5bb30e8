import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { Ledger } from '../crash/ledger.js';
import { ContractProxy } from '../harness/contract-proxy.js';
import { Contract } from '../harness/contract.js';
import { send } from '../harness/http.js';
import { ACCOUNT } from '../harness/suite.js';

// The instruments themselves: each must see what it is there to see.

const message = (key, attempts = 1, more = {}) => ({
  id: `id-of-${key}`,
  body: `${key} text`,
  attempts,
  metadata: { 'CF-Content-Type': 'text' },
  lease_id: 'x',
  ...more,
});
const push = (ledger, ...keys) => ledger.pushSent(keys.map((key) => ({ key, text: `${key} text` })));

/** What the ledger says of a history. */
function violations(history) {
  const ledger = new Ledger();
  history(ledger);
  return ledger.violations;
}

const WRONG = {
  'an answered push that is lost': [
    /k1 was answered and is lost/,
    (ledger) => {
      ledger.pushAnswered(push(ledger, 'k1'));
      ledger.checkDrained();
    },
  ],
  'an unanswered push that was seen once and is lost then': [
    /k1 was delivered, never acknowledged, and is lost/,
    (ledger) => {
      push(ledger, 'k1');
      ledger.delivered([message('k1')], ledger.tick());
      ledger.checkDrained();
    },
  ],
  'an acknowledged message that comes back': [
    /k1 was acknowledged and is delivered again/,
    (ledger) => {
      push(ledger, 'k1');
      ledger.delivered([message('k1')], ledger.tick());
      ledger.ackAnswered(['k1'], 1);
      ledger.delivered([message('k1', 2)], ledger.tick());
    },
  ],
  'a message that nobody pushed': [/never pushed/, (ledger) => ledger.delivered([message('k1')], ledger.tick())],
  'a changed body': [
    /k1 came back changed/,
    (ledger) => {
      push(ledger, 'k1');
      ledger.delivered([message('k1', 1, { body: 'k1 test' })], ledger.tick());
    },
  ],
  'a message that is there twice': [
    /k1 has the ids/,
    (ledger) => {
      push(ledger, 'k1');
      ledger.delivered([message('k1'), message('k1', 2, { id: 'another' })], ledger.tick());
    },
  ],
  'the same attempt twice': [
    /k1 was delivered twice as attempt 1/,
    (ledger) => {
      push(ledger, 'k1');
      ledger.delivered([message('k1'), message('k1')], ledger.tick());
    },
  ],
  'half of a batch': [
    /of a batch of 2 only 1/,
    (ledger) => {
      push(ledger, 'k1', 'k2');
      ledger.delivered([message('k1')], ledger.tick());
      ledger.ackSent(['k1']);
      ledger.checkDrained();
    },
  ],
  'more attempts than pulls': [
    /k1 shows attempt 3/,
    (ledger) => {
      push(ledger, 'k1');
      ledger.delivered([message('k1', 3)], ledger.tick());
      ledger.ackSent(['k1']);
      ledger.checkDrained();
    },
  ],
  'a backlog that is too small': [
    /backlog_count is 0, and must be from 1 to 2/,
    (ledger) => {
      ledger.pushAnswered(push(ledger, 'k1'));
      push(ledger, 'k2');
      ledger.checkBacklog(0);
    },
  ],
};

for (const [what, [expected, history]] of Object.entries(WRONG)) {
  test(`the ledger of the crash test sees ${what}`, () => {
    const found = violations(history);
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0], expected);
  });
}

test('the ledger of the crash test accepts both outcomes of what was not answered', () => {
  const history = (ledger) => {
    push(ledger, 'k1', 'k2');
    push(ledger, 'k3');
    ledger.delivered([message('k3')], ledger.tick());
    ledger.ackSent(['k3']);
    ledger.checkBacklog(0);
    ledger.checkBacklog(3);
    ledger.checkDrained();
  };
  assert.deepEqual(violations(history), []);
});

const answers = {
  'an envelope that lacks a field': [200, { success: true, errors: [], result: [] }],
  'a status that the contract does not have': [299, { success: true, errors: [], messages: [], result: null }],
  'an answer that is not JSON': [200, 'hello'],
  'a success of the wrong shape': [200, { success: true, errors: [], messages: [], result: { queues: [] } }],
};

for (const [what, [status, body]] of Object.entries(answers)) {
  test(`the proxy of the contract sees ${what}`, async () => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const found = await throughProxy('GET', `/client/v4/accounts/${ACCOUNT}/queues`, status, text);
    assert.notDeepEqual(found, []);
  });
}

test('the proxy of the contract sees an operation that the contract does not have', async () => {
  const found = await throughProxy('GET', `/client/v4/accounts/${ACCOUNT}/nothing`, 200, '{}');
  assert.match(found[0], /no operation for GET/);
});

test('the proxy of the contract lets pass what fits it', async () => {
  const result_info = { count: 0, page: 1, per_page: 100, total_count: 0, total_pages: 0 };
  const body = { success: true, errors: [], messages: [], result: [], result_info };
  assert.deepEqual(await throughProxy('GET', `/client/v4/accounts/${ACCOUNT}/queues`, 200, JSON.stringify(body)), []);
});

/** What the proxy notes of one answer of a server that says exactly this. */
async function throughProxy(method, path, status, text) {
  const server = http.createServer((request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(text);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy = await new ContractProxy(Contract.load(), { host: '127.0.0.1', port: server.address().port }).start();
  try {
    const answer = await send(proxy.origin, method, path);
    assert.deepEqual([answer.status, answer.text], [status, text], 'passed on unchanged');
    return proxy.differences;
  } finally {
    await proxy.stop();
    server.closeAllConnections();
    server.close();
  }
}
