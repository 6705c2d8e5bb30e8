import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { Ledger } from '../crash/ledger.js';
import { drain, Load } from '../crash/load.js';
import { send } from '../harness/http.js';
import { temporaryDirectory } from '../harness/process.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { until } from '../harness/until.js';

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 20);
const PUSHERS = 8;
const PULLERS = 3;
const queuesPath = `/client/v4/accounts/${ACCOUNT}/queues`;

test(`${ROUNDS} times killed under load, the server loses no answered push and brings back no acknowledged message`, {
  timeout: 60_000 + ROUNDS * 30_000,
}, async (context) => {
  const home = temporaryDirectory();
  const settings = { 'storage.engine': 'rocksdb', 'storage.durability': 'fsync' };
  const server = new Server({ directory: path.join(home, 'data'), settings });
  const ledger = new Ledger();
  const call = async (method, target, body) => {
    const answer = await send(server.origin, method, target, { body, token: TOKEN });
    assert.equal(answer.status, 200, answer.text);
    return answer.json.result;
  };
  try {
    await server.start();
    const { queue_id } = await call('POST', queuesPath, { queue_name: 'crash' });
    const queue = `${queuesPath}/${queue_id}`;
    await call('POST', `${queue}/consumers`, {
      type: 'http_pull',
      settings: { visibility_timeout_ms: 300, max_retries: 100 },
    });
    for (let round = 1; round <= ROUNDS; round++) {
      ledger.round(round);
      const load = new Load(server.origin, queue, ledger);
      load.start({ pushers: PUSHERS, pullers: PULLERS });
      const enough = 20 + Math.floor(Math.random() * 1_500);
      await until(`${enough} pushes are answered`, () => load.answeredPushes >= enough, { within: 20_000, every: 1 });
      await server.kill();
      await load.ended();
      await server.start();
      ledger.checkBacklog((await call('GET', `${queue}/metrics`)).backlog_count);
      ledger.assertRight();
    }
    const { before, after, taken } = await drain(server.origin, queue, ledger, { within: 60_000 });
    ledger.checkDrained();
    ledger.assertRight();
    assert.equal(before.backlog_count, taken.length, 'backlog_count is what was there');
    const bytes = taken.reduce((sum, { body, metadata }) => {
      const encoded = metadata['CF-Content-Type'] === 'json';
      return sum + (encoded ? Buffer.from(body, 'base64').length : Buffer.byteLength(body));
    }, 0);
    assert.equal(before.backlog_bytes, bytes, 'backlog_bytes is what was there');
    assert.deepEqual(after, { backlog_count: 0, backlog_bytes: 0, oldest_message_timestamp_ms: 0 });
    context.diagnostic(`${ROUNDS} rounds, ${ledger.pushes} pushes, ${ledger.answered} messages answered`);
    assert.deepEqual(await server.end('SIGTERM'), { code: 0, signal: null });
    server.assertCleanLog();
  } finally {
    await server.kill();
  }
});
