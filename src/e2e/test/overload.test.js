import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flood } from '../harness/flood.js';
import { send } from '../harness/http.js';
import { MemoryMonitor } from '../harness/memory.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { LIMIT_MILLIS, until } from '../harness/until.js';

// Load far above the capacity of the server: its rejections, its memory, and its recovery.

const SECONDS = Number(process.env.SLUICE_OVERLOAD_SECONDS ?? 4);
/** Limit for later requests that are accepted before an earlier one, as a multiple of the connections. */
const OVERTAKINGS_MAX = 4;
const MIB = 1 << 20;
const HEAP_MIB = 192;

/** Heap, and the same amount for direct network buffers; 128 MiB of RocksDB; 160 MiB of code, threads and JVM. */
const RESIDENT_BYTES_MAX = (2 * HEAP_MIB + 128 + 160) * MIB;

/** The server of these tests exits at once if it runs out of memory, so that no test can overlook it. */
const JAVA_OPTIONS = [`-Xmx${HEAP_MIB}m`, '-XX:+ExitOnOutOfMemoryError'];

async function overload(context, { connections, body, settings = {} }) {
  const server = await Server.during(context, { settings, javaOptions: JAVA_OPTIONS });
  const queues = `/client/v4/accounts/${ACCOUNT}/queues`;
  const made = await send(server.origin, 'POST', queues, { token: TOKEN, body: { queue_name: 'flooded' } });
  const path = `${queues}/${made.json.result.queue_id}/messages`;
  const memory = new MemoryMonitor(server.pid);
  const flood = new Flood(server, { path, token: TOKEN, body });
  context.after(() => flood.end());
  const began = performance.now();
  await flood.begin(connections);
  const longEnough = () => flood.reachedAll && performance.now() - began > SECONDS * 1_000;
  await until('every connection has a response', longEnough, { within: LIMIT_MILLIS + SECONDS * 1_000 });
  flood.end();
  const ended = performance.now();
  flood.millis = ended - began;
  assert.equal(server.log.match(/OutOfMemory.*/)?.[0], undefined);
  await until('a push is accepted again', async () => {
    const { status } = await send(server.origin, 'POST', path, { token: TOKEN, body: { body: 'after' } });
    return status === 200;
  });
  const recovered = performance.now() - ended;
  const peak = memory.end();
  context.diagnostic(
    `${connections} connections, ${Math.round(flood.millis)} ms: ${[...flood.statuses].map(([status, count]) => `${count} times ${status}`).join(', ')}, ` +
      `broken ${flood.broken}, p50 ${Math.round(Flood.quantile(flood.accepted, 0.5))} ms, p99 ${Math.round(Flood.quantile(flood.accepted, 0.99))} ms, ` +
      `overtaken by ${Flood.quantile(flood.overtakings, 0.5)} (p50), ${Flood.quantile(flood.overtakings, 0.99)} (p99), ` +
      `peak ${Math.round(peak / MIB)} MiB, well again after ${Math.round(recovered)} ms`,
  );
  assert.equal(flood.broken, 0, 'connections closed by the server');
  assert.deepEqual([...flood.statuses.keys()].filter((status) => status !== 200 && status !== 429), []);
  for (const refusal of flood.refusals.keys()) {
    assert.match(refusal, /^retry-after: \d+\r$/im);
    assert.match(refusal, /"code":10250\b/);
  }
  // A connection has one request in progress, so no request waits longer than a few times as many others take.
  const overtaken = Flood.quantile(flood.overtakings, 0.99);
  assert.ok(overtaken < OVERTAKINGS_MAX * connections, `p99: ${overtaken} requests were accepted before one that was sent earlier`);
  assert.ok(peak < RESIDENT_BYTES_MAX, `${peak / MIB} MiB`);
  await server.stop();
  return flood;
}

test('requests above the capacity of the disk wait in the network and not in memory', async (context) => {
  const flood = await overload(context, { connections: 3_000, body: '{"body":"small"}' });
  assert.ok(flood.accepted.length > 3_000, `${flood.accepted.length} accepted`);
});

test('bodies beyond the memory for requests are refused with 429, the others accepted', async (context) => {
  const flood = await overload(context, { connections: 600, body: JSON.stringify({ body: 'x'.repeat(100_000) }) });
  assert.ok(flood.statuses.get(429) > 0);
  assert.ok(flood.statuses.get(200) > 0);
});

test('pushes beyond the rate of a queue are refused with 429, the others accepted', async (context) => {
  const settings = { 'limits.messages_per_second_max': 500 };
  const flood = await overload(context, { connections: 1_000, body: '{"body":"small"}', settings });
  assert.ok(flood.statuses.get(429) > 0);
  // At most the messages of the rate, with the first and the last second counted fully.
  assert.ok(flood.statuses.get(200) <= 500 * (flood.millis / 1_000 + 2), `${flood.statuses.get(200)} accepted`);
});
