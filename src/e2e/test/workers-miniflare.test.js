import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Authority } from '../harness/certificates.js';
import { freePort } from '../harness/free-port.js';
import { killGroup, launch, temporaryDirectory } from '../harness/process.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { until } from '../harness/until.js';
import { bindingOptions, packageFile, WORKER_KEY, workerDirectory, workerFile, workerQueue, workerSettings } from '../harness/workers.js';
import { newNode } from '../harness/wrangler.js';

/** Runs a Worker with Miniflare's API and the settings of the server; returns its origin and the server. */
async function start(t, settings = {}, bindingMore = {}) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const server = await Server.during(t, {
    settings: { ...workerSettings({ app: `${origin}/sluice/queue` }, [workerQueue('orders', 'app')]), ...settings },
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
      options: { ...bindingOptions(server, 'orders'), ...bindingMore },
    },
  };
  const miniflare = launch(newNode(), [workerFile('miniflare.mjs'), JSON.stringify(options)], { detached: true });
  t.after(() => killGroup(miniflare.child));
  await until('Miniflare is ready', () => {
    if (miniflare.child.exitCode !== null) throw new Error(miniflare.stderr);
    return miniflare.stdout.includes('ready');
  });
  return { server, origin };
}

async function received(origin, count) {
  return until(`${count} messages are received`, async () => {
    const all = await (await fetch(origin)).json();
    return all.length >= count && all;
  });
}

test("a Worker in Miniflare's API sends through its binding and over HTTP, and consumes with withQueues", async (t) => {
  const { server, origin } = await start(t);
  for (const way of ['/binding', '/http']) {
    const response = await fetch(origin + way);
    assert.equal(response.status, 200, await response.clone().text());
    const { sent, now } = await response.json();
    for (const metrics of [sent, now]) assert.ok(Number.isInteger(metrics.backlogCount) && Number.isInteger(metrics.backlogBytes));
  }
  const expected = [{ from: '/binding' }, 'text', [9], { from: '/http' }, 'text', [9]];
  const bodies = (await received(origin, expected.length)).map((body) => JSON.stringify(body));
  assert.deepEqual(bodies.sort(), expected.map((body) => JSON.stringify(body)).sort());
  await server.stop();
});

test('the binding of the Miniflare plugin reaches a Sluice with TLS and a certificate of a private authority', async (t) => {
  const authority = await Authority.make(temporaryDirectory(), 'authority');
  const { certificate, key } = await authority.sign('server');
  const { server, origin } = await start(t, { 'http.tls.cert': certificate, 'http.tls.key': key }, { caFile: authority.certificate });
  const response = await fetch(`${origin}/binding`);
  assert.equal(response.status, 200, await response.clone().text());
  assert.equal((await received(origin, 3)).length, 3);
  await server.stop();
});
