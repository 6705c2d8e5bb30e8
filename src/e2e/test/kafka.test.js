import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { CrashRun } from '../crash/run.js';
import { freePort } from '../harness/free-port.js';
import { send } from '../harness/http.js';
import { kafkaSettings, startBrokers, withKafka } from '../harness/kafka.js';
import { launchServer, temporaryDirectory } from '../harness/process.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { inTime, until } from '../harness/until.js';

const QUEUES = `/client/v4/accounts/${ACCOUNT}/queues`;
const CRASH_ROUNDS = 6;
const SEED = '20261128';
/** A broker that is killed may hold up an append until it is given up; then the log is claimed again. */
const CLAIMED_AGAIN = /Nothing of .* can be stored until it is claimed again/;

let brokers;
before(async () => {
  if (!withKafka.skip) brokers = await startBrokers();
});
after(() => brokers?.stop());

const call = async (server, method, target, body) => {
  const response = await send(server.origin, method, target, { body, token: TOKEN });
  assert.equal(response.status, 200, response.text);
  return response.json.result;
};

/** Pulls and acknowledges until the queue is empty; returns the bodies. */
async function drain(server, queue) {
  const bodies = [];
  for (;;) {
    const { messages } = await call(server, 'POST', `${queue}/messages/pull`, { batch_size: 100, visibility_timeout_ms: 600_000 });
    if (messages.length === 0) return bodies;
    bodies.push(...messages.map(({ body }) => body));
    await call(server, 'POST', `${queue}/messages/ack`, { acks: messages.map(({ lease_id }) => ({ lease_id })) });
  }
}

test('a node that is killed and loses its directory has every confirmed message, also when a broker was killed', withKafka, async (context) => {
  const directory = path.join(temporaryDirectory(), 'data');
  const server = new Server({ directory, settings: kafkaSettings(brokers, 'lost'), expectedLog: [CLAIMED_AGAIN] });
  context.after(() => server.kill());
  await server.start();
  const { queue_id } = await call(server, 'POST', QUEUES, { queue_name: 'orders' });
  const queue = `${QUEUES}/${queue_id}`;
  await call(server, 'POST', `${queue}/consumers`, { type: 'http_pull' });
  const confirmed = [];
  let number = 0;
  let stopped = false;
  const pusher = async () => {
    while (!stopped) {
      const body = `message ${number++}`;
      const response = await send(server.origin, 'POST', `${queue}/messages`, { body: { body, content_type: 'text' }, token: TOKEN }).catch(() => ({}));
      if (response.status === 200) confirmed.push(body);
    }
  };
  const pushers = Promise.all([pusher(), pusher(), pusher(), pusher()]);
  await until('100 pushes are confirmed', () => confirmed.length >= 100);
  const before = confirmed.length;
  await brokers.killBroker(1);
  await until('100 more are confirmed without that broker', () => confirmed.length >= before + 100);
  await server.kill();
  stopped = true;
  await pushers;
  rmSync(directory, { recursive: true });
  await brokers.startBroker(1);

  await server.start();
  const found = new Set(await drain(server, queue));

  assert.deepEqual(confirmed.filter((body) => !found.has(body)), []);
  assert.deepEqual(await drain(server, queue), []);
  await server.stop();
});

test(`killed ${CRASH_ROUNDS} times under load, with lost directories and killed brokers, the server keeps every guarantee of its responses`, withKafka, async (context) => {
  let restarting = Promise.resolve();
  const afterKill = async (round, directory) => {
    await restarting;
    if (round % 3 === 2) {
      rmSync(directory, { recursive: true });
      return undefined;
    }
    if (round % 3 === 0) {
      const broker = (round / 3) % 3;
      await brokers.killBroker(broker);
      restarting = brokers.startBroker(broker);
    }
    // There is no check over the copies of all shards yet.
    return undefined;
  };
  const run = new CrashRun({ seed: SEED, settings: { ...kafkaSettings(brokers, 'crash'), 'cluster.shards': 8, 'cluster.snapshot_bytes': '64KiB' }, afterKill, expectedLog: [CLAIMED_AGAIN] });
  const tally = await run.rounds(CRASH_ROUNDS);
  await restarting;
  context.diagnostic(`${CRASH_ROUNDS} rounds, no violation: ${tally}`);
});

/** Starts a server that must fail: one line, exit code 2. */
async function refuses(settings, ...expected) {
  const launched = launchServer({
    settings: { 'http.port': 0, 'management.port': 0, 'storage.directory': path.join(temporaryDirectory(), 'data'), 'auth.token': TOKEN, ...settings },
    cwd: temporaryDirectory(),
  });
  const end = await inTime('the end of a server that cannot start', launched.exited);
  assert.deepEqual(end, { code: 2, signal: null }, launched.stderr);
  assert.match(launched.stderr, /^sluice: [^\n]+\n$/, 'one line on standard error');
  assert.doesNotMatch(launched.stderr, /Exception|\bat [a-z]+\.|\.java\b/);
  for (const part of expected) assert.match(launched.stderr, part);
}

test('without addresses of brokers the start is refused', () =>
  refuses({ 'storage.engine': 'kafka' }, /cluster\.bootstrap_servers/));

test('without configured credentials the start is refused', () =>
  refuses({ 'storage.engine': 'kafka', 'cluster.bootstrap_servers': '127.0.0.1:1', 'auth.token': '' }, /auth\.token/));

test('brokers that cannot be reached refuse the start', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  await refuses({ 'storage.engine': 'kafka', 'cluster.bootstrap_servers': address }, new RegExp(address), /cannot be reached/);
});

test('an address without a port refuses the start', () =>
  refuses({ 'storage.engine': 'kafka', 'cluster.bootstrap_servers': 'kafka.example' }, /cluster\.bootstrap_servers/));

/** A file with the properties of a client. */
function clientProperties(password) {
  const file = path.join(temporaryDirectory(), 'client.properties');
  const module = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  writeFileSync(file, [
    'security.protocol=SASL_PLAINTEXT',
    'sasl.mechanism=PLAIN',
    `sasl.jaas.config=${module} required username="sluice" password="${password}";`,
    '',
  ].join('\n'));
  return file;
}

test('wrong credentials refuse the start', withKafka, () =>
  refuses({
    ...kafkaSettings(brokers, 'secured'),
    'cluster.bootstrap_servers': brokers.saslBootstrapServers,
    'cluster.client_properties': clientProperties('wrong'),
  }, /refuses the credentials of cluster\.client_properties/));

test('with the right credentials the server starts, and no password is in its log', withKafka, async (context) => {
  const server = await Server.during(context, {
    settings: {
      ...kafkaSettings(brokers, 'secured'),
      'cluster.bootstrap_servers': brokers.saslBootstrapServers,
      'cluster.client_properties': clientProperties('sluice-secret'),
      'log.level': 'debug',
    },
  });
  await call(server, 'POST', QUEUES, { queue_name: 'secured' });
  await server.stop();
  assert.doesNotMatch(server.log, /sluice-secret/);
});
