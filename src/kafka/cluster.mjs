// "make cluster": three Kafka brokers and three Sluice nodes on loopback, until Ctrl-C. What they store is kept in
// target/cluster until the next start.
//
//   --nodes N   how many nodes (3)
//   --port P    port of the first node (8080); the management port and the internal port follow, and the next node is 10 higher
//
// Everything else is passed to each node: --set limits.message_bytes_max=1000

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { KafkaBrokers } from './brokers.mjs';

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const HOME = path.join(ROOT, 'target/cluster');
const JAVA = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin/java') : 'java';
const PORTS_BETWEEN_NODES = 10;

/** Takes a number and its name out of the arguments. */
function take(args, name, standard, max) {
  const at = args.indexOf(name);
  if (at < 0) return standard;
  const [, value] = args.splice(at, 2);
  if (!/^\d+$/.test(value ?? '') || value < 1 || value > max) {
    console.error(`${name} must be a number from 1 to ${max}`);
    process.exit(2);
  }
  return Number(value);
}

const args = process.argv.slice(2);
const count = take(args, '--nodes', 3, 20);
const firstPort = take(args, '--port', 8080, 65_000);
const token = `sluice_${randomBytes(20).toString('hex')}`;
let brokers;
let nodes = [];
let stopping = false;

/** Starts a node. Resolves when it is ready; rejects if it ends before. */
function start(number) {
  const name = `node-${number}`;
  const port = firstPort + (number - 1) * PORTS_BETWEEN_NODES;
  const ports = { 'http.port': port, 'management.port': port + 1, 'cluster.port': port + 2 };
  const settings = Object.entries(ports).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const child = spawn(JAVA, ['-jar', path.join(ROOT, 'target/sluice.jar'), 'serve', ...settings, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C must not reach the nodes by itself: they are stopped one after the other.
    detached: true,
    env: {
      ...process.env,
      SLUICE_STORAGE_ENGINE: 'kafka',
      SLUICE_STORAGE_DIRECTORY: path.join(HOME, name),
      SLUICE_CLUSTER_BOOTSTRAP_SERVERS: brokers.bootstrapServers,
      SLUICE_CLUSTER_NODE: name,
      SLUICE_AUTH_TOKEN: token,
    },
  });
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const ready = new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        console.log(`${name} | ${line}`);
        const origin = /sluice ready on (\S+) in/.exec(line)?.[1];
        if (origin) resolve({ name, origin });
      });
    }
    ended.then((code) => reject(new Error(`${name} ended with ${code} before it was ready`)));
  });
  nodes.push({ child, ended });
  return ready;
}

/** Stops one node after the other, so that the next one takes over, and then the brokers. */
async function stop(code) {
  if (stopping) return;
  stopping = true;
  for (const { child, ended } of nodes) {
    child.kill('SIGTERM');
    await ended;
  }
  await brokers?.stop();
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(0));
process.once('exit', () => {
  for (const { child } of nodes) child.kill('SIGKILL');
  brokers?.killAll();
});
rmSync(HOME, { recursive: true, force: true });
mkdirSync(HOME, { recursive: true });
console.log('Starting three Kafka brokers …');
try {
  brokers = await KafkaBrokers.start(path.join(HOME, 'kafka'));
  console.log(`Kafka: ${brokers.bootstrapServers}`);
  // The first one makes the topics.
  const ready = [await start(1)];
  ready.push(...(await Promise.all(Array.from({ length: count - 1 }, (none, index) => start(index + 2)))));
  console.log(`\nToken: ${token}`);
  for (const { name, origin } of ready) console.log(`${name}: ${origin}`);
  console.log('\nAny node takes any request. Ctrl-C stops all.');
} catch (error) {
  if (!stopping) console.error(error.message);
  await stop(1);
}
