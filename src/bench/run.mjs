#!/usr/bin/env node
// Measures Sluice beside the bare framework and its peers, and writes docs/benchmarks. See docs/benchmarking.md.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { circumstances } from './machine.mjs';
import { Measurement } from './measure.mjs';
import { output, root } from './processes.mjs';
import { report } from './report.mjs';
import { scenarios, variantsOf } from './scenarios.mjs';

const HELP = `node src/bench/run.mjs [--quick] [--scenario NAME]... [--rounds N] [--seconds N] [--warmup N] [--dry]

  --quick     single push, memory and fsync only, 3 alternations
  --scenario  one of: ${Object.keys(scenarios).join(', ')}
  --rounds    alternations (5)
  --seconds   of each measurement (5)
  --warmup    seconds of load before the first one (8), then more until its compiler is done
  --dry       print results, write nothing`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean' }, scenario: { type: 'string', multiple: true }, rounds: { type: 'string' },
    seconds: { type: 'string' }, warmup: { type: 'string' }, dry: { type: 'boolean' }, help: { type: 'boolean' },
  },
});

if (options.help) {
  console.log(HELP);
  process.exit(0);
}
for (const [tool, from] of [['wrk', 'apt-get install wrk'], ['taskset', 'apt-get install util-linux']]) {
  if (output('sh', ['-c', `command -v ${tool}`]) === '') {
    console.error(`missing: ${tool}. On Debian: ${from}`);
    process.exit(1);
  }
}
if (cpus().length < 2) {
  console.error('two cores are needed: one serves, one makes the load');
  process.exit(1);
}

const names = options.quick ? ['push'] : options.scenario ?? Object.keys(scenarios);
const unknown = names.filter((name) => !scenarios[name]);
if (unknown.length) {
  console.error(`no such scenario: ${unknown.join(', ')}\n\n${HELP}`);
  process.exit(1);
}
const method = {
  rounds: Number(options.rounds ?? (options.quick ? 3 : 5)),
  seconds: Number(options.seconds ?? 5),
  warmup: Number(options.warmup ?? 8),
};

/** Writes the results. A quick run does not replace a full one. */
function keep(file, measured) {
  if (options.dry) return;
  if (measured.quick && existsSync(file) && !JSON.parse(readFileSync(file, 'utf8')).quick) {
    console.error(`  a quick look: the results in ${path.relative(root, file)} stay`);
    return;
  }
  writeFileSync(file, `${JSON.stringify(measured, null, 1)}\n`);
}

const results = path.join(root, 'docs/benchmarks');
mkdirSync(results, { recursive: true });
const began = performance.now();
for (const name of names) {
  console.error(`${name}: ${scenarios[name].title}`);
  const variants = await new Measurement(scenarios[name], variantsOf(scenarios[name], options.quick), method).run();
  const measured = { scenario: name, title: scenarios[name].title, ...circumstances(), quick: Boolean(options.quick), method, variants };
  keep(path.join(results, `${name}.json`), measured);
  for (const { name: variant, messagesPerSecond, base, ratio, ratioMin, ratioMax } of variants) {
    const to = ratio ? `${ratio.toFixed(2)} x ${base} (${ratioMin.toFixed(2)} to ${ratioMax.toFixed(2)})` : '';
    console.log(`${variant.padEnd(30)} ${String(Math.round(messagesPerSecond)).padStart(9)} messages/s  ${to}`);
  }
}
if (!options.dry) report();
console.error(`took ${Math.round((performance.now() - began) / 1000)} s`);
process.exit(0);
