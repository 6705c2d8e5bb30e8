import { existsSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createServer } from 'node:net';
import path from 'node:path';
import { awaitLine, output, pause, removeScratch, root, scratch, start, stop } from './processes.mjs';

/** The core of the server. The load generator uses the other one. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

const java = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin/java') : 'java';
const jar = path.join(root, 'target/sluice.jar');
const floorJar = path.join(root, 'target/sluice-floor.jar');
const elasticmq = path.join(root, 'target/bench/elasticmq');

/**
 * The same heap for all Java servers, touched once in advance, as in a server that runs for longer than a measurement;
 * the rest is what the JVM chooses for one core, in particular the garbage collector.
 */
export const JAVA_OPTIONS = (process.env.BENCH_JAVA_OPTIONS ?? '-Xms1g -Xmx1g -XX:+AlwaysPreTouch -XX:ActiveProcessorCount=1').split(' ');

const ACCOUNT = '00000000000000000000000000000b01';
const TOKEN = 'benchmark-token-with-full-rights';

/** A port that is free at the moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** One request of this process: {status, text}. */
export function send(url, method, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const https = url.startsWith('https:');
    const request = (https ? httpsRequest : httpRequest)(
      url,
      { method, headers: { ...headers, 'Content-Length': Buffer.byteLength(body ?? '') }, rejectUnauthorized: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        response.once('end', () => resolve({ status: response.statusCode, text }));
      },
    );
    request.once('error', reject).setTimeout(120_000, () => request.destroy(new Error(`no response: ${url}`)));
    request.end(body ?? '');
  });
}

async function awaitResponse(url, method = 'GET') {
  const end = performance.now() + 30_000;
  for (;;) {
    try {
      return await send(url, method);
    } catch (failure) {
      if (performance.now() > end) throw failure;
      await pause(50);
    }
  }
}

let made;

/** A self-signed certificate, created once: {cert, key}. */
function certificate() {
  if (!made) {
    const directory = scratch('tls');
    made = { cert: path.join(directory, 'cert.pem'), key: path.join(directory, 'key.pem') };
    const args = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost`.split(' ');
    output('openssl', [...args, '-keyout', made.key, '-out', made.cert]);
    if (!existsSync(made.cert)) throw new Error('missing: openssl, which makes the certificate for the TLS scenario');
  }
  return made;
}

/** The settings of its clients, as environment variables. */
function clientEnvironment(origin) {
  return { ...bare(), CLOUDFLARE_BASE_URL: `${origin}/client/v4`, CLOUDFLARE_ACCOUNT_ID: ACCOUNT, CLOUDFLARE_API_TOKEN: TOKEN };
}

/** The common parts of all contenders: processes, requests in their format, emptying and counting. */
class Contender {
  processes = [];
  /** The core on which its processes start; null means any, until it is pinned. */
  startCore = SERVER_CORE;

  constructor(options) {
    this.options = options;
    this.directory = scratch('data');
  }

  get pid() {
    return this.processes[0].pid;
  }

  launch(command, args, options) {
    const launched = start(this.startCore, command, args, { cwd: this.directory, ...options });
    this.processes.push(launched);
    return launched;
  }

  /** Empties it, so that every measurement begins in the same state. */
  async reset() {}

  /** The number of its messages, or null if unknown. */
  async count() {
    return null;
  }

  /** Pins it to one core. */
  pin() {
    for (const { pid } of this.processes) output('taskset', ['-a', '-c', '-p', String(SERVER_CORE), String(pid)]);
  }

  /** Suspends it while another one is measured. */
  freeze(frozen) {
    for (const { child } of this.processes) child.kill(frozen ? 'SIGSTOP' : 'SIGCONT');
  }

  async stop() {
    this.freeze(false);
    for (const each of this.processes.reverse()) await stop(each);
    removeScratch(this.directory);
  }
}

/** The bare Vert.x server; with `log` one that also syncs the received bytes to a file. */
export class Floor extends Contender {
  async start() {
    const port = await freePort();
    const { responseBytes, tls = false, log = false } = this.options;
    const settings = {
      port,
      ...(responseBytes ? { responseBytes } : {}),
      ...(tls ? certificate() : {}),
      ...(log ? { log: path.join(this.directory, 'log') } : {}),
    };
    const classes = `${jar}${path.delimiter}${floorJar}`;
    const args = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    await awaitLine(this.launch(java, [...JAVA_OPTIONS, '-cp', classes, 'dev.sluice.floor.FloorServer', ...args]), /floor ready/);
    this.origin = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
    return this;
  }

  get environment() {
    return clientEnvironment(this.origin);
  }

  pushes(bodies) {
    return { headers: { Authorization: `Bearer ${TOKEN}` }, requests: bodies.map((body) => ({ path: pushPath('0'.repeat(32)), body })) };
  }

  batches(body, size) {
    return this.pushes([batchOf(body, size)]);
  }

  isSuccess({ status }) {
    return status === 200;
  }
}

const queuesPath = `/client/v4/accounts/${ACCOUNT}/queues`;
const pushPath = (queueId) => `${queuesPath}/${queueId}/messages`;
const batchOf = (body, size) => `{"messages":[${Array(size).fill(body).join(',')}]}`;

/** Sluice itself. */
export class Sluice extends Contender {
  queues = [];

  async start() {
    const { engine = 'rocksdb', durability = 'fsync', tls = false, settings = {}, javaOptions = JAVA_OPTIONS, environment = {} } = this.options;
    const all = {
      'http.port': 0,
      'management.port': 0,
      'auth.token': TOKEN,
      'storage.engine': engine,
      'storage.durability': durability,
      'storage.directory': path.join(this.directory, 'data'),
      ...(tls ? { 'http.tls.cert': certificate().cert, 'http.tls.key': certificate().key } : {}),
      ...settings,
    };
    const args = Object.entries(all).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    const launched = this.launch(java, [...javaOptions, '-jar', jar, 'serve', ...args], { env: { ...bare(), ...environment } });
    const [, origin, millis] = await awaitLine(launched, /sluice ready on (\S+) in (\d+) ms/);
    this.origin = origin;
    this.readyMillis = Number(millis);
    return this;
  }

  /** Kills it (SIGKILL) and starts it again on its data, on all cores until it is pinned. */
  async restart() {
    await stop(this.processes.pop(), { signal: 'SIGKILL' });
    this.startCore = null;
    return this.start();
  }

  get environment() {
    return clientEnvironment(this.origin);
  }

  async call(method, below, body) {
    const response = await send(`${this.origin}${queuesPath}${below}`, method, body && JSON.stringify(body), {
      Authorization: `Bearer ${TOKEN}`,
    });
    if (!this.isSuccess(response)) throw new Error(`${method} ${below}: ${response.status} ${response.text}`);
    return JSON.parse(response.text).result;
  }

  /** Creates queues up to this number, each with a consumer if requested. */
  async makeQueues(count, { consumer = false } = {}) {
    const before = this.queues.length;
    const make = async (number) => {
      const { queue_id: id } = await this.call('POST', '', { queue_name: `bench-${number}` });
      if (consumer) await this.call('POST', `/${id}/consumers`, { type: 'http_pull', settings: { visibility_timeout_ms: 600_000 } });
      this.queues[number] = id;
    };
    for (let from = before; from < count; from += 50) {
      await Promise.all(Array.from({ length: Math.min(50, count - from) }, (_, i) => make(from + i)));
    }
    return this;
  }

  async prepare({ queues = 1, consumer = true } = {}) {
    return this.makeQueues(queues, { consumer });
  }

  pushes(bodies) {
    const requests = this.queues.length > 1
      ? this.queues.map((id, i) => ({ path: pushPath(id), body: bodies[i % bodies.length] }))
      : bodies.map((body) => ({ path: pushPath(this.queues[0]), body }));
    return { headers: { Authorization: `Bearer ${TOKEN}` }, requests };
  }

  batches(body, size) {
    return {
      headers: { Authorization: `Bearer ${TOKEN}` },
      requests: [{ path: `${pushPath(this.queues[0])}/batch`, body: batchOf(body, size) }],
    };
  }

  cycle(body) {
    const base = pushPath(this.queues[0]);
    return {
      dialect: 'sluice.lua',
      taken: 100,
      headers: { Authorization: `Bearer ${TOKEN}` },
      push: { path: base, body },
      pull: { path: `${base}/pull`, body: '{"batch_size":100,"visibility_timeout_ms":600000}' },
      ackPath: `${base}/ack`,
    };
  }

  /** The same with pushes of 100, so that receiving them is most of the work. */
  batchCycle(body) {
    const [push] = this.batches(body, 100).requests;
    return { ...this.cycle(body), push, taken: 1 };
  }

  isSuccess({ status, text }) {
    return status === 200 && text.startsWith('{"success":true');
  }

  async reset() {
    const purge = (id) => this.call('POST', `/${id}/purge`, { delete_messages_permanently: true });
    for (let from = 0; from < this.queues.length; from += 50) {
      await Promise.all(this.queues.slice(from, from + 50).map(purge));
    }
  }

  async count() {
    let count = 0;
    for (let from = 0; from < this.queues.length; from += 50) {
      const metrics = await Promise.all(this.queues.slice(from, from + 50).map((id) => this.call('GET', `/${id}/metrics`)));
      for (const { backlog_count: each } of metrics) count += each;
    }
    return count;
  }
}

/** The environment of this process without variables that would configure a server. */
function bare() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(SLUICE|CLOUDFLARE)_/.test(name)));
}

/** ElasticMQ over the SQS query protocol; stores messages in memory. */
export class ElasticMq extends Contender {
  static bringIt() {
    if (existsSync(elasticmq)) return;
    const args = ['-B', '-ntp', '-q', '-f', path.join(root, 'src/bench/elasticmq/pom.xml')];
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
    output('mvn', [...args, goal, `-DoutputDirectory=${elasticmq}`]);
    if (!existsSync(elasticmq)) throw new Error('ElasticMQ could not be resolved with Maven');
  }

  async start() {
    ElasticMq.bringIt();
    const port = await freePort();
    writeFileSync(path.join(this.directory, 'elasticmq.conf'), [
      'include classpath("application.conf")',
      `node-address { protocol = http, host = localhost, port = ${port}, context-path = "" }`,
      `rest-sqs { enabled = true, bind-port = ${port}, bind-hostname = "127.0.0.1", sqs-limits = strict }`,
      'rest-stats { enabled = false }',
      'queues { bench { defaultVisibilityTimeout = 600 seconds } }',
    ].join('\n'));
    const args = [...JAVA_OPTIONS, '-Dconfig.file=elasticmq.conf', '-cp', `${elasticmq}/*`, 'org.elasticmq.server.Main'];
    this.launch(java, args);
    this.origin = `http://127.0.0.1:${port}`;
    await awaitResponse(`${this.origin}/?Action=ListQueues`);
    return this;
  }

  #form(fields) {
    return { path: '/000000000000/bench', body: new URLSearchParams(fields).toString() };
  }

  #headers = { 'Content-Type': 'application/x-www-form-urlencoded' };

  pushes(bodies) {
    return { headers: this.#headers, requests: bodies.map((body) => this.#form({ Action: 'SendMessage', MessageBody: textOf(body) })) };
  }

  /** Ten at a time, the maximum of SQS. */
  batches(body) {
    const fields = { Action: 'SendMessageBatch' };
    for (let i = 1; i <= 10; i++) {
      fields[`SendMessageBatchRequestEntry.${i}.Id`] = String(i);
      fields[`SendMessageBatchRequestEntry.${i}.MessageBody`] = textOf(body);
    }
    return { headers: this.#headers, requests: [this.#form(fields)], perRequest: 10 };
  }

  cycle(body) {
    return {
      dialect: 'sqs.lua',
      taken: 10,
      headers: this.#headers,
      push: this.pushes([body]).requests[0],
      pull: this.#form({ Action: 'ReceiveMessage', MaxNumberOfMessages: '10', VisibilityTimeout: '600' }),
      ackPath: '/000000000000/bench',
    };
  }

  isSuccess({ status, text }) {
    return status === 200 && /(SendMessage(Batch)?|PurgeQueue|GetQueueAttributes)Response/.test(text);
  }

  async #ask(fields) {
    const { path: where, body } = this.#form(fields);
    const response = await send(`${this.origin}${where}`, 'POST', body, this.#headers);
    if (!this.isSuccess(response)) throw new Error(`ElasticMQ: ${response.status} ${response.text}`);
    return response.text;
  }

  async reset() {
    await this.#ask({ Action: 'PurgeQueue' });
  }

  async count() {
    const text = await this.#ask({ Action: 'GetQueueAttributes', 'AttributeName.1': 'ApproximateNumberOfMessages' });
    return Number(/<Value>(\d+)<\/Value>/.exec(text)[1]);
  }
}

/** The body inside a push request. */
const textOf = (push) => JSON.parse(push).body;

/** webdis in front of redis, which syncs every write; both on the same core. */
export class Webdis extends Contender {
  async start() {
    const [port, redisPort] = [await freePort(), await freePort()];
    const redis = ['--port', redisPort, '--bind', '127.0.0.1', '--dir', this.directory, '--save', '', '--daemonize', 'no'];
    this.launch('redis-server', [...redis, '--appendonly', 'yes', '--appendfsync', 'always'].map(String));
    await awaitLine(this.processes[0], /Ready to accept connections/);
    writeFileSync(path.join(this.directory, 'webdis.json'), JSON.stringify({
      redis_host: '127.0.0.1', redis_port: redisPort, redis_auth: null, http_host: '127.0.0.1', http_port: port,
      threads: 1, pool_size: 20, daemonize: false, websockets: false, database: 0, acl: [], verbosity: 0,
      logfile: path.join(this.directory, 'webdis.log'),
    }));
    this.launch('webdis', [path.join(this.directory, 'webdis.json')]);
    this.origin = `http://127.0.0.1:${port}`;
    await awaitResponse(`${this.origin}/PING`);
    return this;
  }

  pushes(bodies) {
    return { headers: {}, requests: bodies.map((body) => ({ path: '/', body: `RPUSH/bench/${encodeURIComponent(textOf(body))}` })) };
  }

  batches(body, size) {
    const values = Array(size).fill(encodeURIComponent(textOf(body))).join('/');
    return { headers: {}, requests: [{ path: '/', body: `RPUSH/bench/${values}` }] };
  }

  isSuccess({ status, text }) {
    return status === 200 && /^\{"RPUSH":\d+\}/.test(text);
  }

  async reset() {
    await send(`${this.origin}/`, 'POST', 'DEL/bench');
  }

  async count() {
    return JSON.parse((await send(`${this.origin}/`, 'POST', 'LLEN/bench')).text).LLEN;
  }
}

/** Whether webdis and redis are installed. */
export function hasWebdis() {
  return output('sh', ['-c', 'command -v webdis && command -v redis-server']) !== '';
}
