import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Cloudflare from 'cloudflare';
import { jar, run, temporaryDirectory } from '../harness/process.js';
import { until } from '../harness/until.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const e2e = path.join(here, '..');
const kit = path.join(e2e, '../npm/testing');
const REQUIRE_KIT = `require(${JSON.stringify(path.join(kit, 'src/index.js'))})`;
const STARTS = 50;

process.env.SLUICE_JAR = jar;
const { startSluice } = await import(path.join(kit, 'src/index.mjs'));

/** A project that has the kit and the test runners installed, and files by their names there. */
function project(files) {
  const directory = temporaryDirectory();
  const modules = path.join(directory, 'node_modules');
  fs.mkdirSync(path.join(modules, '@sluice'), { recursive: true });
  fs.cpSync(kit, path.join(modules, '@sluice/testing'), { recursive: true });
  for (const name of fs.readdirSync(path.join(e2e, 'node_modules'))) {
    if (!name.startsWith('@sluice')) fs.symlinkSync(path.join(e2e, 'node_modules', name), path.join(modules, name));
  }
  fs.writeFileSync(path.join(directory, 'package.json'), '{"private":true,"type":"module"}');
  for (const [name, file] of Object.entries(files)) fs.copyFileSync(path.join(e2e, 'testing', file), path.join(directory, name));
  return directory;
}

async function succeeds(cwd, script, ...args) {
  const end = await run(process.execPath, [path.join(e2e, 'node_modules', script), ...args], { cwd });
  assert.equal(end.code, 0, end.stdout + end.stderr);
  return end.stdout + end.stderr;
}

test('a server is started with queues, serves the SDK, is reset and stopped', async () => {
  const sluice = await startSluice({
    queues: ['orders', { name: 'mails', maxRetries: 0, deadLetterQueue: 'failed', deliveryDelaySeconds: 1 }],
  });
  try {
    const sdk = new Cloudflare({ baseURL: sluice.baseURL, apiToken: sluice.token });
    const orders = sluice.queue('orders');
    await sdk.queues.messages.push(orders.id, { account_id: sluice.accountId, body: { id: 1 }, content_type: 'json' });
    await orders.push('text');
    await orders.pushBatch([2, [3]]);
    assert.equal(await orders.backlog(), 4);
    const drained = await orders.drain();
    assert.deepEqual(
      drained.map(({ body, contentType, attempts }) => [body, contentType, attempts]),
      [
        [{ id: 1 }, 'json', 1],
        ['text', 'text', 1],
        [2, 'json', 1],
        [[3], 'json', 1],
      ],
    );

    const mails = sluice.queue('mails');
    await mails.push('never arrives');
    assert.deepEqual(await mails.pull(), [], 'delayed by the setting of the queue');
    const failing = await until('the delay ends', async () => {
      const messages = await mails.pull();
      return messages.length > 0 && messages;
    });
    await mails.retry(failing);
    const [dead] = await sluice.queue('failed').drain({ atLeast: 1 });
    assert.equal(dead.body, 'never arrives');

    await orders.push('left behind');
    await sluice.reset();
    assert.equal(await orders.backlog(), 0);
    await assert.rejects(orders.drain({ atLeast: 1, timeoutMillis: 1 }), /queue 'orders' had 0 of 1 messages/);
    assert.throws(() => sluice.queue('absent'), /no queue 'absent'.*orders, mails, failed/);
    assert.deepEqual(sluice.env, {
      CLOUDFLARE_BASE_URL: sluice.baseURL,
      CLOUDFLARE_API_BASE_URL: sluice.baseURL,
      CLOUDFLARE_ACCOUNT_ID: sluice.accountId,
      CLOUDFLARE_API_TOKEN: sluice.token,
    });
  } finally {
    await sluice[Symbol.asyncDispose]();
    await sluice.stop();
  }
  assert.throws(() => process.kill(sluice.pid, 0), { code: 'ESRCH' });
});

test('what prevents a start is in the error', async () => {
  await assert.rejects(startSluice({ queues: ['not allowed'] }), /ended with 2: sluice: .*'not allowed' is invalid/);
  await assert.rejects(startSluice({ java: path.join(here, 'no-java') }), /no-java was not found\. Sluice needs Java 17/);
  await assert.rejects(startSluice({ wrangler: 'absent.toml' }), /cannot read the wrangler configuration absent\.toml/);
  await assert.rejects(startSluice({ startTimeoutMillis: 1 }), /not ready within 1 ms/);
});

test('50 starts and stops leave no process, file descriptor, directory or memory behind', async () => {
  const descriptors = () => fs.readdirSync('/proc/self/fd').length;
  const directories = () => fs.readdirSync(os.tmpdir()).filter((name) => /sluice-(?!e2e)|vertx|netty|rocksdb/.test(name));
  const before = new Set(directories());
  const pids = new Set();
  const ports = new Set();
  const once = async () => {
    const sluice = await startSluice({ queues: ['orders'] });
    pids.add(sluice.pid);
    ports.add(sluice.port);
    await sluice.queue('orders').push(1);
    await sluice.stop();
  };
  await once();
  const descriptorsOfOne = descriptors();
  const heapOfOne = process.memoryUsage().heapUsed;
  const lane = async () => {
    while (started < STARTS) {
      started++;
      await once();
    }
  };
  let started = 1;
  await Promise.all([lane(), lane()]);
  assert.equal(pids.size, STARTS);
  for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' }, `process ${pid}`);
  for (const port of ports) await assert.rejects(fetch(`http://127.0.0.1:${port}`), `port ${port}`);
  await until('connections to stopped servers are closed', () => descriptors() <= descriptorsOfOne + 2);
  assert.deepEqual(
    directories().filter((name) => !before.has(name)),
    [],
  );
  const grown = process.memoryUsage().heapUsed - heapOfOne;
  assert.ok(grown < 50_000_000, `${grown} bytes more`);
});

test('a test run that is killed takes its server along', async () => {
  const script = `${REQUIRE_KIT}.startSluice().then((sluice) => { console.log(sluice.pid); process.kill(process.pid, 'SIGKILL'); });`;
  const { stdout, signal } = await run(process.execPath, ['-e', script], { env: process.env });
  assert.equal(signal, 'SIGKILL');
  await until('the server ends', () => {
    try {
      process.kill(Number(stdout), 0);
      return false;
    } catch (error) {
      return error.code === 'ESRCH';
    }
  });
});

test('a test run that forgets to stop its server ends all the same', async () => {
  const script = `${REQUIRE_KIT}.startSluice({ queues: ['a'] });`;
  const { code } = await run(process.execPath, ['-e', script], { env: process.env });
  assert.equal(code, 0);
});

test('without a jar it runs the package sluice of the project', async () => {
  const cwd = project({});
  fs.cpSync(path.join(e2e, '../npm/sluice'), path.join(cwd, 'node_modules/sluice'), { recursive: true });
  const script = `require('@sluice/testing').startSluice({ queues: ['a'], environment: { SLUICE_JAR: ${JSON.stringify(jar)} } })
    .then(async (sluice) => {
      await sluice.queue('a').push('through the launcher');
      console.log((await sluice.queue('a').drain())[0].body);
      await sluice.stop();
      process.kill(sluice.pid, 0);
    })
    .catch((error) => console.log(error.code));`;
  const { SLUICE_JAR, ...env } = process.env;
  const { code, stdout } = await run(process.execPath, ['-e', script], { cwd, env });
  assert.deepEqual([code, stdout], [0, 'through the launcher\nESRCH\n'], SLUICE_JAR);
});

test('it works in Vitest', async () => {
  const cwd = project({ 'orders.test.js': 'vitest.suite.js' });
  const output = await succeeds(cwd, 'vitest/vitest.mjs', 'run', '--root', cwd);
  assert.match(output, /2 passed/);
});

test('it works in Jest', async () => {
  const cwd = project({ 'orders.test.cjs': 'jest.suite.cjs' });
  const output = await succeeds(cwd, 'jest/bin/jest.js', '--rootDir', cwd, '--detectOpenHandles');
  assert.match(output, /Tests: +2 passed, 2 total/);
  assert.doesNotMatch(output, /open handle/);
});

test('a server stops at the end of the block of its "await using"', async () => {
  const cwd = project({});
  fs.writeFileSync(
    path.join(cwd, 'using.mts'),
    `import { startSluice } from '@sluice/testing';
     declare const process: { kill(pid: number, signal: number): void };
     declare const console: { log(text: string): void };
     let pid: number;
     {
       await using sluice = await startSluice({ queues: ['orders'] });
       pid = sluice.pid;
       await sluice.queue('orders').push('in the block');
       console.log(String((await sluice.queue('orders').drain())[0]!.body));
     }
     try {
       process.kill(pid, 0);
     } catch (error) {
       console.log((error as { code: string }).code);
     }`,
  );
  const compilerOptions = { strict: true, target: 'es2022', module: 'node16', lib: ['es2022', 'esnext.disposable'], types: [] };
  fs.writeFileSync(path.join(cwd, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['using.mts'] }));
  await succeeds(cwd, 'typescript/bin/tsc', '--project', cwd);
  const { code, stdout, stderr } = await run(process.execPath, ['using.mjs'], { cwd });
  assert.deepEqual([code, stdout], [0, 'in the block\nESRCH\n'], stderr);
});

test('its types are complete', async () => {
  const cwd = project({ 'types.mts': 'types.suite.mts', 'types.cts': 'types.suite.mts' });
  const compilerOptions = { noEmit: true, strict: true, target: 'es2022', module: 'node16', lib: ['es2022', 'esnext.disposable'], types: [] };
  fs.writeFileSync(path.join(cwd, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.mts', 'types.cts'] }));
  await succeeds(cwd, 'typescript/bin/tsc', '--project', cwd);
});
