import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { freePort } from '../harness/free-port.js';
import { killGroup, launch } from '../harness/process.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { until } from '../harness/until.js';
import { bindingOptions, packageFile, WORKER_KEY, workerDirectory, workerFile, workerQueue, workerSettings } from '../harness/workers.js';
import { newNode } from '../harness/wrangler.js';

test("a Worker in Miniflare's API sends through its binding and over HTTP, and consumes with withQueues", async (t) => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const server = await Server.during(t, {
    settings: workerSettings({ app: `${origin}/sluice/queue` }, [workerQueue('orders', 'app')]),
  });
  const directory = workerDirectory({ 'worker.js': readFileSync(workerFile('producer.js'), 'utf8') });
  cpSync(path.dirname(packageFile('index.js')), path.join(directory, 'workers'), { recursive: true });
  const options = {
    directory,
    port,
    vars: { SLUICE_KEY: WORKER_KEY, URL: server.origin, TOKEN, ACCOUNT_ID: ACCOUNT },
    binding: {
      name: 'QUEUE',
      type: 'sluice-queue',
      plugin: { package: packageFile('miniflare.js'), name: 'sluice' },
      options: bindingOptions(server, 'orders'),
    },
  };
  const miniflare = launch(newNode(), [workerFile('miniflare.mjs'), JSON.stringify(options)], { detached: true });
  t.after(() => killGroup(miniflare.child));
  await until('Miniflare is ready', () => {
    if (miniflare.child.exitCode !== null) throw new Error(miniflare.stderr);
    return miniflare.stdout.includes('ready');
  });

  for (const way of ['/binding', '/http']) {
    const response = await fetch(origin + way);
    assert.equal(response.status, 200, `${miniflare.stdout}\n${miniflare.stderr}`);
    const { sent, now } = await response.json();
    for (const metrics of [sent, now]) assert.ok(Number.isInteger(metrics.backlogCount) && Number.isInteger(metrics.backlogBytes));
  }
  const expected = [{ from: '/binding' }, 'text', [9], { from: '/http' }, 'text', [9]];
  const received = await until('all is received', async () => {
    const all = await (await fetch(origin)).json();
    return all.length >= expected.length && all;
  });
  assert.deepEqual(new Set(received.map(String)), new Set(expected.map(String)));
  assert.equal(received.length, expected.length);
  await server.stop();
});
