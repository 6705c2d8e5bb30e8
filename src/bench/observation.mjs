#!/usr/bin/env node
// What watching costs: a scrape of many queues, pushes while a server is watched or traced, an idle server, the console's
// files. Compares processor time, which another load on the machine disturbs less than rates.

import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { text } from './bodies.mjs';
import { freePort, send, Sluice } from './contenders.mjs';
import { pause } from './processes.mjs';
import { idlePercent, processorMillis } from './resources.mjs';
import { warmUp } from './warmup.mjs';
import { requestsScript, wrk } from './wrk.mjs';

const ACCOUNT = '00000000000000000000000000000b01';
const AUTHORIZATION = { Authorization: 'Bearer benchmark-token-with-full-rights' };
const PARTS = ['scrape', 'traced', 'watched', 'idle', 'assets'];
const SCRAPE_MILLIS = 5_000;
/** As the console does. */
const POLL_MILLIS = 3_000;

const { values: options } = parseArgs({
  options: {
    queues: { type: 'string', default: '10000' }, rounds: { type: 'string', default: '9' }, seconds: { type: 'string', default: '6' },
    part: { type: 'string', multiple: true, default: PARTS }, help: { type: 'boolean' },
  },
});
if (options.help) {
  console.log(`node src/bench/observation.mjs [--queues 10000] [--rounds 9] [--seconds 6] [--part ${PARTS.join('|')}]...`);
  process.exit(0);
}
const [queues, rounds, seconds] = ['queues', 'rounds', 'seconds'].map((name) => Number(options[name]));
const middle = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const say = (what, value, bar) => console.log(`${what}: ${value}${bar ? ` (bar: ${bar})` : ''}`);

/** A server with this many queues; `management` is the address of its management port. */
async function server(count, { settings = {}, environment = {}, pinned = true } = {}) {
  const port = await freePort();
  const started = new Sluice({ engine: 'memory', settings: { 'management.port': port, ...settings }, environment });
  if (!pinned) started.startCore = null;
  await started.start();
  started.management = `http://127.0.0.1:${port}`;
  return started.makeQueues(count, { consumer: true });
}

const scrape = (of) => send(`${of.management}/metrics`, 'GET');

/** Wall time and processor time of scrapes, with a message in every queue, so that all of them are active. */
async function scrapes() {
  const of = await server(queues, { settings: { 'metrics.queues_max': queues }, pinned: false });
  for (let from = 0; from < queues; from += 50) {
    await Promise.all(of.queues.slice(from, from + 50).map((id) => of.call('POST', `/${id}/messages`, { body: 'x', content_type: 'text' })));
  }
  let bytes = 0;
  const walls = [];
  const processors = [];
  for (let i = 0; i < 3 * rounds; i++) {
    const processor = processorMillis(of.pid);
    const began = performance.now();
    ({ length: bytes } = (await scrape(of)).text);
    walls.push(performance.now() - began);
    processors.push(processorMillis(of.pid) - processor);
  }
  const warm = (all) => all.slice(rounds);
  say(`scrape of ${queues} active queues, ${(bytes / 1e6).toFixed(1)} MB, wall`, `${middle(warm(walls)).toFixed(0)} ms`, '<= 250');
  say('the same, processor', `${middle(warm(processors)).toFixed(0)} ms`);
  await of.stop();
}

/** Pushes to both servers in turn; returns the median ratio of their processor time per push. */
async function compare(plain, other, during = () => () => {}) {
  const both = [plain, other];
  for (const each of both) {
    each.script = requestsScript(each.pushes([text(200)]));
    await warmUp(each, (time) => wrk(each.origin, each.script, { connections: 64, seconds: time }));
    await each.reset();
  }
  const micros = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const index of round % 2 ? [1, 0] : [0, 1]) {
      const end = index ? during(other) : () => {};
      const before = processorMillis(both[index].pid);
      const { requests } = await wrk(both[index].origin, both[index].script, { connections: 64, seconds });
      end();
      micros[index].push(((processorMillis(both[index].pid) - before) * 1000) / requests);
      await both[index].reset();
    }
  }
  for (const each of both) await each.stop();
  const ratios = micros[0].map((each, round) => each / micros[1][round]);
  return `${middle(ratios).toFixed(3)} (${middle(micros[0]).toFixed(2)} and ${middle(micros[1]).toFixed(2)} µs per push)`;
}

async function traced() {
  const collector = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/x-protobuf').end());
  });
  await new Promise((listening) => collector.listen(0, '127.0.0.1', listening));
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.address().port}`,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.01',
  };
  say('push without traces / with 1 % of them', await compare(await server(1), await server(1, { environment })), '>= 0.95');
  collector.closeAllConnections();
  collector.close();
}

async function watched() {
  const watch = (of) => {
    const poll = () => send(`${of.origin}/sluice/v1/accounts/${ACCOUNT}/queues?per_page=1000&page=1`, 'GET', '', AUTHORIZATION).catch(() => {});
    const timers = [setInterval(poll, POLL_MILLIS), setInterval(() => scrape(of).catch(() => {}), SCRAPE_MILLIS)];
    return () => timers.forEach(clearInterval);
  };
  const plain = await server(1, { settings: { 'log.access': 'off' } });
  const other = await server(1, { settings: { 'log.access': 'errors' } });
  say('push alone / with console, scrapes every 5 s and log.access: errors', await compare(plain, other, watch), '>= 0.97');
}

async function idle() {
  const of = await server(queues, { pinned: false });
  await pause(70_000);
  say(`idle server with ${queues} queues`, `${(await idlePercent(of.pid)).toFixed(2)} % of a core`, '<= 1');
  await of.stop();
}

async function assets() {
  const of = await server(0);
  const files = ['', 'console.css', 'icon.svg', 'main.js', 'api.js', 'body.js', 'chart.js', 'format.js', 'messages.js', 'overview.js',
    'parts.js', 'queue.js', 'redrives.js', 'lib/preact.js', 'lib/uplot.js', 'lib/uplot.css'];
  let bytes = 0;
  for (const file of files) {
    const response = await fetch(`${of.origin}/console/${file}`, { headers: { 'accept-encoding': 'gzip' } });
    if (!response.ok) throw new Error(`${file}: ${response.status}`);
    bytes += Number(response.headers.get('content-length'));
  }
  say('files of the console, compressed', `${(bytes / 1000).toFixed(1)} kB`, '<= 60');
  await of.stop();
}

const parts = { scrape: scrapes, traced, watched, idle, assets };
for (const name of options.part) await parts[name]();
