import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { deserialize } from 'node:v8';
import { freePort } from '../harness/free-port.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { until } from '../harness/until.js';
import { backlog, drain, pullQueue, WORKER_KEY, Workerd, workerDirectory, workerFile, workerQueue, workerSettings } from '../harness/workers.js';

const example = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../examples/workerd');
const text = async (url, options) => (await fetch(url, options)).text();
const json = async (url) => (await fetch(url)).json();

/** The example with these ports and this Worker. */
async function startExample(t, worker, queues) {
  const [app, deliveries] = [await freePort(), await freePort()];
  const server = await Server.during(t, {
    settings: workerSettings({ app: `http://127.0.0.1:${deliveries}/sluice/queue` }, queues),
  });
  const config = readFileSync(path.join(example, 'config.capnp'), 'utf8')
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${server.port}`)
    .replaceAll('127.0.0.1:8787', `127.0.0.1:${app}`)
    .replaceAll('127.0.0.1:8788', `127.0.0.1:${deliveries}`)
    .replaceAll('example-token-change-me', TOKEN)
    .replaceAll('7f1d2c3b4a5968778695a4b3c2d1e0f9', ACCOUNT);
  const directory = workerDirectory({ 'config.capnp': config, ...(worker ? { 'worker.js': worker } : {}) }, example);
  const origin = `http://127.0.0.1:${app}`;
  const throughDispatcher = `http://127.0.0.1:${deliveries}`;
  const workerd = await new Workerd().start({
    directory,
    origins: [origin, throughDispatcher],
    environment: { SLUICE_KEY: WORKER_KEY },
  });
  t.after(() => workerd.kill());
  return { server, origin, throughDispatcher };
}

/** What types.js sends, as it describes it. */
const MAP = { Map: [['at', { Date: 5 }], ['many', { Set: [{ bigint: '1' }, 'é'] }], ['bytes', { ArrayBuffer: [1, 2] }]] };
const BODIES = [
  { order: 17 }, 'Grüße', [1.5, null], { ArrayBuffer: [0, 128, 255] }, MAP,
  'in a batch', MAP, { ArrayBuffer: [7] }, { batch: true }, { Error: 'TypeError: wrong', cause: 'Error: before', stack: 'string' },
]; // prettier-ignore

/** Waits until the Worker has received as many messages as types.js sends; returns what it shows. */
const receivedAll = (origin) =>
  until('all messages are received', async () => {
    const all = await json(origin);
    return all.length === BODIES.length && all;
  });

test('an unmodified Worker in workerd sends and consumes bodies of all four types', async (t) => {
  const worker = readFileSync(workerFile('types.js'), 'utf8');
  const { server, origin, throughDispatcher } = await startExample(t, worker, [workerQueue('orders', 'app', { max_concurrency: 1 })]);

  assert.equal(await text(`${origin}/send`), 'sent');
  const received = await receivedAll(origin);
  assert.deepEqual(received.map(({ body }) => body), BODIES);
  assert.deepEqual(new Set(received.map(({ queue, attempts }) => `${queue} ${attempts}`)), new Set(['orders 1']));

  assert.equal(await text(`${origin}/retry`), 'sent');
  await until('the message is delivered again', async () =>
    (await json(throughDispatcher)).some(({ attempts, body }) => attempts === 2 && body.retry === 1),
  );
  await until('all is acknowledged', async () => (await backlog(server, 'orders')) === 0);

  assert.deepEqual(await json(`${origin}/errors`), [
    'Error: Message is larger than 128000 bytes. (10204)',
    'Error: Expected JSON text (10207)',
    'Error: Expected integer from 0 to 86400 in the header X-Msg-Delay-Secs (10203)',
    'Error: A batch holds at most 100 messages. (10206)',
  ]);
  assert.equal(await text(`${origin}/delayed`), 'sent');
  const metrics = await json(`${origin}/metrics`);
  assert.deepEqual([metrics.backlogCount, metrics.backlogBytes], [1, 5]);
  await server.stop();
});

test('the example of the documents accepts an order and consumes it', async (t) => {
  const { server, origin } = await startExample(t, undefined, [workerQueue('orders', 'app', {}, 'orders-dead'), pullQueue('orders-dead')]);
  assert.equal((await fetch(`${origin}/orders`, { method: 'POST', body: '{"order":17}' })).status, 202);
  const [{ attempts, body }] = await until('the order is consumed', async () => {
    const all = await json(origin);
    return all.length === 1 && all;
  });
  assert.deepEqual({ attempts, body }, { attempts: 1, body: { order: 17 } });
  await server.stop();
});

test('what a Worker sends is pulled in base64 with its content type', async (t) => {
  const worker = readFileSync(workerFile('types.js'), 'utf8');
  const { server, origin } = await startExample(t, worker, [pullQueue('orders')]);
  assert.equal(await text(`${origin}/send`), 'sent');
  const pulled = await drain(server, 'orders');
  assert.deepEqual(
    pulled.map(({ contentType }) => contentType),
    ['json', 'text', 'json', 'bytes', 'v8', 'text', 'v8', 'bytes', 'json', 'v8'],
  );
  assert.equal(pulled[3].body, 'AID/');
  assert.deepEqual([...deserialize(Buffer.from(pulled[4].body, 'base64')).keys()], ['at', 'many', 'bytes']);
  assert.equal(pulled[4].body, pulled[6].body);
  await server.stop();
});

test('what an unmodified Worker reports through the dispatcher is what happens to its messages', async (t) => {
  const faults = {
    throw: [['throw 0 attempt 1', 'throw 1 attempt 1', 'throw 2 attempt 1'], ['throw 0 attempt 2', 'throw 1 attempt 2', 'throw 2 attempt 2']],
    'throw-halfway': [
      ['throw-halfway 0 attempt 1', 'throw-halfway 1 attempt 1', 'throw-halfway 2 attempt 1'],
      ['throw-halfway 1 attempt 2', 'throw-halfway 2 attempt 2'],
    ],
    'retry-all': [['retry-all 0 attempt 1', 'retry-all 1 attempt 1', 'retry-all 2 attempt 1'], ['retry-all 1 attempt 2', 'retry-all 2 attempt 2']],
    'ack-all': [['ack-all 0 attempt 1', 'ack-all 1 attempt 1', 'ack-all 2 attempt 1'], []],
  };
  const worker = readFileSync(workerFile('native-faulty.js'), 'utf8');
  const settings = { batch_size: 3, max_wait_time_ms: 500, max_retries: 10, max_concurrency: 1 };
  const queues = Object.keys(faults).map((fault) => workerQueue(fault, 'app', settings));
  const { server, origin } = await startExample(t, worker, queues);
  for (const [fault, [first, second]] of Object.entries(faults)) {
    const before = (await json(origin)).length;
    assert.equal((await push(server, fault, [0, 1, 2].map((number) => ({ fault, number })))).status, 200);
    await until(`${fault}: all is acknowledged`, async () => (await backlog(server, fault)) === 0);
    const given = (await json(origin)).slice(before);
    assert.deepEqual(given.slice(0, 3), first);
    assert.deepEqual(given.slice(3).sort(), second);
  }
  await server.stop();
});

/** A workerd as in production, without experimental features, with a Worker that uses withQueues. */
function plainConfig(port, { bindings = [], services = [], modules = [] } = {}) {
  const ofPackage = ['delivery', 'batch', 'producer', 'v8-value', 'with-queues'].map(
    (name) => `(name = "@sluice/${name}.js", esModule = embed "node_modules/@sluice/workers/src/${name}.js")`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [${['(name = "app", worker = .app)', ...services].join(', ')}],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "app")],
);
const app :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "@sluice/workers", esModule = embed "node_modules/@sluice/workers/src/index.js"),
    ${[...ofPackage, ...modules].join(',\n    ')}
  ],
  compatibilityDate = "2026-08-01",
  bindings = [${['(name = "SLUICE_KEY", fromEnvironment = "SLUICE_KEY")', ...bindings].join(', ')}],
);
`;
}

test('withQueues in workerd without any flag gets bodies of all four types', async (t) => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const server = await Server.during(t, {
    settings: workerSettings({ app: `${origin}/sluice/queue` }, [workerQueue('orders', 'app', { max_concurrency: 1 })]),
  });
  const headers = { Authorization: `Bearer ${TOKEN}`, 'sluice-account-id': ACCOUNT, 'sluice-queue': 'orders' };
  const injected = Object.entries(headers).map(([name, value]) => `(name = "${name}", value = "${value}")`);
  const config = plainConfig(port, {
    modules: ['(name = "types.js", esModule = embed "types.js")'],
    services: [`(name = "orders", external = (address = "127.0.0.1:${server.port}", http = (injectRequestHeaders = [${injected}])))`],
    bindings: ['(name = "QUEUE", queue = "orders")'],
  });
  const directory = workerDirectory({
    'worker.js': readFileSync(workerFile('wrapped.js'), 'utf8'),
    'types.js': readFileSync(workerFile('types.js'), 'utf8'),
    'config.capnp': config,
  });
  const workerd = await new Workerd().start({ directory, origins: [origin], environment: { SLUICE_KEY: WORKER_KEY } });
  t.after(() => workerd.kill());

  assert.equal(await text(`${origin}/send`), 'sent');
  assert.deepEqual((await receivedAll(origin)).map(({ body }) => body), BODIES);
  assert.equal(await text(`${origin}/retry`), 'sent');
  await until('the message is delivered again', async () => (await json(origin)).some(({ attempts }) => attempts === 2));
  await until('all is acknowledged', async () => (await backlog(server, 'orders')) === 0);
  await server.stop();
});

async function startFaulty(t, port, bindings) {
  const directory = workerDirectory({
    'worker.js': readFileSync(workerFile('faulty.js'), 'utf8'),
    'config.capnp': plainConfig(port, { bindings }),
  });
  const origins = [`http://127.0.0.1:${port}`];
  const workerd = await new Workerd().start({ directory, origins, environment: { SLUICE_KEY: WORKER_KEY } });
  t.after(() => workerd.kill());
  return workerd;
}

const push = (server, queue, bodies) =>
  fetch(`${server.origin}/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'sluice-account-id': ACCOUNT, 'sluice-queue': queue },
    body: JSON.stringify({ messages: bodies.map((body) => ({ body: btoa(JSON.stringify(body)), contentType: 'json' })) }),
  });

test('a Worker that throws, hangs or responds with garbage gets the messages again, and none is lost', async (t) => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const urls = { faulty: `${origin}/sluice/queue`, garbage: `${origin}/garbage` };
  const server = await Server.during(t, {
    settings: workerSettings(
      urls,
      [...['throw', 'hang'].map((fault) => workerQueue(fault, 'faulty', { max_retries: 10 })), workerQueue('garbage', 'garbage', { max_retries: 10 })],
      2_000,
    ),
  });
  await startFaulty(t, port);
  for (const fault of ['throw', 'hang', 'garbage']) {
    assert.equal((await push(server, fault, [{ fault }])).status, 200);
    await until(`${fault}: the message is acknowledged`, async () => (await backlog(server, fault)) === 0);
  }
  const done = await json(origin);
  assert.deepEqual(done.slice(0, 5), ['throw 1', 'throw 2', 'throw 3', 'hang 1', 'hang 2']);
  assert.deepEqual(done.slice(5), ['200', '200', '200', '200', '307', '500', '200'].map((status) => `garbage ${status}`));
  await server.stop();
});

test('a Worker that dies in the middle of a batch gets all of its messages again', async (t) => {
  const port = await freePort();
  const server = await Server.during(t, {
    settings: workerSettings({ faulty: `http://127.0.0.1:${port}/sluice/queue` }, [
      workerQueue('die', 'faulty', { batch_size: 20, max_retries: 10 }),
    ]),
  });
  const dying = await startFaulty(t, port, ['(name = "DIES", text = "yes")']);
  assert.equal((await push(server, 'die', Array(20).fill({ fault: 'die' }))).status, 200);
  await until('it is in the middle of the batch', () => dying.output.includes('in the middle of 20 messages'));
  assert.equal(await backlog(server, 'die'), 20);
  await dying.kill();
  await startFaulty(t, port);
  await until('all is acknowledged', async () => (await backlog(server, 'die')) === 0);
  assert.deepEqual(await json(`http://127.0.0.1:${port}`), ['die 2']);
  await server.stop();
});

test('workerd accepts a delivery once, and none with a signature that is wrong or old', async (t) => {
  const port = await freePort();
  await startFaulty(t, port);
  const body = JSON.stringify({ queue: 'q', messages: [{ id: '1', timestamp_ms: 1, attempts: 1, content_type: 'json', body: { fault: 'none' } }] });
  const post = (seconds, key = WORKER_KEY) =>
    fetch(`http://127.0.0.1:${port}/sluice/queue`, {
      method: 'POST',
      headers: {
        'sluice-timestamp': String(seconds),
        'sluice-signature': `v1=${createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')}`,
      },
      body,
    });
  const now = Math.floor(Date.now() / 1000);
  assert.equal((await post(now, 'another key of a Worker')).status, 401);
  assert.equal((await post(now - 400)).status, 401);
  const accepted = await post(now);
  assert.equal(accepted.status, 200);
  assert.deepEqual(await accepted.json(), { acks: ['1'], retries: [] });
  const repeated = await post(now);
  assert.equal(repeated.status, 401);
  assert.match((await repeated.json()).error, /received before/);
  assert.deepEqual(await json(`http://127.0.0.1:${port}`), ['none 1']);
});
