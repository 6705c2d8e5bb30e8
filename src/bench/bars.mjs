/** The performance targets of Sluice, and where each measured value is found in the results. */

const number = (value, digits = 2) => Number(value.toFixed(digits));
const TIMES = ' ×';

/** Results by scenario, with variants and points by name. */
class Results {
  constructor(all) {
    this.byScenario = new Map(all.map((result) => [result.scenario, result]));
  }

  variant(scenario, name) {
    return this.byScenario.get(scenario)?.variants?.find((variant) => variant.name === name);
  }

  ratio(scenario, name) {
    return this.variant(scenario, name)?.ratio;
  }

  rate(scenario, name) {
    return this.variant(scenario, name)?.messagesPerSecond;
  }

  quotient(scenario, name, other) {
    const [above, below] = [this.rate(scenario, name), this.rate(scenario, other)];
    return above && below && above / below;
  }

  fact(name) {
    return this.byScenario.get('depth')?.facts?.[name];
  }
}

/** [description, at least or at most, function that finds the value, unit] */
const BARS = [
  ['single push, memory', '≥', 0.7, (r) => r.ratio('push', 'Sluice memory'), ' × floor'],
  ['single push, fsync', '≥', 0.45, (r) => r.ratio('push', 'Sluice fsync'), ' × floor'],
  ['single push, fsync', '≥', 1.3, (r) => r.quotient('push', 'Sluice fsync', 'webdis + redis (fsync)'), ' × webdis + redis'],
  ['batch of 100, fsync, messages/s', '≥', 8, (r) => r.ratio('batch', 'Sluice fsync'), ' × single push'],
  ['full cycle, fsync, messages/s', '≥', 0.6, (r) => r.ratio('cycle', 'Sluice fsync'), ' × single push'],
  ['full cycle, fsync, messages/s', '≥', 10, (r) => r.ratio('cycle', 'Sluice fsync, to ElasticMQ'), ' × ElasticMQ in memory'],
  ['10,000 queues, fsync', '≥', 0.6, (r) => r.ratio('queues', 'fsync, 10,000 queues'), ' × one queue'],
  ['latency at half the maximum rate, p99', '≤', 5, (r) => r.variant('latency', 'half the maximum')?.latencyMicros.p99 / 1000, ' ms'],
  ['latency at half the maximum rate, p99.9', '≤', 20, (r) => r.variant('latency', 'half the maximum')?.latencyMicros.p999 / 1000, ' ms'],
  ['push at the largest backlog', '≥', 0.9, (r) => r.fact('pushRatio'), ' × at 10 k'],
  ['pull and ack at the largest backlog', '≥', 0.9, (r) => r.fact('takeRatio'), ' × at 10 k'],
  ['peak RSS at the largest backlog, `-Xmx256m`', '≤', 700, (r) => r.fact('rssPeakMiB'), ' MiB'],
  ['restart at the largest backlog', '≤', 2, (r) => r.fact('restartSeconds'), ' s'],
  ['1 M delayed messages: p99 of lateness', '≤', 200, (r) => r.fact('delayedLatenessP99Millis'), ' ms'],
  ['idle server with 10,000 queues', '≤', 1, (r) => r.fact('idleCorePercent'), ' % of a core'],
];

/** The measured value of a target and whether it was reached; null if the results do not contain it. */
function measured([, sign, bar, find, unit], results) {
  const value = find(results);
  if (!Number.isFinite(value)) return null;
  return { text: `${number(value)}${unit.startsWith(TIMES) ? TIMES : unit}`, reached: sign === '≥' ? value >= bar : value <= bar };
}

/** The table of targets; `earlier` has results of other machines to show beside the newest, as {title, results}. */
export function barsReached(all, table, earlier = []) {
  const results = new Results(all);
  const others = earlier.map(({ results: kept }) => new Results(kept));
  const rows = BARS.map((entry) => {
    const [what, sign, bar, , unit] = entry;
    const now = measured(entry, results);
    const verdict = now ? (now.reached ? 'reached' : '**missed**') : '';
    const before = others.map((other) => measured(entry, other)).map((each) => (each ? (each.reached ? each.text : `**${each.text}**`) : ''));
    return [what, `${sign} ${bar}${unit}`, now?.text ?? 'not measured yet', verdict, ...before];
  });
  const { facts } = results.byScenario.get('depth') ?? {};
  const largest = facts ? `\n\nThe largest backlog measured here is ${facts.largestBacklog.toLocaleString('en-US')} messages.` : '';
  const kept = earlier.length ? ' Columns at the right are what earlier runs on other machines came to; what missed its bar there is bold. Their results are in `docs/benchmarks/history`.' : '';
  return `## The bars\n\n${table(['scenario', 'bar', 'measured', '', ...earlier.map(({ title }) => title)], rows)}${largest}${kept}`;
}
