import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { DevServer } from '../harness/dev-server.js';
import { freePort } from '../harness/free-port.js';
import { jar, launch, run, temporaryDirectory } from '../harness/process.js';
import { requirement } from '../harness/requirement.js';
import { Server } from '../harness/server.js';
import { until } from '../harness/until.js';
import { packageFile, workerDirectory } from '../harness/workers.js';
import { WranglerDev } from '../harness/wrangler.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const examples = path.join(here, '../../../examples');
const modules = path.join(here, '../node_modules');

const environment = ({ info }) => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  CLOUDFLARE_BASE_URL: info.baseURL,
  CLOUDFLARE_ACCOUNT_ID: info.accountId,
  CLOUDFLARE_API_TOKEN: info.token,
});

/** Starts a program that is killed at the end of the test. */
function program(context, command, args, options) {
  const launched = launch(command, args, options);
  context.after(async () => {
    launched.child.kill('SIGKILL');
    await launched.exited;
  });
  return launched;
}

const prints = (launched, expected) =>
  until(`the output has ${expected}`, () => {
    if (launched.child.exitCode !== null) throw new Error(`it ended: ${launched.stderr}`);
    return expected.test(launched.stdout);
  });

const has = (command, ...args) => spawnSync(command, args).status === 0;

test('the Worker produces and consumes under wrangler dev, with the queues of its own configuration', async (context) => {
  const port = await freePort();
  const from = path.join(examples, 'worker');
  const server = await DevServer.start(context, ['--wrangler', '--worker', `http://127.0.0.1:${port}/sluice/queue`], { cwd: from });
  assert.deepEqual(Object.fromEntries(server.info.queues.map(({ name, consumer }) => [name, consumer])), {
    orders: 'worker',
    mails: 'http_pull',
    'orders-failed': 'http_pull',
  });
  // Miniflare finds the plugin beside itself, and the port of this server is a free one.
  const configuration = fs
    .readFileSync(path.join(from, 'wrangler.jsonc'), 'utf8')
    .replaceAll('"@sluice/workers/miniflare"', JSON.stringify(packageFile('miniflare.js')));
  const directory = workerDirectory({ 'wrangler.jsonc': configuration }, from);
  const dev = await new WranglerDev().start({ directory, port, environment: { CLOUDFLARE_ENV: 'sluice', SLUICE_URL: server.info.url } });
  context.after(() => dev.stop());

  const order = (body) => fetch(dev.origin, { method: 'POST', body: JSON.stringify(body) });
  assert.equal((await order({ id: 1, customer: 'ada@example.com' })).status, 202);
  assert.equal((await order({ id: 2 })).status, 202);
  const mails = [];
  const failed = [];
  await until('one mail and one dead letter', async () => {
    mails.push(...(await server.pull('mails')));
    failed.push(...(await server.pull('orders-failed')));
    return mails.length > 0 && failed.length > 0;
  });
  assert.deepEqual(
    mails.map(({ body }) => JSON.parse(body)),
    [{ to: 'ada@example.com', subject: 'Your order 1' }],
  );
  assert.deepEqual(
    failed.map(({ body }) => JSON.parse(body)),
    [{ id: 2 }],
  );
});

test('the Node service queues what it gets, and consumes it', async (context) => {
  const server = await DevServer.start(context, ['--queue', 'orders']);
  const directory = temporaryDirectory();
  fs.cpSync(path.join(examples, 'node-service'), directory, { recursive: true });
  fs.symlinkSync(modules, path.join(directory, 'node_modules'));
  const port = await freePort();
  const service = program(context, process.execPath, ['service.js'], {
    cwd: directory,
    env: { ...environment(server), PORT: String(port) },
  });
  await prints(service, /listening/);
  const post = (body) => fetch(`http://127.0.0.1:${port}`, { method: 'POST', body });
  assert.equal((await post('{"id":1}')).status, 202);
  assert.equal((await post('not JSON')).status, 400);
  await prints(service, /^order 1$/m);
  await until('the order is acknowledged', async () => (await server.backlog('orders')) === 0);
  service.child.kill('SIGTERM');
  assert.deepEqual(await service.exited, { code: 0, signal: null });
});

/** Starts a consumer, kills the server, starts it again in its place, and expects that the consumer continues. */
async function assertContinues(context, start) {
  const args = ['--queue', 'orders', '--data', path.join(temporaryDirectory(), 'data')];
  const before = await DevServer.start(context, args);
  const consumer = await start(before);
  await before.push('orders', { id: 1 });
  await prints(consumer, /^order 1$/m);
  before.child.kill('SIGKILL');
  await before.end();
  await until('the consumer has met the missing server', () => consumer.stderr !== '');
  const after = await DevServer.start(context, args, { port: before.info.port });
  await after.push('orders', { id: 2 });
  await prints(consumer, /^order 2$/m);
}

test('the Node service continues when the server was away', async (context) => {
  const directory = temporaryDirectory();
  fs.cpSync(path.join(examples, 'node-service'), directory, { recursive: true });
  fs.symlinkSync(modules, path.join(directory, 'node_modules'));
  await assertContinues(context, async (server) => {
    const service = program(context, process.execPath, ['service.js'], {
      cwd: directory,
      env: { ...environment(server), PORT: String(await freePort()) },
    });
    await prints(service, /listening/);
    return service;
  });
});

test('the consumer in Python continues when the server was away', requirement(!has('python3', '--version') && 'python3 is missing'), (context) =>
  assertContinues(context, (server) =>
    program(context, 'python3', [path.join(examples, 'python-consumer/consumer.py')], { env: environment(server) }),
  ));

test('the repeating job runs again after its delay, and two processes do not run it twice', async (context) => {
  const server = await DevServer.start(context, ['--queue', 'timer']);
  const start = () =>
    program(context, process.execPath, [path.join(examples, 'repeating-job/job.js')], {
      env: { ...environment(server), EVERY_SECONDS: '1' },
    });
  const first = start();
  await prints(first, /^run 1$/m);
  const second = start();
  const runs = () => [...`${first.stdout}${second.stdout}`.matchAll(/^run (\d+)$/gm)].map(([, run]) => Number(run));
  await until('four runs', () => runs().length >= 4);
  assert.equal(new Set(runs()).size, runs().length, 'no run happens twice');
  assert.deepEqual([...runs()].sort((a, b) => a - b).slice(0, 4), [1, 2, 3, 4]);
});

async function assertConsumes(context, server, consumer) {
  await server.push('orders', { id: 7 });
  await server.push('orders', { name: 'an order without an id' });
  await prints(consumer, /^order 7$/m);
  await prints(consumer, /^failed: /m);
  await until('the other one waits for its next delivery', async () => (await server.backlog('orders')) === 1);
}

test('the consumer in Python acknowledges what it handled', requirement(!has('python3', '--version') && 'python3 is missing'), async (context) => {
  const server = await DevServer.start(context, ['--queue', 'orders']);
  const consumer = program(context, 'python3', [path.join(examples, 'python-consumer/consumer.py')], { env: environment(server) });
  await assertConsumes(context, server, consumer);
});

test('the consumer in Go acknowledges what it handled', requirement(!has('go', 'version') && 'go is missing'), async (context) => {
  const server = await DevServer.start(context, ['--queue', 'orders']);
  const binary = path.join(temporaryDirectory(), 'consumer');
  const cwd = path.join(examples, 'go-consumer');
  const built = await run('go', ['build', '-o', binary, '.'], { cwd, env: { ...process.env, GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local' } });
  assert.equal(built.code, 0, built.stderr);
  await assertConsumes(context, server, program(context, binary, [], { env: environment(server) }));
});

const workflow = (name) => parse(fs.readFileSync(path.join(examples, 'ci', name), 'utf8'));

/** Pushes and pulls as a test of that job would. */
async function assertUsable(origin, variables) {
  const queues = `${origin}/client/v4/accounts/${variables.CLOUDFLARE_ACCOUNT_ID}/queues`;
  const call = async (method, url, body) => {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${variables.CLOUDFLARE_API_TOKEN}` },
      body: body && JSON.stringify(body),
    });
    assert.equal(response.status, 200, url);
    return (await response.json()).result;
  };
  const declared = await call('GET', queues);
  assert.deepEqual(
    declared.map(({ queue_name }) => queue_name),
    ['orders', 'mails'],
  );
  const messages = `${queues}/${declared[0].queue_id}/messages`;
  await call('POST', messages, { body: { id: 1 } });
  const pulled = await call('POST', `${messages}/pull`, {});
  assert.deepEqual(
    pulled.messages.map(({ body }) => body),
    ['{"id":1}'],
  );
  await call('POST', `${origin}/sluice/v1/accounts/${variables.CLOUDFLARE_ACCOUNT_ID}/reset`);
}

test('the steps of GitHub Actions start a server and pass its address on', async (context) => {
  const { steps } = workflow('github-actions.yml').jobs.npx;
  const { run: script } = steps.find(({ name }) => name === 'Start Sluice');
  const cwd = temporaryDirectory();
  const github = path.join(cwd, 'github.env');
  fs.writeFileSync(path.join(cwd, 'npx'), `#!/bin/sh\n[ "$1" = sluice ] && shift && exec java -jar '${jar}' "$@" --port 0\n`, { mode: 0o700 });
  // The server outlives the step, as on GitHub, and must not hold the step's output open.
  const { code } = await run('bash', ['-e', '-c', `exec >step.log 2>&1\n${script}`], {
    cwd,
    env: { ...process.env, PATH: `${cwd}:${process.env.PATH}`, GITHUB_ENV: github },
  });
  const info = JSON.parse(fs.readFileSync(path.join(cwd, 'sluice.json'), 'utf8'));
  context.after(() => process.kill(info.pid, 'SIGKILL'));
  assert.equal(code, 0, fs.readFileSync(path.join(cwd, 'step.log'), 'utf8'));
  const variables = Object.fromEntries(
    fs
      .readFileSync(github, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s)),
  );
  await assertUsable(new URL(variables.CLOUDFLARE_BASE_URL).origin, variables);
});

test('the service container of GitHub Actions is configured by its variables', async (context) => {
  const { services, env } = workflow('github-actions.yml').jobs.service;
  const { image, ports, env: variables } = services.sluice;
  assert.match(image, /^sluice:/);
  assert.deepEqual(ports, ['8080:8080']);
  const server = await Server.during(context, { environment: variables, settings: { 'auth.token': variables.SLUICE_AUTH_TOKEN } });
  assert.equal(env.CLOUDFLARE_BASE_URL, 'http://127.0.0.1:8080/client/v4');
  await assertUsable(server.origin, env);
});

test('the service of GitLab CI is started by its command', async (context) => {
  const { services, variables } = workflow('gitlab-ci.yml').test;
  const [{ alias, command }] = services;
  assert.equal(command[0], 'dev');
  assert.equal(variables.CLOUDFLARE_BASE_URL, `http://${alias}:8080/client/v4`);
  const args = command.slice(1).map((argument) => (argument === '0.0.0.0' ? '127.0.0.1' : argument));
  const server = await DevServer.start(context, args);
  await assertUsable(server.info.url, variables);
});
