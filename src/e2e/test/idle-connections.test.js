import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { freePort } from '../harness/free-port.js';
import { send } from '../harness/http.js';
import { IdleConnection } from '../harness/idle.js';
import { residentBytes } from '../harness/memory.js';
import { processorMillis } from '../harness/processor.js';
import { requirement } from '../harness/requirement.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { until } from '../harness/until.js';

// Ten thousand idle connections: their cost, their effect on others, and their metric.

const CONNECTIONS = 10_000;
/** Connections and other files of a process; Node and Java raise their soft limit to the hard limit. */
const FILES = CONNECTIONS + 800;
/** The connection of a finished push may still be counted when the next push begins. */
const ROOM = 20;
/** Connections over the limit; each replaces an idle one. */
const BEYOND = 100;
const MIB = 1 << 20;
/** The heap may grow to its limit in the meantime, independently of the connections. */
const RESIDENT_MIB_PER_THOUSAND_MAX = 30;
/**
 * Limit for the processor time of fifteen pushes: far above the usual value, but not in proportion to the connections.
 */
const PUSHES_PROCESSOR_MILLIS_MAX = 3_000;
const QUEUES = `/client/v4/accounts/${ACCOUNT}/queues`;
const REQUEST = `GET ${QUEUES} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`;

const filesMax = (which) => {
  const [, soft, hard] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(readFileSync(`/proc/self/limits`, 'utf8'));
  const limit = { soft, hard }[which];
  return limit === 'unlimited' ? Infinity : Number(limit);
};

function whySkipped() {
  if (process.platform !== 'linux') return 'it reads /proc';
  if (filesMax('hard') < FILES) return `a process may have ${filesMax('hard')} files open, this needs ${FILES}: ulimit -Hn`;
  if (filesMax('soft') < FILES) return `the soft limit of open files is ${filesMax('soft')}, this needs ${FILES}: ulimit -n`;
  return false;
}

const push = (server, path) =>
  send(server.origin, 'POST', path, { token: TOKEN, body: { body: 'x' }, headers: { connection: 'close' } });

/** Processor time of a few pushes, each on a new connection. */
async function millisOfPushes(server, path) {
  const before = processorMillis(server.pid);
  for (let i = 0; i < 15; i += 1) assert.equal((await push(server, path)).status, 200);
  return processorMillis(server.pid) - before;
}

async function openMany(server, count) {
  const connections = [];
  while (connections.length < count) {
    const some = Array.from({ length: Math.min(100, count - connections.length) }, () => IdleConnection.to(server, REQUEST));
    connections.push(...(await Promise.all(some)));
  }
  return connections;
}

test('ten thousand idle connections cost little, do not affect other clients and are counted', requirement(whySkipped()), async (context) => {
  const management = await freePort();
  const server = await Server.during(context, {
    settings: {
      'management.port': management,
      'http.connections_max': CONNECTIONS + ROOM,
      // Without timeouts, so that only the connection limit closes connections.
      'http.header_timeout': '24h',
      'http.idle_timeout': '24h',
    },
    javaOptions: ['-Xmx256m', '-XX:+ExitOnOutOfMemoryError'],
  });
  const counted = async () => {
    const { text } = await send(`http://127.0.0.1:${management}`, 'GET', '/metrics');
    return Number(/^sluice_open_connections (\S+)$/m.exec(text)[1]);
  };
  const countIs = (expected) => until(`${expected} connections are counted`, async () => (await counted()) === expected);
  const made = await send(server.origin, 'POST', QUEUES, {
    token: TOKEN,
    body: { queue_name: 'quiet' },
    headers: { connection: 'close' },
  });
  const path = `${QUEUES}/${made.json.result.queue_id}/messages`;

  for (const idle of await openMany(server, 500)) idle.end(true);
  await millisOfPushes(server, path);
  await countIs(0);
  const before = residentBytes(server.pid);

  const connections = await openMany(server, CONNECTIONS);
  await countIs(CONNECTIONS);
  const growth = (residentBytes(server.pid) - before) / MIB;
  const pushes = await millisOfPushes(server, path);
  assert.ok(pushes < PUSHES_PROCESSOR_MILLIS_MAX, `${pushes} ms of the processor for the pushes`);
  assert.ok(growth / (CONNECTIONS / 1_000) < RESIDENT_MIB_PER_THOUSAND_MAX, `${growth} MiB more`);

  await countIs(CONNECTIONS);
  connections.push(...(await openMany(server, ROOM)));
  assert.equal(connections.filter(({ open }) => !open).length, 0, 'idle connections that the server closed');
  connections.push(...(await openMany(server, BEYOND)));
  await countIs(CONNECTIONS + ROOM);
  await until('as many idle ones have made room', () => connections.filter(({ open }) => !open).length === BEYOND);
  assert.ok(connections.slice(-ROOM).every(({ open }) => open), 'the youngest are open');

  connections.forEach((idle, i) => idle.end(i % 2 === 0));
  await countIs(0);
  assert.equal((await push(server, path)).status, 200);
  context.diagnostic(
    `${CONNECTIONS} idle connections: ${(growth / (CONNECTIONS / 1_000)).toFixed(1)} MiB of resident memory per 1,000, ` +
      `fifteen pushes ${Math.round(pushes)} ms of the processor`,
  );
  await server.stop();
});
