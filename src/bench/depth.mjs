#!/usr/bin/env node
// Curves of rates, memory and restart time by backlog, by number of queues, and with a million delayed messages.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fill } from './backlog.mjs';
import { text } from './bodies.mjs';
import { Sluice } from './contenders.mjs';
import { circumstances } from './machine.mjs';
import { median } from './measure.mjs';
import { pause, root } from './processes.mjs';
import { report } from './report.mjs';
import { idlePercent, memory } from './resources.mjs';
import { awaitRest, warmUp } from './warmup.mjs';
import { cycleScript, requestsScript, wrk } from './wrk.mjs';

/** Starts like `make run`: with the class archive. */
const JAVA_OPTIONS = ['-Xmx256m', `-XX:SharedArchiveFile=${path.join(root, 'target/sluice.jsa')}`];
const SMALL = text(200);
const SHALLOW = 10_000;
const log = (line) => console.error(line);

const { values: options } = parseArgs({
  options: {
    largest: { type: 'string', default: '1000000' }, queues: { type: 'string', default: '10000' },
    delayed: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' }, part: { type: 'string', multiple: true }, dry: { type: 'boolean' }, help: { type: 'boolean' },
  },
});
if (options.help) {
  console.log('node src/bench/depth.mjs [--largest 1000000] [--queues 10000] [--delayed 1000000] [--rounds 3] [--seconds 4] [--part backlog|queues|delayed]... [--dry]');
  process.exit(0);
}
const [largest, queuesMost, delayedCount, rounds, seconds] =
  ['largest', 'queues', 'delayed', 'rounds', 'seconds'].map((name) => Number(options[name]));
const steps = (from, factor, to) => {
  const all = [];
  for (let step = from; step < to; step *= factor) all.push(step);
  return [...all, to];
};

const servers = new Set();
const curves = new Map();
const facts = {};

async function server(queues = 1) {
  const started = new Sluice({ javaOptions: JAVA_OPTIONS });
  started.startCore = null;
  await started.start();
  servers.add(started);
  return started.prepare({ queues, consumer: true });
}

async function end(running) {
  servers.delete(running);
  await running.stop();
}

/** Waits for outstanding compactions of a measurement, which would otherwise slow down the next one. */
async function rest(...all) {
  for (const on of all) await awaitRest(on);
}

/** Adds a point to a curve. */
function note(curve, title, x, unit, name, point) {
  if (!point.every(Number.isFinite)) return;
  if (!curves.has(curve)) curves.set(curve, { name: curve, title, x, unit, series: [] });
  const { series } = curves.get(curve);
  if (!series.some((each) => each.name === name)) series.push({ name, points: [] });
  series.find((each) => each.name === name).points.push(point.map((value) => Number(value.toFixed(2))));
}

async function pushRate(on) {
  const { requests, seconds: took } = await wrk(on.origin, requestsScript(on.pushes([SMALL])), { connections: 64, seconds });
  return requests / took;
}

async function takeRate(on) {
  const { messages, seconds: took } = await wrk(on.origin, cycleScript(on.batchCycle(SMALL)), { connections: 16, seconds });
  return messages / took;
}

/**
 * Warms up with both kinds of load on all cores and pushes this many messages; then waits for compactions and pins the
 * server to one core.
 */
async function prepare(on, backlog) {
  const took = await warmUp(on, async (seconds) => {
    await wrk(on.origin, cycleScript(on.batchCycle(SMALL)), { connections: 16, seconds });
    await wrk(on.origin, requestsScript(on.pushes([SMALL])), { connections: 64, seconds });
  });
  await hold(on, backlog);
  await awaitRest(on);
  on.pin();
  log(`  warm after ${2 * took} s`);
}

/** Fills it up to this backlog; measurements may push as many messages again before it is emptied. */
async function hold(on, backlog) {
  let count = await on.count();
  if (count > 2 * backlog) {
    await on.reset();
    count = 0;
  }
  if (count < backlog) await fill(on, backlog - count);
}

/** Alternates a measurement between a server with a small backlog and one with this many messages. */
async function beside(shallow, deep, backlog, measure) {
  const rates = { shallow: [], deep: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [name, on, other] of [['shallow', shallow, deep], ['deep', deep, shallow]]) {
      other?.freeze(true);
      on.freeze(false);
      if (name === 'shallow') await on.reset();
      await hold(on, name === 'shallow' ? SHALLOW : backlog);
      rates[name].push(await measure(on));
      other?.freeze(false);
    }
  }
  return { shallow: median(rates.shallow), deep: median(rates.deep), ratio: median(rates.deep.map((rate, i) => rate / rates.shallow[i])) };
}

function noteMemory(curve, title, x, at, { heap, rss }) {
  note(curve, title, x, 'MiB', 'heap in use after a collection', [at, heap]);
  note(curve, title, x, 'MiB', 'resident memory', [at, rss]);
}

async function byBacklog() {
  const x = 'messages waiting';
  const [shallow, deep] = [await server(), await server()];
  for (const backlog of steps(SHALLOW, 10, largest)) {
    log(`backlog of ${backlog}`);
    // Both are new JVMs: one that has compiled for longer would be faster.
    await shallow.restart();
    await prepare(shallow, SHALLOW);
    await prepare(deep, backlog);
    const taken = await beside(shallow, deep, backlog, takeRate);
    await rest(shallow, deep);
    const pushed = await beside(shallow, deep, backlog, pushRate);
    note('backlog-rates', 'Rates by backlog', x, 'messages/s', 'push', [backlog, pushed.deep]);
    note('backlog-rates', 'Rates by backlog', x, 'messages/s', 'push, pull and ack by 100', [backlog, taken.deep]);
    note('backlog-ratios', 'Rates by backlog, compared to a backlog of 10 k at the same time', x, '×', 'push', [backlog, pushed.ratio]);
    note('backlog-ratios', 'Rates by backlog, compared to a backlog of 10 k at the same time', x, '×', 'push, pull and ack by 100', [backlog, taken.ratio]);
    Object.assign(facts, { largestBacklog: backlog, pushRatio: pushed.ratio, takeRatio: taken.ratio });
    const used = memory(deep.pid);
    noteMemory('backlog-memory', 'Memory by backlog, -Xmx256m', x, backlog, used);
    facts.rssPeakMiB = used.rssPeak;
    const filled = await deep.count();
    await deep.restart();
    note('backlog-restart', 'Restart after kill -9, by backlog', x, 's', 'until ready', [backlog, deep.readyMillis / 1000]);
    facts.restartSeconds = deep.readyMillis / 1000;
    if ((await deep.count()) < filled) throw new Error('messages are missing after the restart');
    log(`  push ${Math.round(pushed.deep)} (x ${pushed.ratio.toFixed(2)}), take ${Math.round(taken.deep)} (x ${taken.ratio.toFixed(2)}), ` +
      `heap ${used.heap.toFixed(0)} MiB, peak ${used.rssPeak.toFixed(0)} MiB, restart ${deep.readyMillis} ms`);
  }
  await end(shallow);
  await end(deep);
}

async function byQueues() {
  const x = 'queues';
  const one = await server();
  const many = await server();
  for (const queues of steps(1, 100, queuesMost)) {
    log(`${queues} queues`);
    await many.makeQueues(queues, { consumer: true });
    await one.restart();
    await prepare(one, SHALLOW);
    await prepare(many, SHALLOW);
    const pushed = await beside(one, many, SHALLOW, pushRate);
    note('queues-ratios', 'Push spread over queues, compared to one queue at the same time', x, '×', 'push', [queues, pushed.ratio]);
    note('queues-rates', 'Push spread over queues', x, 'messages/s', 'push', [queues, pushed.deep]);
    noteMemory('queues-memory', 'Memory by queues, all in use, -Xmx256m', x, queues, memory(many.pid));
    await many.restart();
    note('queues-restart', 'Restart after kill -9, by queues', x, 's', 'until ready', [queues, many.readyMillis / 1000]);
    log(`  push ${Math.round(pushed.deep)} (x ${pushed.ratio.toFixed(2)}), restart ${many.readyMillis} ms`);
  }
  await pause(5_000);
  facts.idleCorePercent = await idlePercent(many.pid);
  log(`  idle: ${facts.idleCorePercent.toFixed(2)} % of a core`);
  await end(one);
  await end(many);
}

/** Measures the delay of a few thousand messages that are due soon while a million messages are due much later. */
async function delayed() {
  log(`${delayedCount} delayed messages`);
  const on = await server();
  await fill(on, delayedCount, { delayOf: () => 3_000 + Math.floor(Math.random() * 3_000) });
  const probes = 5_000;
  await fill(on, probes, { delayOf: () => 3 + Math.floor(Math.random() * 8) });
  const latenesses = [];
  const until = performance.now() + 30_000;
  while (latenesses.length < probes && performance.now() < until) {
    const { messages } = await on.call('POST', `/${on.queues[0]}/messages/pull`, { batch_size: 100, visibility_timeout_ms: 600_000 });
    const now = Date.now();
    for (const { timestamp_ms: pushed, metadata } of messages) latenesses.push(now - pushed - Number(metadata['CF-msg-delay-secs']) * 1000);
    if (messages.length < 100) await pause(10);
  }
  if (latenesses.length < probes) throw new Error(`only ${latenesses.length} of ${probes} delayed messages came`);
  latenesses.sort((a, b) => a - b);
  facts.delayedLatenessP99Millis = latenesses[Math.floor(latenesses.length * 0.99)];
  facts.delayedLatenessMaxMillis = latenesses.at(-1);
  facts.delayedRssPeakMiB = memory(on.pid).rssPeak;
  log(`  late: p99 ${facts.delayedLatenessP99Millis} ms, max ${facts.delayedLatenessMaxMillis} ms; peak ${facts.delayedRssPeakMiB.toFixed(0)} MiB`);
  await end(on);
}

/** Measurements by the prefix of their curves' names. */
const parts = { backlog: byBacklog, queues: byQueues, delayed };

/** Results of other parts from an earlier run; each part records its circumstances. */
function earlier(file, names) {
  if (names.length === Object.keys(parts).length || !existsSync(file)) return { facts: {}, curves: [], parts: {} };
  const before = JSON.parse(readFileSync(file, 'utf8'));
  const { commit, date } = before;
  const old = before.parts ?? Object.fromEntries(Object.keys(parts).map((name) => [name, { commit, date }]));
  return { ...before, parts: old, curves: before.curves.filter(({ name }) => !names.includes(name.split('-')[0])) };
}

const began = performance.now();
const names = options.part ?? Object.keys(parts);
const unknown = names.filter((name) => !parts[name]);
if (unknown.length) {
  console.error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);
  process.exit(1);
}
for (const name of names) await parts[name]();
const directory = path.join(root, 'docs/benchmarks');
const file = path.join(directory, 'depth.json');
const before = earlier(file, names);
const now = circumstances();
const result = {
  scenario: 'depth', title: 'Depth and width', ...now, javaOptions: JAVA_OPTIONS.map((option) => option.replace(`${root}/`, '')).join(' '), method: { rounds, seconds },
  parts: { ...before.parts, ...Object.fromEntries(names.map((name) => [name, { commit: now.commit, date: now.date }])) },
  facts: { ...before.facts, ...facts }, curves: [...curves.values(), ...before.curves],
};
if (options.dry) {
  console.log(JSON.stringify({ facts, curves: result.curves }, null, 1));
} else {
  mkdirSync(directory, { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, null, 1)}\n`);
  report();
}
log(`took ${Math.round((performance.now() - began) / 1000)} s`);
process.exit(0);
