import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DevServer } from '../harness/dev-server.js';
import { freePort } from '../harness/free-port.js';
import { Server } from '../harness/server.js';
import { until } from '../harness/until.js';
import {
  backlog,
  bindingOptions,
  drain,
  pullQueue,
  WORKER_KEY,
  workerDirectory,
  workerFile,
  workerQueue,
  workerSettings,
} from '../harness/workers.js';
import { WranglerDev } from '../harness/wrangler.js';

const COUNT = 10_000;
const BATCH = 100;

/** A binding in a wrangler configuration. */
const queueBinding = (server, queue) => ({
  name: 'QUEUE',
  type: 'sluice-queue',
  dev: { plugin: { package: '@sluice/workers/miniflare', name: 'sluice' }, options: bindingOptions(server, queue) },
});

test(`a Worker under wrangler dev sends and consumes ${COUNT} messages with retries, delays and dead letters, and none is lost`, async (t) => {
  const port = await freePort();
  const server = await Server.during(t, {
    settings: workerSettings({ orders: `http://127.0.0.1:${port}/sluice/queue` }, [
      workerQueue('orders', 'orders', { batch_size: BATCH, max_retries: 5, max_concurrency: 4 }, 'orders-dead'),
      pullQueue('orders-dead'),
    ]),
  });
  const directory = workerDirectory({
    'worker.js': readFileSync(workerFile('orders.js'), 'utf8'),
    'wrangler.jsonc': JSON.stringify({
      name: 'orders',
      main: 'worker.js',
      compatibility_date: '2026-08-01',
      vars: { SLUICE_KEY: WORKER_KEY },
      unsafe: { bindings: [queueBinding(server, 'orders')] },
    }),
  });
  const dev = await new WranglerDev().start({ directory, port });
  t.after(() => dev.stop());
  const started = performance.now();

  for (let from = 0; from < COUNT; from += BATCH) {
    const response = await fetch(`${dev.origin}/send?from=${from}&count=${BATCH}`);
    assert.equal(await response.text(), 'sent');
  }
  await until('every message is consumed or in the dead letter queue', async () => (await backlog(server, 'orders')) === 0);

  const processed = new Map(await (await fetch(dev.origin)).json());
  const dead = (await drain(server, 'orders-dead')).map(({ contentType, body }) => {
    const text = contentType === 'text' ? body : Buffer.from(body, 'base64').toString();
    return Number(contentType === 'json' ? JSON.parse(text).number : text);
  });
  t.diagnostic(`${COUNT} messages in ${Math.round(performance.now() - started)} ms`);
  const failing = Array.from({ length: COUNT / 100 }, (_, i) => 100 * i + 3);
  const finished = new Set([...processed.keys(), ...dead]);
  const lost = Array.from({ length: COUNT }, (_, i) => i).filter((i) => !finished.has(i));
  assert.deepEqual(lost, [], 'messages that are neither processed nor in the dead letter queue');
  assert.equal(finished.size, COUNT);
  assert.equal(new Set(dead).size, dead.length, 'no dead letter is there twice');
  assert.deepEqual(failing.filter((number) => processed.has(number) || !dead.includes(number)), []);
  assert.ok(dead.length <= 2 * failing.length, `${dead.length} dead letters: few but those that always fail`);
  await server.stop();
});

test('an unmodified Worker under wrangler dev gets bodies of all four types through the dispatcher', async (t) => {
  const port = await freePort();
  const server = await Server.during(t, {
    settings: workerSettings({ app: `http://127.0.0.1:${port}/sluice/queue` }, [workerQueue('orders', 'app', { max_concurrency: 1 })]),
  });
  const directory = workerDirectory({
    'worker.js': readFileSync(workerFile('types.js'), 'utf8'),
    'wrangler.json': JSON.stringify({
      name: 'app',
      main: 'worker.js',
      compatibility_date: '2026-08-01',
      unsafe: { bindings: [queueBinding(server, 'orders')] },
    }),
    'dispatcher.json': JSON.stringify({
      name: 'dispatcher',
      main: 'node_modules/@sluice/workers/src/dispatcher.js',
      compatibility_date: '2026-08-01',
      compatibility_flags: ['experimental', 'service_binding_extra_handlers'],
      vars: { SLUICE_KEY: WORKER_KEY },
      services: [{ binding: 'APP', service: 'app' }],
    }),
  });
  const dev = await new WranglerDev().start({ directory, port, args: ['-c', 'dispatcher.json', '-c', 'wrangler.json'] });
  t.after(() => dev.stop());
  assert.equal(await (await fetch(`${dev.origin}/send`)).text(), 'sent');
  const received = await until('10 messages are received', async () => {
    const all = await (await fetch(dev.origin)).json();
    return all.length === 10 && all.map(({ body }) => body);
  });
  const map = { Map: [['at', { Date: 5 }], ['many', { Set: [{ bigint: '1' }, 'é'] }], ['bytes', { ArrayBuffer: [1, 2] }]] };
  const expected = [{ order: 17 }, 'Grüße', [1.5, null], { ArrayBuffer: [0, 128, 255] }, map, 'in a batch', map, { ArrayBuffer: [7] }, { batch: true }, { Error: 'TypeError: wrong', cause: 'Error: before', stack: 'string' }];
  assert.deepEqual(received, expected);
  await server.stop();
});

test('wrangler dev and sluice dev with one wrangler configuration: what the Worker sends comes back to it', async (t) => {
  const port = await freePort();
  const common = { main: 'worker.js', compatibility_date: '2026-08-01', vars: { SLUICE_KEY: 'sluice-dev-worker-key' } };
  const plugin = { package: '@sluice/workers/miniflare', name: 'sluice' };
  const directory = workerDirectory({
    'worker.js': readFileSync(workerFile('wrapped.js'), 'utf8'),
    'types.js': readFileSync(workerFile('types.js'), 'utf8'),
    'wrangler.json': JSON.stringify({
      name: 'app',
      ...common,
      queues: {
        producers: [{ binding: 'QUEUE', queue: 'orders' }],
        consumers: [{ queue: 'orders', max_batch_size: 10, max_batch_timeout: 0, max_retries: 5, max_concurrency: 1 }],
      },
      env: {
        sluice: {
          ...common,
          unsafe: { bindings: [{ name: 'QUEUE', type: 'sluice-queue', dev: { plugin, options: { queue: 'orders' } } }] },
        },
      },
    }),
  });
  const server = await DevServer.start(t, ['--wrangler', '--worker', `http://127.0.0.1:${port}/sluice/queue`], { cwd: directory });
  const dev = await new WranglerDev().start({ directory, port, args: ['--env', 'sluice'], environment: { SLUICE_URL: server.info.url } });
  t.after(() => dev.stop());
  assert.equal(await (await fetch(`${dev.origin}/send`)).text(), 'sent');
  const received = await until('10 messages are received', async () => {
    const all = await (await fetch(dev.origin)).json();
    return all.length === 10 && all;
  });
  assert.deepEqual(received[0].body, { order: 17 });
  assert.deepEqual(received[4].body.Map[0], ['at', { Date: 5 }]);
});
