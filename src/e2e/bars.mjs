// Measures the performance targets for a large backlog: node bars.mjs [messages]. A million messages of 200 bytes are
// pushed in batches of 100, under -Xmx256m. Then push, pull and acknowledge must still work, and a restart must be
// ready within 3 s. Prints the results and exits with 1 if a target is missed.

import { readFileSync } from 'node:fs';
import http from 'node:http';
import { send } from './harness/http.js';
import { Server, TOKEN } from './harness/server.js';

const MESSAGES = Number(process.argv[2] ?? 1_000_000);
const RESTART_BAR_MILLIS = 3_000;
const CONNECTIONS = 8;
const queues = '/client/v4/accounts/7f1d2c3b4a5968778695a4b3c2d1e0f9/queues';
const server = new Server({ javaOptions: ['-Xmx256m'] });
const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const missed = [];

const call = async (method, path, body) => {
  const response = await send(server.origin, method, path, { body, agent, token: TOKEN });
  if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${response.text}`);
  return response.json.result;
};
const bar = (what, holds) => {
  console.log(`${holds ? 'reached' : 'MISSED '}  ${what}`);
  if (!holds) missed.push(what);
};
const rss = () => {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  const megabytes = (name) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024);
  return `RSS ${megabytes('VmRSS')} MB, at most ${megabytes('VmHWM')} MB`;
};
/** Processor time of the server so far: more reliable than elapsed time on a busy machine. */
const cpuMillis = () => {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
};
const start = async () => {
  await server.start();
  return `ready in ${server.readyMillis} ms (${Math.round(server.launchMillis)} with the JVM, ${cpuMillis()} of the processor)`;
};
const timed = async (run) => {
  const start = performance.now();
  const result = await run();
  return { result, millis: Math.round(performance.now() - start) };
};

/** Pushes, pulls and acknowledges with the full queue; returns the slowest time of each. */
async function cycle(queue) {
  const slowest = { push: 0, pull: 0, ack: 0 };
  let acked = 0;
  for (let turn = 0; turn < 200; turn++) {
    const note = async (name, run) => {
      const { result, millis } = await timed(run);
      slowest[name] = Math.max(slowest[name], millis);
      return result;
    };
    await note('push', () => call('POST', `${queue}/messages`, { body: `x${turn}`.padEnd(200, '.'), content_type: 'text' }));
    const { messages } = await note('pull', () => call('POST', `${queue}/messages/pull`, { batch_size: 100 }));
    if (messages.length !== 100) throw new Error(`a pull of 100 gave ${messages.length}`);
    const acks = messages.map(({ lease_id }) => ({ lease_id }));
    const { ackCount } = await note('ack', () => call('POST', `${queue}/messages/ack`, { acks }));
    acked += ackCount;
  }
  return { slowest, acked };
}

try {
  await start();
  await server.end('SIGTERM');
  console.log(`empty store: ${await start()}`);
  const { queue_id } = await call('POST', queues, { queue_name: 'deep' });
  const queue = `${queues}/${queue_id}`;
  await call('POST', `${queue}/consumers`, { type: 'http_pull', settings: { visibility_timeout_ms: 600_000 } });

  let next = 0;
  const fill = async () => {
    while (next < MESSAGES) {
      const first = next;
      next += 100;
      const text = (n) => ({ body: String(n).padEnd(200, 'x'), content_type: 'text' });
      await call('POST', `${queue}/messages/batch`, { messages: Array.from({ length: 100 }, (_, i) => text(first + i)) });
      if ((first + 100) % 100_000 === 0) console.log(`${next} pushed, ${rss()}`);
    }
  };
  const filled = await timed(() => Promise.all(Array.from({ length: CONNECTIONS }, fill)));
  console.log(`${next} messages in ${filled.millis} ms: ${Math.round((next / filled.millis) * 1_000)}/s`);
  let { backlog_count } = await call('GET', `${queue}/metrics`);
  bar(`${backlog_count} of ${next} messages wait`, backlog_count === next);

  for (const when of ['before', 'after']) {
    const { slowest, acked } = await cycle(queue);
    backlog_count += 200 - acked;
    const counted = (await call('GET', `${queue}/metrics`)).backlog_count;
    bar(`${when} the restart 20000 messages go round, slowest ${JSON.stringify(slowest)} ms, ${rss()}`, counted === backlog_count);
    if (when === 'before') {
      await server.end('SIGTERM', 60_000);
      bar(`restart: ${await start()}`, server.readyMillis <= RESTART_BAR_MILLIS);
      const { millis } = await timed(() => call('GET', `${queue}/metrics`));
      console.log(`first response after ${millis} ms`);
      await server.kill();
      bar(`restart after kill -9: ${await start()}`, server.readyMillis <= RESTART_BAR_MILLIS);
    }
  }
} finally {
  agent.destroy();
  await server.stop();
}
process.exitCode = missed.length > 0 ? 1 : 0;
