import { mixed, text } from './bodies.mjs';
import { ElasticMq, Floor, hasWebdis, JAVA_OPTIONS, Sluice, Webdis } from './contenders.mjs';

/** About the size of a push response of Sluice, for baseline servers whose requests are larger than their responses. */
const RESPONSE_BYTES = 190;
const SMALL = text(200);

const floor = (options) => () => new Floor({ ...options });
/** Only syncs the received bytes: the upper bound for a durable server on this machine and disk. */
const durableFloor = floor({ log: true });
const sluice = (options) => () => new Sluice({ ...options });
const memory = sluice({ engine: 'memory' });
const fsync = sluice({ durability: 'fsync' });
const async = sluice({ durability: 'async' });

/** Sluice with additional JVM options, after the common ones. */
const tuned = (options, ...flags) => sluice({ ...options, javaOptions: [...JAVA_OPTIONS, ...flags] });

const push = (contender) => contender.pushes([SMALL]);
const batch = (contender) => contender.batches(SMALL, 100);
const cycle = (contender) => ({ cycle: contender.cycle(SMALL) });
const mix = (contender) => contender.pushes(mixed);

/** The load of `sluice bench`, which supports HTTP/2. */
const generator = (...args) => (contender) => ({ generator: args, url: contender.origin });

/**
 * The scenarios. Contenders are started once for each scenario; `variants` are loads, each of which alternates with its
 * base. A variant counts messages: `perRequest` of them, or those whose acknowledgement was confirmed.
 */
export const scenarios = {
  push: {
    title: 'Single push, 200 bytes of text, 64 connections',
    contenders: {
      floor: floor(),
      'Sluice memory': memory,
      'Sluice async': async,
      'Sluice fsync': fsync,
      'durable floor': durableFloor,
      'ElasticMQ (memory)': () => new ElasticMq(),
      ...(hasWebdis() ? { 'webdis + redis (fsync)': () => new Webdis() } : {}),
    },
    quick: ['floor', 'Sluice memory', 'Sluice fsync', 'durable floor'],
    load: push,
    base: 'floor',
  },
  batch: {
    title: 'Batches of 100 messages of 200 bytes, 64 connections',
    contenders: {
      floor: floor({ responseBytes: RESPONSE_BYTES }),
      'Sluice memory': memory,
      'Sluice fsync': fsync,
      'ElasticMQ (batches of 10)': () => new ElasticMq(),
      ...(hasWebdis() ? { 'webdis + redis (fsync)': () => new Webdis() } : {}),
    },
    variants: {
      'Sluice fsync, single push': { on: 'Sluice fsync', load: push },
      'Sluice fsync': { load: batch, perRequest: 100, base: 'Sluice fsync, single push' },
      floor: { load: batch, perRequest: 100 },
      'Sluice memory': { load: batch, perRequest: 100, base: 'floor' },
      'Sluice fsync, to the floor': { on: 'Sluice fsync', load: batch, perRequest: 100, base: 'floor' },
      'ElasticMQ (batches of 10)': { load: (contender) => contender.batches(SMALL), perRequest: 10, base: 'floor' },
      ...(hasWebdis() ? { 'webdis + redis (fsync)': { load: batch, perRequest: 100, base: 'floor' } } : {}),
    },
  },
  cycle: {
    title: 'Full cycle: single pushes, pull of 100, acknowledgement of 100; 64 connections',
    contenders: { 'Sluice memory': memory, 'Sluice fsync': fsync, 'ElasticMQ (10 at a time)': () => new ElasticMq() },
    variants: {
      'Sluice fsync, push only': { on: 'Sluice fsync', load: push },
      'Sluice memory, push only': { on: 'Sluice memory', load: push },
      'Sluice fsync': { load: cycle, base: 'Sluice fsync, push only' },
      'Sluice memory': { load: cycle, base: 'Sluice memory, push only' },
      'ElasticMQ (10 at a time)': { load: cycle },
      'Sluice fsync, to ElasticMQ': { on: 'Sluice fsync', load: cycle, base: 'ElasticMQ (10 at a time)' },
    },
  },
  mixed: {
    title: 'Mixed bodies of 200 B, 2 KB and 64 KB, text and JSON, 64 connections',
    contenders: { floor: floor({ responseBytes: RESPONSE_BYTES }), 'Sluice memory': memory, 'Sluice fsync': fsync },
    load: mix,
    base: 'floor',
    seconds: 3,
  },
  queues: {
    title: 'Single push spread over many queues, 64 connections',
    contenders: { 'memory, 1 queue': memory, 'memory, 1,000 queues': memory, 'fsync, 1 queue': fsync, 'fsync, 1,000 queues': fsync, 'fsync, 10,000 queues': fsync },
    variants: {
      'memory, 1 queue': { load: push },
      'memory, 1,000 queues': { queues: 1_000, load: push, base: 'memory, 1 queue' },
      'fsync, 1 queue': { load: push },
      'fsync, 1,000 queues': { queues: 1_000, load: push, base: 'fsync, 1 queue' },
      'fsync, 10,000 queues': { queues: 10_000, load: push, base: 'fsync, 1 queue' },
    },
  },
  connections: {
    title: 'Single push by number of connections',
    contenders: { floor: floor(), 'Sluice memory': memory, 'Sluice fsync': fsync },
    variants: Object.fromEntries([1, 64, 512].flatMap((connections) => [
      [`floor, ${connections}`, { on: 'floor', load: push, connections }],
      [`Sluice memory, ${connections}`, { on: 'Sluice memory', load: push, connections, base: `floor, ${connections}` }],
      [`Sluice fsync, ${connections}`, { on: 'Sluice fsync', load: push, connections, base: `floor, ${connections}` }],
    ])),
  },
  tls: {
    title: 'Single push with TLS, 64 connections',
    contenders: {
      floor: floor(), 'floor, TLS': floor({ tls: true }),
      'Sluice memory, TLS': sluice({ engine: 'memory', tls: true }), 'Sluice fsync, TLS': sluice({ tls: true }),
    },
    variants: {
      floor: { load: push },
      'floor, TLS': { load: push, base: 'floor' },
      'Sluice memory, TLS': { load: push, base: 'floor, TLS' },
      'Sluice fsync, TLS': { load: push, base: 'floor, TLS' },
    },
  },
  http2: {
    title: 'Single push over HTTP/1.1 and HTTP/2 with TLS, by `sluice bench`, 64 requests under way',
    contenders: { fsync: sluice({ tls: true }), memory: sluice({ engine: 'memory', tls: true }) },
    variants: {
      'fsync, HTTP/1.1': { on: 'fsync', load: generator('--connections', '64') },
      'fsync, HTTP/2': { on: 'fsync', load: generator('--connections', '4', '--streams', '16', '--http2'), base: 'fsync, HTTP/1.1' },
      'memory, HTTP/1.1': { on: 'memory', load: generator('--connections', '64') },
      'memory, HTTP/2': { on: 'memory', load: generator('--connections', '4', '--streams', '16', '--http2'), base: 'memory, HTTP/1.1' },
    },
  },
  collectors: {
    title: 'Single push by garbage collector, 64 connections',
    contenders: {
      'fsync, Serial': tuned({}, '-XX:+UseSerialGC'), 'fsync, G1': tuned({}, '-XX:+UseG1GC'), 'fsync, Parallel': tuned({}, '-XX:+UseParallelGC'),
      'memory, Serial': tuned({ engine: 'memory' }, '-XX:+UseSerialGC'),
      'memory, Serial, heap untouched': tuned({ engine: 'memory' }, '-XX:+UseSerialGC', '-XX:-AlwaysPreTouch'),
      'memory, G1': tuned({ engine: 'memory' }, '-XX:+UseG1GC'), 'memory, Parallel': tuned({ engine: 'memory' }, '-XX:+UseParallelGC'),
    },
    variants: {
      'fsync, Serial': { load: push },
      'fsync, G1': { load: push, base: 'fsync, Serial' },
      'fsync, Parallel': { load: push, base: 'fsync, Serial' },
      'memory, Serial': { load: push },
      'memory, Serial, heap untouched': { load: push, base: 'memory, Serial' },
      'memory, G1': { load: push, base: 'memory, Serial' },
      'memory, Parallel': { load: push, base: 'memory, Serial' },
    },
  },
  latency: {
    title: 'Latency of a single push with fsync, open loop at half the maximum rate',
    contenders: { 'Sluice fsync': fsync, 'durable floor': durableFloor, floor: floor() },
    variants: {
      maximum: { on: 'Sluice fsync', load: generator('--connections', '64') },
      'half the maximum': { on: 'Sluice fsync', load: generator('--connections', '64'), base: 'maximum', rateOfBase: 0.5, seconds: 15 },
      'durable floor at the same rate': { on: 'durable floor', load: generator('--connections', '64'), base: 'maximum', rateOfBase: 0.5, seconds: 15 },
      'floor at the same rate': { on: 'floor', load: generator('--connections', '64'), base: 'maximum', rateOfBase: 0.5, seconds: 15 },
    },
  },
};

/** Adds the defaults of a scenario. */
export function variantsOf(scenario, quick) {
  const names = quick && scenario.quick ? scenario.quick : Object.keys(scenario.contenders);
  const variants = scenario.variants ?? Object.fromEntries(names.map((name) =>
    [name, { load: scenario.load, ...(name === scenario.base ? {} : { base: scenario.base }) }]));
  return Object.entries(variants).map(([name, variant]) => ({
    name, on: name, connections: 64, perRequest: 1, queues: 1, seconds: scenario.seconds, ...variant,
  }));
}
