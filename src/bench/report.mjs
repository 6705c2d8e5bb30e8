import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { barsReached } from './bars.mjs';
import { bars, lines, short } from './charts.mjs';
import { root } from './processes.mjs';

const directory = path.join(root, 'docs/benchmarks');
const ORDER = ['push', 'batch', 'cycle', 'mixed', 'queues', 'connections', 'tls', 'http2', 'latency', 'collectors', 'depth'];

const WRITTEN = '<!-- Written by src/bench/report.mjs from the JSON files in docs/benchmarks. Do not edit: notes go into docs/benchmarks/notes.md. -->';

const HEAD = `# Benchmarks

${WRITTEN}

How fast Sluice is, on what machine, compared with what, and what it costs. How the numbers are made and how to make your own:
[benchmarking.md](benchmarking.md).
`;

const RESULTS_HEAD = `# Results

${WRITTEN}

Each contender alternates with what it is compared to, and only the ratio of two neighbouring runs counts. Rates are medians; in brackets the
smallest and the largest ratio. Every response of every run was a success, and after each run the messages were counted in the queue.
`;

/** Scenarios and variants on the first page. */
const AT_A_GLANCE = [
  ['push', ['floor', 'durable floor', 'Sluice memory', 'Sluice fsync', 'ElasticMQ (memory)', 'webdis + redis (fsync)']],
  ['batch', ['Sluice fsync', 'Sluice memory', 'ElasticMQ (batches of 10)', 'webdis + redis (fsync)']],
  ['cycle', ['Sluice fsync', 'Sluice memory', 'ElasticMQ (10 at a time)']],
];

/** All results in a directory, in the order of the page. */
function results(where) {
  if (!existsSync(where)) return [];
  const all = readdirSync(where).filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(path.join(where, file), 'utf8')));
  return all.sort((a, b) => ORDER.indexOf(a.scenario) - ORDER.indexOf(b.scenario));
}

/** Archived results of other machines, one directory each. */
function earlierResults() {
  const kept = path.join(directory, 'history');
  if (!existsSync(kept)) return [];
  return readdirSync(kept, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort().map((name) => {
    const found = results(path.join(kept, name));
    return { title: `${found[0].cpu.replace(/,.*/, '')}, ${found[0].date.slice(0, 10)}, commit ${found[0].commit}`, results: found };
  });
}

const table = (head, rows) => [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const millis = (micros) => (micros / 1000).toPrecision(3);
const whole = (number) => Math.round(number).toLocaleString('en-US');

function machine(result) {
  const { cpu, virtual, memoryGiB, system, fileSystem, jdk, javaOptions, wrk, redis, commit, changed, date } = result;
  return `${cpu} (${virtual}), ${memoryGiB} GiB, ${system}, data on ${fileSystem}; ${jdk}, \`${javaOptions}\`; wrk ${wrk}` +
    `${redis ? `, redis ${redis}` : ''}; commit ${commit}${changed ? ' with changes' : ''}, ${date}.`;
}

function method({ method: { rounds, seconds, warmup }, quick }) {
  return `${rounds} alternations of ${seconds} s after at least ${warmup} s of warm-up${quick ? ' (a quick look)' : ''}.`;
}

function ratioOf({ ratio, ratioMin, ratioMax, base }) {
  return ratio ? `**${ratio.toFixed(2)}** × ${base} (${ratioMin.toFixed(2)} … ${ratioMax.toFixed(2)})` : '';
}

function scenario(result) {
  const rows = result.variants.map((variant) => [
    variant.name, whole(variant.messagesPerSecond), ratioOf(variant),
    millis(variant.latencyMicros.p50), millis(variant.latencyMicros.p99), millis(variant.latencyMicros.p999),
  ]);
  const shown = result.variants.map(({ name, messagesPerSecond, samples }) => {
    const rates = samples.map((sample) => sample.messagesPerSecond);
    return { name, value: messagesPerSecond, min: Math.min(...rates), max: Math.max(...rates) };
  });
  writeFileSync(path.join(directory, `${result.scenario}.svg`), bars(result.title, 'messages/s, median; whiskers: slowest and fastest run', shown));
  return [
    `## ${result.title}`,
    table(['', 'messages/s', 'ratio', 'p50 ms', 'p99 ms', 'p99.9 ms'], rows),
    `![](${result.scenario}.svg)`,
    `${method(result)} ${machine(result)}`,
  ].join('\n\n');
}

/** Charts and tables of the curves. */
function curves(result) {
  const parts = [`## ${result.title}`];
  for (const curve of result.curves) {
    const file = `${result.scenario}-${curve.name}.svg`;
    writeFileSync(path.join(directory, file), lines(curve.title, curve.x, curve.unit, curve.series));
    const xs = [...new Set(curve.series.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
    const value = (series, x) => series.points.find(([px]) => px === x)?.[1];
    const rows = xs.map((x) => [short(x), ...curve.series.map((series) => (value(series, x) === undefined ? '' : short(value(series, x))))]);
    parts.push(`### ${curve.title}`, table([`${curve.x} (${curve.unit})`, ...curve.series.map(({ name }) => name)], rows), `![](${file})`);
  }
  const others = Object.entries(result.parts ?? {}).filter(([, { date }]) => date !== result.date);
  const from = others.map(([part, { commit, date }]) => `${part}: commit ${commit}, ${date}`);
  return [...parts, machine(result), ...(from.length ? [`From an earlier run: ${from.join('; ')}.`] : [])].join('\n\n');
}

/** The main rates compared with other servers, and the charts. */
function glance(all) {
  const rows = AT_A_GLANCE.flatMap(([name, variants]) => {
    const result = all.find(({ scenario: found }) => found === name);
    const shown = variants.map((variant) => result?.variants.find((each) => each.name === variant)).filter(Boolean);
    return shown.map((variant, at) => [at === 0 ? result.title : '', variant.name, whole(variant.messagesPerSecond), millis(variant.latencyMicros.p50), millis(variant.latencyMicros.p99)]);
  });
  const push = all.find(({ scenario: found }) => found === 'push');
  return [
    '## At a glance',
    table(['', '', 'messages/s', 'p50 ms', 'p99 ms'], rows),
    '![single push](benchmarks/push.svg)',
    '![full cycle](benchmarks/cycle.svg)',
    ...(push ? [machine(push)] : []),
  ].join('\n\n');
}

/** Writes docs/benchmarks.md, docs/benchmarks/results.md and the charts from the raw results. */
export function report() {
  const all = results(directory);
  const notes = path.join(directory, 'notes.md');
  const page = [HEAD.trim(), glance(all), barsReached(all, table, earlierResults())];
  if (existsSync(notes)) page.push(readFileSync(notes, 'utf8').trim());
  writeFileSync(path.join(root, 'docs/benchmarks.md'), `${page.join('\n\n')}\n`);
  const tables = [RESULTS_HEAD.trim(), ...all.map((result) => (result.curves ? curves(result) : scenario(result)))];
  writeFileSync(path.join(directory, 'results.md'), `${tables.join('\n\n')}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) report();
