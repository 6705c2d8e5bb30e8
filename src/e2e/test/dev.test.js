import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { DEV_ACCOUNT, DEV_TOKEN, DevServer } from '../harness/dev-server.js';
import { temporaryDirectory } from '../harness/process.js';
import { until } from '../harness/until.js';

test('a development server has a documented token and account, queues from flags and plain JSON bodies', async (context) => {
  const server = await DevServer.start(context, ['--queue', 'one', '--queue', 'two']);
  const { info } = server;
  assert.equal(info.token, DEV_TOKEN);
  assert.equal(info.accountId, DEV_ACCOUNT);
  assert.deepEqual(
    info.queues.map(({ name, consumer }) => [name, consumer]),
    [
      ['one', 'http_pull'],
      ['two', 'http_pull'],
    ],
  );
  assert.equal(info.baseURL, `http://127.0.0.1:${info.port}/client/v4`);
  assert.equal(info.pid, server.child.pid);
  const health = await fetch(`http://127.0.0.1:${info.managementPort}/health/ready`);
  assert.equal(health.status, 200);

  await server.push('one', { hello: 'world' });
  const [message] = await server.pull('one');
  assert.equal(message.body, '{"hello":"world"}');
  const accounts = await server.sdk.accounts.list();
  assert.deepEqual(
    accounts.result.map(({ id }) => id),
    [DEV_ACCOUNT],
  );
});

test('queues of a wrangler configuration have its settings, and one call resets everything', async (context) => {
  const cwd = temporaryDirectory();
  fs.writeFileSync(
    path.join(cwd, 'wrangler.toml'),
    `name = "shop"
[[queues.producers]]
queue = "orders"
binding = "ORDERS"
[[queues.consumers]]
queue = "orders"
max_retries = 0
dead_letter_queue = "failed"
`,
  );
  const server = await DevServer.start(context, ['--wrangler'], { cwd });
  assert.deepEqual(
    server.info.queues.map(({ name, deadLetterQueue }) => [name, deadLetterQueue]),
    [
      ['orders', 'failed'],
      ['failed', ''],
    ],
  );
  assert.match(server.stderr, /the dead letter queue 'failed' of queue 'orders' is not declared/);

  await server.push('orders', 1);
  const [{ lease_id }] = await server.pull('orders');
  await server.ack('orders', { retries: [{ lease_id }] });
  await until('the dead letter', async () => (await server.pull('failed')).length === 1);
  await server.push('orders', 2);

  const reply = await fetch(`${server.info.url}/sluice/v1/accounts/${DEV_ACCOUNT}/reset`, {
    method: 'POST',
    headers: { authorization: `Bearer ${DEV_TOKEN}` },
  });
  assert.equal(reply.status, 200);
  assert.deepEqual((await reply.json()).result, { queues: 2 });
  assert.equal(await server.backlog('orders'), 0);
  assert.equal(await server.backlog('failed'), 0);
});

test('every step of a message is a line with --verbose, and harmless in a terminal', async (context) => {
  const server = await DevServer.start(context, ['--queue', 'one', '--verbose']);
  await server.push('one', 'red \u001b[31m text', 'text');
  const [{ lease_id }] = await server.pull('one');
  await server.ack('one', { acks: [{ lease_id }] });
  await until('the last line', () => server.stderr.includes('acknowledged'));
  const lines = server.stderr.split('\n').filter((line) => line.includes(' messages - '));
  assert.deepEqual(
    lines.map((line) => line.slice(line.indexOf(' - ') + 3)),
    ['one #1 pushed, 14 bytes of text: red ·[31m text', 'one #1 delivered, attempt 1', 'one #1 acknowledged'],
  );
});

test('messages survive a restart with --data, and the queues keep their ids', async (context) => {
  const cwd = temporaryDirectory();
  const args = ['--data', 'data', '--queue', 'one'];
  const first = await DevServer.start(context, args, { cwd });
  await first.push('one', 1);
  first.child.kill('SIGTERM');
  assert.deepEqual(await first.end(), { code: 0, signal: null });

  const second = await DevServer.start(context, args, { cwd });
  assert.equal(second.queueId('one'), first.queueId('one'));
  assert.equal((await second.pull('one')).length, 1);
});

test('it stops when its standard input ends, if asked to', async (context) => {
  const server = await DevServer.start(context, ['--stop-at-eof'], { stdin: 'pipe' });
  server.child.stdin.end();
  assert.deepEqual(await server.end(), { code: 0, signal: null });
});

test('without --json it prints lines to paste into a shell', async (context) => {
  const server = new DevServer(context, ['--port', '0', '--queue', 'one']);
  await until('the ready line', () => /^sluice ready on http:\/\/127\.0\.0\.1:\d+ in \d+ ms$/m.test(server.stdout));
  assert.match(server.stdout, /^export CLOUDFLARE_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/client\/v4$/m);
  assert.match(server.stdout, new RegExp(`^export CLOUDFLARE_API_TOKEN=${DEV_TOKEN}$`, 'm'));
  assert.match(server.stdout, /^# {3}one {2}[0-9a-f]{32} {2}for pulling, 3 retries$/m);
});

test('a port in use is one line that says what to do', async (context) => {
  const listener = net.createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  context.after(() => listener.close());
  const { port } = listener.address();
  const server = new DevServer(context, ['--port', String(port)]);
  assert.deepEqual(await server.end(), { code: 2, signal: null });
  assert.equal(
    server.stderr,
    `sluice: cannot listen on 127.0.0.1:${port} (http.port): the port is in use; --port takes another one, --port 0 a free one\n`,
  );
});

test('a file name that the locale does not have is one line that says what to do', async (context) => {
  const env = process.env.LC_ALL;
  process.env.LC_ALL = 'C';
  context.after(() => (env === undefined ? delete process.env.LC_ALL : (process.env.LC_ALL = env)));
  for (const option of ['--data', '--config', '--wrangler']) {
    const server = new DevServer(context, ['--port', '0', option, 'größe']);
    assert.deepEqual(await server.end(), { code: 2, signal: null });
    assert.match(server.stderr, /^sluice: [^\n]* cannot have in this locale[^\n]*; LC_ALL=C\.UTF-8 is one in which they can\n$/, option);
  }
});

test('a broken wrangler configuration is one line with file, line and key', async (context) => {
  const cwd = temporaryDirectory();
  fs.writeFileSync(path.join(cwd, 'wrangler.jsonc'), '{\n  "queues": { "producers": [{ "queue": "not allowed" }] }\n}');
  const server = new DevServer(context, ['--port', '0', '--wrangler', 'wrangler.jsonc'], { cwd });
  assert.deepEqual(await server.end(), { code: 2, signal: null });
  assert.match(server.stderr, /^sluice: wrangler\.jsonc:2: queues\.producers\[0\]\.queue must be 1 to 63 letters.*\n$/);
});
