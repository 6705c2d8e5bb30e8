// Three Kafka brokers on loopback, as child processes, from the jars in target/kafka. For tests and "make cluster".
//
//   import { KafkaBrokers } from '…/brokers.mjs'      from JavaScript
//   node src/kafka/brokers.mjs DIRECTORY              from other programs: see main() below

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const JARS = path.join(ROOT, 'target/kafka');
const JAVA = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin/java') : 'java';
const COUNT = 3;
const READY_MILLIS_MAX = 180_000;
const STOP_MILLIS_MAX = 20_000;
const READY_LINE = 'Kafka Server started';

/** The user of the listener with authentication. */
export const CREDENTIALS = { user: 'sluice', password: 'sluice-secret' };

/** Whether the jars of the broker are there ("make kafka" brings them). */
export const isInstalled = () => existsSync(JARS);

/** Brokers, each also a controller, that replicate to each other. */
export class KafkaBrokers {
  #directory;
  #ports;
  #processes = new Array(COUNT).fill(null);

  constructor(directory, ports) {
    this.#directory = directory;
    this.#ports = ports;
  }

  /** Formats and starts new brokers in a directory; resolves when all take requests. */
  static async start(directory) {
    if (!isInstalled()) throw new Error('the jars of Kafka are missing: make kafka');
    const ports = await freePorts(COUNT * 3);
    const brokers = new KafkaBrokers(directory, ports);
    try {
      await brokers.#format();
      await Promise.all(brokers.#processes.map((none, broker) => brokers.startBroker(broker)));
    } catch (failure) {
      brokers.killAll();
      throw failure;
    }
    return brokers;
  }

  /** Addresses for clients without authentication. */
  get bootstrapServers() {
    return this.#ports.slice(0, COUNT).map((port) => `127.0.0.1:${port}`).join(',');
  }

  /** Addresses for clients with SASL_PLAINTEXT, PLAIN and CREDENTIALS. */
  get saslBootstrapServers() {
    return this.#ports.slice(COUNT, 2 * COUNT).map((port) => `127.0.0.1:${port}`).join(',');
  }

  /** Process ids, null for one that does not run. */
  get pids() {
    return this.#processes.map((child) => child?.pid ?? null);
  }

  /** Starts one broker; resolves when it takes requests. */
  async startBroker(broker) {
    const file = path.join(this.#home(broker), 'broker.log');
    const log = openSync(file, 'w');
    const child = spawn(JAVA, [
      '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', `${JARS}/*`, 'kafka.Kafka', this.#properties(broker),
    ], { stdio: ['ignore', log, log] });
    closeSync(log);
    this.#processes[broker] = child;
    child.once('exit', () => { if (this.#processes[broker] === child) this.#processes[broker] = null; });
    for (const end = Date.now() + READY_MILLIS_MAX; !readFileSync(file, 'utf8').includes(READY_LINE); await delay(100)) {
      if (this.#processes[broker] !== child) throw new Error(`broker ${broker} ended, see ${file}:\n${tail(file)}`);
      if (Date.now() > end) throw new Error(`broker ${broker} is not ready, see ${file}:\n${tail(file)}`);
    }
  }

  /** Ends one broker at once, as a crash of its process does; resolves when it is gone. */
  async killBroker(broker) {
    const child = this.#processes[broker];
    child.kill('SIGKILL');
    await exited(child);
  }

  /** Sends a signal to one broker: SIGSTOP, SIGCONT. */
  signalBroker(broker, signal) {
    this.#processes[broker].kill(signal);
  }

  /** Stops all brokers. */
  async stop() {
    const running = this.#processes.filter(Boolean);
    for (const child of running) { child.kill('SIGCONT'); child.kill('SIGTERM'); }
    const timer = setTimeout(() => this.killAll(), STOP_MILLIS_MAX);
    await Promise.all(running.map(exited));
    clearTimeout(timer);
  }

  /** Ends all brokers at once. */
  killAll() {
    this.#processes.filter(Boolean).forEach((child) => child.kill('SIGKILL'));
  }

  #home(broker) {
    return path.join(this.#directory, `broker-${broker}`);
  }

  #properties(broker) {
    return path.join(this.#home(broker), 'broker.properties');
  }

  async #format() {
    // It may begin with a hyphen, so it is passed with its option.
    const id = randomBytes(16).toString('base64url');
    await Promise.all(this.#processes.map((none, broker) => {
      mkdirSync(this.#home(broker), { recursive: true });
      writeFileSync(this.#properties(broker), this.#configuration(broker));
      const command = ['kafka.tools.StorageTool', 'format', `--cluster-id=${id}`, '-c', this.#properties(broker)];
      return run(['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', `${JARS}/*`, ...command]);
    }));
  }

  #configuration(broker) {
    const [plain, sasl, controllers] = [0, 1, 2].map((kind) => this.#ports.slice(kind * COUNT, (kind + 1) * COUNT));
    const voters = controllers.map((port, voter) => `${voter + 1}@127.0.0.1:${port}`).join(',');
    return [
      'process.roles=broker,controller',
      `node.id=${broker + 1}`,
      `controller.quorum.voters=${voters}`,
      `listeners=PLAIN://127.0.0.1:${plain[broker]},CLIENTS://127.0.0.1:${sasl[broker]},`
        + `CONTROLLER://127.0.0.1:${controllers[broker]}`,
      'listener.security.protocol.map=PLAIN:PLAINTEXT,CLIENTS:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name=PLAIN',
      'controller.listener.names=CONTROLLER',
      'listener.name.clients.sasl.enabled.mechanisms=PLAIN',
      'listener.name.clients.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required '
        + `user_${CREDENTIALS.user}="${CREDENTIALS.password}";`,
      `log.dirs=${path.join(this.#home(broker), 'data')}`,
      'auto.create.topics.enable=false',
      'default.replication.factor=3',
      'min.insync.replicas=2',
      'offsets.topic.replication.factor=3',
      'offsets.topic.num.partitions=3',
      'transaction.state.log.replication.factor=3',
      'group.initial.rebalance.delay.ms=0',
      'broker.session.timeout.ms=3000',
      'broker.heartbeat.interval.ms=500',
      'log.cleaner.dedupe.buffer.size=4194304',
      'num.network.threads=1',
      'num.io.threads=2',
      '',
    ].join('\n');
  }
}

function tail(file) {
  return readFileSync(file, 'utf8').split('\n').slice(-30).join('\n');
}

function exited(child) {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', resolve));
}

function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(JAVA, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { output += chunk; });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`java ${args.at(-1)} ended with ${code}:\n${output}`))));
  });
}

/** Ports that are free now; all are held until the last one is found, so that they differ. */
async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  })));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/**
 * Starts brokers and prints one line of JSON: their addresses and process ids. Then takes commands on standard input,
 * "start N" or "kill N", each confirmed by such a line. Stops the brokers when standard input ends.
 */
async function main(directory) {
  const brokers = await KafkaBrokers.start(directory);
  const report = () => console.log(JSON.stringify({
    bootstrapServers: brokers.bootstrapServers, saslBootstrapServers: brokers.saslBootstrapServers, pids: brokers.pids,
  }));
  report();
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, broker] = line.split(' ');
    if (command === 'start') await brokers.startBroker(Number(broker));
    if (command === 'kill') await brokers.killBroker(Number(broker));
    report();
  }
  brokers.killAll();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv[2]);
