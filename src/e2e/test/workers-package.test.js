import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { SeenSignatures } from '../../npm/workers/src/delivery.js';
import { SluiceError, SluiceQueue, withQueues } from '../../npm/workers/src/index.js';
import { run } from '../harness/process.js';
import { workerDirectory, workerFile } from '../harness/workers.js';

const KEY = 'a key of the Worker';

/** A delivery as Sluice sends it; `change` edits its headers and body before it is sent. */
function delivery(messages, { key = KEY, seconds = Math.floor(Date.now() / 1000), path = '/sluice/queue', change } = {}) {
  const body = JSON.stringify({
    queue: 'orders',
    messages: messages.map((message, i) => ({
      id: String(i),
      timestamp_ms: 1_764_000_000_000,
      attempts: 1,
      content_type: 'json',
      body: {},
      ...message,
    })),
    metadata: { metrics: { backlog_count: 3, backlog_bytes: 30, oldest_message_timestamp_ms: 1_764_000_000_000 } },
  });
  const request = {
    method: 'POST',
    headers: {
      'sluice-timestamp': String(seconds),
      'sluice-signature': `v1=${createHmac('sha256', key).update(`${seconds}.`).update(body).digest('hex')}`,
    },
    body,
  };
  change?.(request);
  return new Request(`http://worker.example${path}`, request);
}

const context = () => ({ waited: [], waitUntil(promise) { this.waited.push(promise); } });

/** Gives a delivery to a handler; returns {status, json}. */
async function deliver(queue, messages, options = {}) {
  const worker = withQueues({ queue }, { key: KEY, ...options.worker });
  const response = await worker.fetch(delivery(messages, options), {}, context());
  return { status: response.status, json: await response.json() };
}

test('messages that the handler does not mention are acknowledged', async () => {
  assert.deepEqual(await deliver(() => {}, [{}, {}]), { status: 200, json: { acks: ['0', '1'], retries: [] } });
});

test('the handler gets the batch of the Workers API', async () => {
  let got;
  const env = { a: 1 };
  const ctx = Object.assign(context(), { props: { b: 2 } });
  const worker = withQueues(
    {
      name: 'this',
      queue(batch, givenEnv, givenCtx) {
        got = { batch, givenEnv, props: givenCtx.props, name: this.name };
      },
    },
    { key: (given) => (given === env ? KEY : undefined) },
  );
  const messages = [
    { content_type: 'text', body: 'é' },
    { content_type: 'json', body: [1] },
    { content_type: 'bytes', body: 'AP8=', attempts: 4 },
    { content_type: 'v8', body: '/w87SQJJBDoC' },
  ];
  assert.equal((await worker.fetch(delivery(messages), env, ctx)).status, 200);
  assert.equal(got.batch.queue, 'orders');
  assert.equal(got.givenEnv, env);
  assert.deepEqual(got.props, { b: 2 });
  assert.equal(got.name, 'this');
  assert.deepEqual(got.batch.metadata.metrics, { backlogCount: 3, backlogBytes: 30, oldestMessageTimestamp: new Date(1_764_000_000_000) });
  const [text, json, bytes, v8] = got.batch.messages;
  assert.deepEqual(v8.body, new Map([[1, 2]]));
  assert.equal(v8.body, v8.body);
  assert.equal(text.body, 'é');
  assert.deepEqual(text.timestamp, new Date(1_764_000_000_000));
  assert.deepEqual(json.body, [1]);
  assert.deepEqual(new Uint8Array(bytes.body), new Uint8Array([0, 255]));
  assert.equal(bytes.attempts, 4);
});

test('the first report about a message counts, with its delay', async () => {
  const { json } = await deliver(
    ({ messages: [a, b, c, d] }) => {
      a.ack();
      a.retry();
      b.retry({ delaySeconds: 7 });
      b.ack();
      b.retry();
      c.retry();
      d.retry({ delaySeconds: 0 });
    },
    [{}, {}, {}, {}, {}],
  );
  assert.deepEqual(json, { acks: ['0', '4'], retries: [{ id: '1', delay_seconds: 7 }, { id: '2' }, { id: '3', delay_seconds: 0 }] });
});

test('ackAll and retryAll exclude each other, and retryAll spares what was acknowledged before', async () => {
  const all = (batch) => {
    batch.messages[0].retry();
    batch.ackAll();
    batch.retryAll();
  };
  assert.deepEqual((await deliver(all, [{}, {}])).json, { acks: ['0', '1'], retries: [] });
  const none = (batch) => {
    batch.messages[0].ack();
    batch.messages[1].retry({ delaySeconds: 1 });
    batch.retryAll({ delaySeconds: 9 });
    batch.ackAll();
    batch.messages[2].ack();
  };
  assert.deepEqual((await deliver(none, [{}, {}, {}])).json, {
    acks: ['0'],
    retries: [{ id: '1', delay_seconds: 1 }, { id: '2', delay_seconds: 9 }],
  });
});

test('a delay that is no number of seconds is refused where it is given', async () => {
  for (const delaySeconds of [-1, 1.5, 86_401, '1', Number.NaN]) {
    await deliver((batch) => {
      assert.throws(() => batch.messages[0].retry({ delaySeconds }), RangeError);
      assert.throws(() => batch.retryAll({ delaySeconds }), RangeError);
    }, [{}]);
  }
});

test('a handler that fails without a report fails the batch; what it acknowledged before is not delivered again', async (t) => {
  t.mock.method(console, 'error', () => {});
  assert.equal((await deliver(() => Promise.reject(new Error('down')), [{}])).status, 500);
  assert.equal((await deliver(() => { throw undefined; }, [{}])).status, 500);
  const half = (batch) => {
    batch.messages[0].ack();
    batch.messages[1].retry({ delaySeconds: 3 });
    throw new Error('down');
  };
  assert.deepEqual(await deliver(half, [{}, {}, {}]), {
    status: 200,
    json: { acks: ['0'], retries: [{ id: '1', delay_seconds: 3 }, { id: '2' }] },
  });
  const acknowledged = (batch) => {
    batch.ackAll();
    throw new Error('down');
  };
  assert.equal((await deliver(acknowledged, [{}])).status, 500);
});

test('the response waits for waitUntil, and a promise that fails there fails the batch', async (t) => {
  t.mock.method(console, 'error', () => {});
  const order = [];
  const later = (text) => new Promise((resolve) => setImmediate(() => resolve(order.push(text))));
  const worker = withQueues(
    {
      queue(batch, env, ctx) {
        ctx.waitUntil(later('first').then(() => ctx.waitUntil(later('second'))));
      },
    },
    { key: KEY },
  );
  const ctx = context();
  assert.equal((await worker.fetch(delivery([{}]), {}, ctx)).status, 200);
  assert.deepEqual(order, ['first', 'second']);
  assert.equal(ctx.waited.length, 2);
  assert.equal((await deliver((batch, env, c) => c.waitUntil(Promise.reject(new Error('late'))), [{}])).status, 500);
});

test('a body that cannot be read is refused with a clear error when it is read', async (t) => {
  t.mock.method(console, 'error', () => {});
  for (const [content_type, expected] of [['v8', /truncated.*Send it with contentType "json", "text" or "bytes"/s], ['xml', /unknown content type "xml"/]]) {
  let text;
  const { status } = await deliver(
    (batch) => {
      try {
        return batch.messages[0].body;
      } catch (error) {
        text = error.message;
        throw error;
      }
    },
    [{ content_type, body: '/w8=' }],
  );
  assert.equal(status, 500);
  assert.match(text, expected);
  }
});

test('a class that extends WorkerEntrypoint gets the route too', async () => {
  class Entrypoint {
    constructor(ctx, env) {
      this.ctx = ctx;
      this.env = env;
    }
  }
  class App extends Entrypoint {
    fetch() {
      return new Response('own');
    }
    queue(batch) {
      batch.messages[0].retry({ delaySeconds: this.env.seconds });
    }
  }
  const Wrapped = withQueues(App, { key: (env) => env.KEY });
  const app = new Wrapped(context(), { KEY, seconds: 4 });
  assert.deepEqual(await (await app.fetch(delivery([{}]))).json(), { acks: [], retries: [{ id: '0', delay_seconds: 4 }] });
  assert.equal(await (await app.fetch(new Request('http://worker.example/'))).text(), 'own');
});

test('other requests reach the Worker, and its other handlers stay', async () => {
  const worker = withQueues({ fetch: () => new Response('own'), scheduled: () => 'cron', queue() {} }, { key: KEY, path: '/q' });
  assert.equal(await (await worker.fetch(new Request('http://worker.example/sluice/queue', { method: 'POST' }))).text(), 'own');
  assert.equal(worker.scheduled(), 'cron');
  assert.equal((await withQueues({ queue() {} }, { key: KEY }).fetch(new Request('http://worker.example/'))).status, 404);
});

test('requests that are not deliveries are refused, and the handler is not called', async (t) => {
  const log = t.mock.method(console, 'error', () => {});
  const headers = (edit) => ({ change: (request) => edit(request.headers, request) });
  const old = Math.floor(Date.now() / 1000) - 301;
  const refused = [
    ['another key', { key: 'another key of 19 c' }, 401, /signature is wrong/],
    ['an old timestamp', { seconds: old }, 401, /differs from this clock/],
    ['a timestamp ahead', { seconds: old + 602 + 60 }, 401, /differs from this clock/],
    ['a changed timestamp', headers((h) => (h['sluice-timestamp'] = String(Number(h['sluice-timestamp']) - 1))), 401, /signature is wrong/],
    ['a changed body', headers((h, request) => (request.body = request.body.replace('orders', 'others'))), 401, /signature is wrong/],
    ['no signature', headers((h) => delete h['sluice-signature']), 401, /Expected the headers/],
    ['no timestamp', headers((h) => delete h['sluice-timestamp']), 401, /Expected the headers/],
    ['a timestamp in words', headers((h) => (h['sluice-timestamp'] = 'now')), 401, /Expected the headers/],
    ['half a signature', headers((h) => (h['sluice-signature'] = h['sluice-signature'].slice(0, 35))), 401, /Expected the headers/],
    ['a signature of another scheme', headers((h) => (h['sluice-signature'] = h['sluice-signature'].replace('v1', 'v2'))), 401, /Expected the headers/],
    ['another method', headers((h, request) => (request.method = 'PUT')), 405, /POST/],
    ['a large body', { worker: { bodyBytesMax: 10 } }, 413, /larger than 10 bytes/],
    ['no key', { worker: { key: () => undefined } }, 500, /No key/],
    ['a short key', { worker: { key: 'short' } }, 500, /No key/],
  ];
  for (const [what, options, status, text] of refused) {
    const result = await deliver(() => assert.fail('it was called'), [{}], options);
    assert.equal(result.status, status, what);
    assert.match(result.json.error, text, what);
  }
  assert.equal(log.mock.callCount(), 2, 'only a missing key is an error of the Worker');
  assert.throws(() => withQueues({ queue() {} }), /needs a key/);
  assert.throws(() => withQueues({ queue() {} }, {}), /needs a key/);
});

test('a signed body that is not a batch is refused', async () => {
  const worker = withQueues({ queue: () => assert.fail('it was called') }, { key: KEY });
  for (const body of ['', '{', '[]', 'null', '{"queue":"q"}', '{"messages":[]}']) {
    const seconds = Math.floor(Date.now() / 1000);
    const signature = `v1=${createHmac('sha256', KEY).update(`${seconds}.`).update(body).digest('hex')}`;
    const request = new Request('http://worker.example/sluice/queue', {
      method: 'POST',
      headers: { 'sluice-timestamp': String(seconds), 'sluice-signature': signature },
      body,
    });
    assert.equal((await worker.fetch(request, {}, context())).status, 400, body);
  }
});

test('a delivery is accepted once', async () => {
  let calls = 0;
  const worker = withQueues({ queue: () => void calls++ }, { key: KEY });
  const same = delivery([{}]);
  assert.equal((await worker.fetch(same.clone(), {}, context())).status, 200);
  const again = await worker.fetch(same.clone(), {}, context());
  assert.equal(again.status, 401);
  assert.match((await again.json()).error, /received before/);
  const capitals = new Request(same, { headers: new Headers(same.headers) });
  capitals.headers.set('sluice-signature', `v1=${same.headers.get('sluice-signature').slice(3).toUpperCase()}`);
  assert.equal((await worker.fetch(capitals, {}, context())).status, 401);
  assert.equal(calls, 1);
});

test('the memory of signatures is bounded, and forgets none that could still be repeated', () => {
  const seen = new SeenSignatures(3);
  assert.equal(seen.add('a', 100, 0), true);
  assert.equal(seen.add('b', 101, 0), true);
  assert.equal(seen.add('c', 102, 0), true);
  assert.equal(seen.add('d', 103, 0), true, 'room is made');
  assert.equal(seen.add('a', 100, 0), false, 'the forgotten one is too old from then on');
  assert.equal(seen.add('d', 103, 0), false);
  assert.equal(seen.add('e', 500, 400), true, 'those that no clock accepts any more are dropped');
  assert.equal(seen.add('b', 401, 400), true);
});

/** A server that records requests; its response is `reply`. */
async function recorder(t, reply = { status: 200, headers: {}, body: '{}' }) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(reply.status, reply.headers).end(reply.body);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  const options = { url: `http://127.0.0.1:${server.address().port}`, accountId: 'a'.repeat(32), queue: 'orders', token: 't' };
  return { requests, options };
}

const METRICS = { backlogCount: 1, backlogBytes: 2, oldestMessageTimestamp: 1_764_000_000_000 };
const SENT = { status: 200, headers: {}, body: JSON.stringify({ metadata: { metrics: METRICS } }) };

test('a producer sends each type as workerd does', async (t) => {
  const { requests, options } = await recorder(t, SENT);
  const queue = new SluiceQueue(options);
  const { metadata } = await queue.send({ a: new Date(0) }, { delaySeconds: 5 });
  assert.deepEqual(metadata.metrics, { ...METRICS, oldestMessageTimestamp: new Date(1_764_000_000_000) });
  await queue.send('é', { contentType: 'text' });
  await queue.send(new Uint16Array([1]).subarray(0), { contentType: 'bytes' });
  const sent = requests.map(({ method, url, headers, body }) => [
    method,
    url,
    headers['x-msg-fmt'],
    headers['x-msg-delay-secs'],
    headers.authorization,
    headers['sluice-account-id'],
    headers['sluice-queue'],
    body.toString('latin1'),
  ]);
  const fixed = ['Bearer t', 'a'.repeat(32), 'orders'];
  const message = '/sluice/v1/binding/message';
  assert.deepEqual(sent, [
    ['POST', message, 'json', '5', ...fixed, '{"a":"1970-01-01T00:00:00.000Z"}'],
    ['POST', message, 'text', undefined, ...fixed, Buffer.from('é').toString('latin1')],
    ['POST', message, 'bytes', undefined, ...fixed, '\x01\x00'],
  ]);
});

test('a producer sends batches with their delays', async (t) => {
  const { requests, options } = await recorder(t, SENT);
  const large = new Uint8Array(100_000).fill(7);
  await new SluiceQueue(options).sendBatch(
    new Set([{ body: 1 }, { body: 'x', contentType: 'text', delaySeconds: 3 }, { body: large, contentType: 'bytes' }]),
    { delaySeconds: 9 },
  );
  assert.equal(requests[0].url, '/sluice/v1/binding/batch');
  assert.equal(requests[0].headers['x-msg-delay-secs'], '9');
  assert.deepEqual(JSON.parse(requests[0].body), {
    messages: [
      { body: 'MQ==', contentType: 'json' },
      { body: 'eA==', contentType: 'text', delaySecs: 3 },
      { body: Buffer.from(large).toString('base64'), contentType: 'bytes' },
    ],
  });
});

test('a value that its type cannot carry is refused before anything is sent', async (t) => {
  const { requests, options } = await recorder(t, SENT);
  const queue = new SluiceQueue(options);
  class Empty {}
  const refused = [
    [undefined, 'json', /undefined/],
    [new Map([[1, 2]]), 'json', /cannot carry a Map/],
    [{ list: [new Set()] }, 'json', /cannot carry a Set at "0"/],
    [{ error: new Error('x') }, 'json', /cannot carry a Error at "error"/],
    [new Uint8Array(1), 'json', /cannot carry a Uint8Array/],
    [new ArrayBuffer(1), 'json', /cannot carry a ArrayBuffer/],
    [/x/, 'json', /cannot carry a RegExp/],
    [new Empty(), 'json', /cannot carry a Empty/],
    [() => 1, 'json', /cannot carry a function/],
    [{ f: Symbol('s') }, 'json', /cannot carry a symbol at "f"/],
    [{ n: 1n }, 'json', /cannot carry a bigint at "n"/],
    [{ n: Number.NaN }, 'json', /cannot carry NaN at "n"/],
    [7, 'text', /must be a string/],
    ['\ud800', 'text', /half a surrogate pair/],
    ['x', 'bytes', /must be an ArrayBuffer/],
    [new Map(), 'v8', /by the queue binding of workerd only/],
    [1, 'xml', /Unknown content type "xml"/],
  ];
  for (const [body, contentType, text] of refused) {
    await assert.rejects(queue.send(body, { contentType }), (error) => error instanceof TypeError && text.test(error.message), String(text));
    await assert.rejects(queue.sendBatch([{ body, contentType }]), TypeError);
  }
  assert.equal(requests.length, 0);
  for (const body of [{}, [], Object.create(null), 0, '', null, false, { a: undefined }, new Date(0), '😀']) await queue.send(body);
});

test('a failure has the text that a Worker sees, with code and status', async (t) => {
  const headers = { 'cf-queues-error-code': '10104', 'cf-queues-error-cause': 'Queue does not exist.' };
  const known = await recorder(t, { status: 404, headers, body: '{}' });
  await assert.rejects(new SluiceQueue(known.options).send(1), { name: 'SluiceError', message: 'Queue does not exist. (10104)', code: 10104, status: 404 });
  const unknown = await recorder(t, { status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: 'moved' });
  await assert.rejects(new SluiceQueue(unknown.options).metrics(), { message: 'Sluice responded with status 302. (15000)', code: 15000 });
  await assert.rejects(new SluiceQueue(unknown.options).metrics(), SluiceError);
  for (const missing of ['url', 'accountId', 'queue', 'token']) {
    assert.throws(() => new SluiceQueue({ ...known.options, [missing]: undefined }), new RegExp(`needs ${missing}`));
  }
});

test('the package has the types that TypeScript needs', async () => {
  const directory = workerDirectory({
    'api.types.ts': readFileSync(workerFile('api.types.ts'), 'utf8'),
    'package.json': '{"type":"module"}',
    'tsconfig.json': JSON.stringify({
      compilerOptions: { strict: true, noEmit: true, module: 'nodenext', lib: ['es2022', 'dom', 'dom.iterable'], types: [] },
      files: ['api.types.ts'],
    }),
  });
  const compiler = path.join(path.dirname(createRequire(import.meta.url).resolve('typescript')), 'tsc.js');
  const { code, stdout } = await run(process.execPath, [compiler, '-p', directory]);
  assert.equal(code, 0, stdout);
});
