import { LOAD_CORE, send, Sluice } from './contenders.mjs';
import { pause, root, run } from './processes.mjs';
import { warmUp } from './warmup.mjs';
import { cycleScript, requestsScript, wrk } from './wrk.mjs';
import path from 'node:path';
import { loadavg } from 'node:os';

const java = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin/java') : 'java';

/**
 * The load generator is a new process for each run. In the open loop it compiles for the first six to eight seconds and
 * sends requests late; these pauses must not count as latency of the server. A generator that only warms up a server
 * does not need this warm-up.
 */
const GENERATOR_WARMUP_SECONDS = { measuring: 20, warming: 5 };

const log = (line) => console.error(line);

/** Runs `sluice bench` on the other core; fails if a single response is not a success. */
async function generate(contender, args, seconds, warmup) {
  const options = ['-Xms512m', '-Xmx512m', '-XX:+AlwaysPreTouch', '-jar', path.join(root, 'target/sluice.jar'), 'bench', '--json', '--quiet'];
  const all = [...options, '--warmup', `${warmup}s`, '--duration', `${seconds}s`, '--queue', 'bench-0', ...args, ...(contender.options.tls ? ['--insecure'] : [])];
  const text = await run(LOAD_CORE, java, all, { env: contender.environment, within: (seconds + 60) * 1000 });
  const { messages, seconds: measured, latencyMicros: { push } } = JSON.parse(text.slice(text.indexOf('{')));
  return { ...push, requests: push.count, messages, seconds: measured, load: Number(loadavg()[0].toFixed(2)) };
}

/** A load that is prepared for its contender. */
function ready(variant, contender) {
  const load = variant.load(contender);
  if (load.generator) {
    return (seconds, { rate, warming = false } = {}) => {
      const warmup = warming ? GENERATOR_WARMUP_SECONDS.warming : GENERATOR_WARMUP_SECONDS.measuring;
      return generate(contender, [...load.generator, ...(rate ? ['--rate', String(Math.round(rate))] : [])], seconds, warmup);
    };
  }
  const script = load.cycle ? cycleScript(load.cycle) : requestsScript(load);
  const perRequest = load.cycle ? null : variant.perRequest;
  return async (seconds) => {
    const result = await wrk(contender.origin, script, { connections: variant.connections, seconds });
    return { ...result, messages: perRequest === null ? result.messages : result.requests * perRequest };
  };
}

/** Sends one request and checks its response before the measurement. */
async function checkSample(variant, contender) {
  const load = variant.load(contender);
  if (load.generator || load.cycle) return;
  const [{ path: where, body }] = load.requests;
  const response = await send(`${contender.origin}${where}`, 'POST', body, load.headers);
  if (!contender.isSuccess(response)) throw new Error(`${variant.name}: ${response.status} ${response.text.slice(0, 500)}`);
}

/** Checks that all confirmed messages are stored. */
async function checkCount(variant, contender, result) {
  const count = variant.load(contender).cycle ? null : await contender.count();
  const least = variant.load(contender).generator ? result.requests : result.messages;
  if (count !== null && count < least) throw new Error(`${variant.name}: ${least} confirmed, ${count} there`);
}

/** Runs one scenario: starts, warms up, alternates and stops the contenders. */
export class Measurement {
  #contenders = new Map();
  #loads = new Map();
  #samples = new Map();

  constructor(scenario, variants, { rounds, seconds, warmup }) {
    Object.assign(this, { scenario, variants, rounds, seconds, warmup });
  }

  async run() {
    try {
      await this.#start();
      for (let round = 1; round <= this.rounds; round++) {
        for (const variant of this.variants) {
          if (variant.base || !this.#isBase(variant)) await this.#pair(variant, round);
        }
      }
    } finally {
      for (const contender of this.#contenders.values()) await contender.stop();
    }
    return this.variants.map((variant) => ({ ...summary(variant, this.#samples.get(variant.name) ?? []) }));
  }

  #isBase({ name }) {
    return this.variants.some(({ base }) => base === name);
  }

  async #start() {
    for (const variant of this.variants) {
      let contender = this.#contenders.get(variant.on);
      if (!contender) {
        contender = this.scenario.contenders[variant.on]();
        contender.startCore = null;
        await contender.start();
        this.#contenders.set(variant.on, contender);
        if (contender instanceof Sluice) await contender.prepare({ queues: variant.queues });
      }
      contender.freeze(false);
      await checkSample(variant, contender);
      this.#loads.set(variant.name, ready(variant, contender));
      await this.#warmUp(variant, contender);
      contender.pin();
      await contender.reset();
      contender.freeze(true);
    }
  }

  async #warmUp(variant, contender) {
    const load = this.#loads.get(variant.name);
    const took = await warmUp(contender, (seconds) => load(seconds, { warming: true }), { first: this.warmup, before: () => contender.reset() });
    log(`  ${variant.name}: warm after ${took} s`);
  }

  /** Measures the base and then the variant, so that both run under the same conditions. */
  async #pair(variant, round) {
    const base = this.variants.find(({ name }) => name === variant.base);
    const before = base && (await this.#sample(base));
    const sample = await this.#sample(variant, before);
    const ratio = before && sample.messagesPerSecond / before.messagesPerSecond;
    this.#keep(variant, { ...sample, ...(before ? { base: before.messagesPerSecond, ratio } : {}) });
    if (base) this.#keep(base, before);
    const told = before ? ` = ${ratio.toFixed(2)} x ${base.name} (${Math.round(before.messagesPerSecond)})` : '';
    log(`  ${round}/${this.rounds} ${variant.name}: ${Math.round(sample.messagesPerSecond)} messages/s${told}, load ${sample.load}`);
  }

  async #sample(variant, base) {
    const contender = this.#contenders.get(variant.on);
    contender.freeze(false);
    try {
      await contender.reset();
      await pause(200);
      const rate = variant.rateOfBase && base.messagesPerSecond * variant.rateOfBase;
      const result = await this.#loads.get(variant.name)(variant.seconds ?? this.seconds, { rate });
      await checkCount(variant, contender, result);
      return { ...result, messagesPerSecond: result.messages / result.seconds };
    } finally {
      contender.freeze(true);
    }
  }

  #keep(variant, sample) {
    const { name } = variant;
    this.#samples.set(name, [...(this.#samples.get(name) ?? []), sample]);
  }
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A variant with its samples and their median. */
function summary({ name, base, connections, perRequest, queues }, samples) {
  const ratios = samples.map(({ ratio }) => ratio).filter((ratio) => ratio !== undefined);
  const middle = (key) => median(samples.map((sample) => sample[key]));
  return {
    name, base, connections, perRequest, queues,
    messagesPerSecond: middle('messagesPerSecond'),
    ...(ratios.length ? { ratio: median(ratios), ratioMin: Math.min(...ratios), ratioMax: Math.max(...ratios) } : {}),
    latencyMicros: { p50: middle('p50'), p99: middle('p99'), p999: middle('p999'), max: Math.max(...samples.map(({ max }) => max)) },
    samples,
  };
}
