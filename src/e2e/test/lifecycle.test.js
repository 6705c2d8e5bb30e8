import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import Cloudflare from 'cloudflare';
import { freePort } from '../harness/free-port.js';
import { send } from '../harness/http.js';
import { launchServer, temporaryDirectory } from '../harness/process.js';
import { processorMillis } from '../harness/processor.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT, ID } from '../harness/suite.js';
import { until } from '../harness/until.js';

// The target is a start within 2 s on an idle machine. A test shares its machine, so it measures processor time, and
// allows more.
const READY_PROCESSOR_MILLIS_MAX = 20_000;
const FIRST_RESPONSE_PROCESSOR_MILLIS_MAX = 5_000;

const account_id = ACCOUNT;
const queuesPath = `/client/v4/accounts/${ACCOUNT}/queues`;
const sdkAt = (server, options = {}) =>
  new Cloudflare({ baseURL: server.baseUrl, apiToken: TOKEN, apiKey: null, apiEmail: null, maxRetries: 0, ...options });

test('an empty store is ready quickly, and the first request succeeds at once', async (context) => {
  const server = await Server.during(context);
  const startMillis = processorMillis(server.pid);
  const asked = performance.now();
  const response = await send(server.origin, 'GET', queuesPath, { token: TOKEN });
  const responseMillis = Math.round(performance.now() - asked);
  const processorMillisUsed = processorMillis(server.pid) - startMillis;
  assert.equal(response.status, 200);
  assert.deepEqual(response.json.result, []);
  context.diagnostic(
    `ready in ${server.readyMillis} ms by its own word, ${Math.round(server.launchMillis)} ms with the JVM; ` +
      `first response after ${responseMillis} ms; ${startMillis} and ${processorMillisUsed} ms of the processor`,
  );
  assert.ok(startMillis <= READY_PROCESSOR_MILLIS_MAX, `${startMillis} ms of the processor`);
  assert.ok(processorMillisUsed <= FIRST_RESPONSE_PROCESSOR_MILLIS_MAX, `${processorMillisUsed} ms of the processor`);
  assert.match(server.stdout, /^sluice ready on http:\/\/127\.0\.0\.1:\d+ in \d+ ms\n$/m);
  await server.stop();
});

test('a trial start ends with 0 when it would be ready, and a class archive that it writes is used', async () => {
  const home = temporaryDirectory();
  const archive = path.join(home, 'sluice.jsa');
  const settings = { 'http.port': 0, 'management.port': 0, 'storage.directory': path.join(home, 'data') };
  const trial = async (...javaOptions) => {
    const process = launchServer({ settings, args: ['--stop-when-ready'], javaOptions, cwd: home });
    assert.deepEqual(await process.exited, { code: 0, signal: null }, process.stdout + process.stderr);
    assert.match(process.stdout, /^sluice ready on http:/m);
  };
  await trial(`-XX:ArchiveClassesAtExit=${archive}`);
  // With -Xshare:on the JVM exits with 1 if it cannot use the archive.
  await trial(`-XX:SharedArchiveFile=${archive}`, '-Xshare:on');
});

test('everything is restored after a stop: queues, settings, consumers, subscriptions, messages, leases, delays', async (context) => {
  const home = temporaryDirectory();
  const server = await Server.during(context, { directory: path.join(home, 'data') });
  const { queues } = sdkAt(server);
  const settings = { delivery_delay: 0, delivery_paused: false, message_retention_period: 7200 };
  const { queue_id } = await queues.create({ account_id, queue_name: 'kept', settings });
  const dead_letter_queue = 'kept-dead';
  const consumer = { visibility_timeout_ms: 600_000, max_retries: 7 };
  await queues.consumers.create(queue_id, { account_id, type: 'http_pull', settings: consumer, dead_letter_queue });
  const destination = { type: 'queues.queue', queue_id };
  await queues.subscriptions.create({ account_id, source: { type: 'r2' }, events: ['x'], destination });
  const text = (body, more) => ({ body, content_type: 'text', ...more });
  const batch = [text('leased'), text('ready \u{1F600}'), { body: { deep: [null, 1.5] } }, text('later', { delay_seconds: 3600 })];
  await queues.messages.bulkPush(queue_id, { account_id, messages: batch });
  const [leased] = (await queues.messages.pull(queue_id, { account_id, batch_size: 1 })).messages;
  const kept = async (sdk) => [
    (await sdk.queues.list({ account_id })).result,
    (await sdk.queues.subscriptions.list({ account_id })).result,
    await sdk.queues.getMetrics(queue_id, { account_id }),
    (await sdk.queues.messages.peek(queue_id, { account_id })).messages,
  ];
  const before = await kept(sdkAt(server));
  assert.deepEqual(await server.end('SIGTERM'), { code: 0, signal: null });
  await server.start();
  const sdk = sdkAt(server);
  assert.deepEqual(await kept(sdk), before);
  const acked = await sdk.queues.messages.ack(queue_id, { account_id, acks: [{ lease_id: leased.lease_id }] });
  assert.deepEqual(acked, { ackCount: 1, retryCount: 0, warnings: {} });
  const pulled = await sdk.queues.messages.pull(queue_id, { account_id });
  assert.deepEqual(pulled.messages.map(({ attempts }) => attempts), [1, 1]);
  assert.equal(pulled.message_backlog_count, 3);
  const purged = await sdk.queues.messages.purge(queue_id, { account_id, refs: [{ ref: before[3][0].ref }] });
  assert.deepEqual(purged, { errors: [], warnings: {} });
  await server.stop();
});

test('SIGTERM during a start stops it with one line and exit code 0, and the directory can be used again', async (context) => {
  let stoppedEarly;
  for (let attempt = 0; !stoppedEarly && attempt < 20; attempt += 1) {
    const home = temporaryDirectory();
    const directory = path.join(home, 'data');
    const settings = { 'http.port': 0, 'management.port': 0, 'auth.token': TOKEN, 'storage.directory': directory };
    const process = launchServer({ settings, cwd: home });
    context.after(() => process.child.kill('SIGKILL'));
    await until('the data directory is there', () => existsSync(path.join(directory, 'lock')), { every: 1 });
    process.child.kill('SIGTERM');
    assert.deepEqual(await process.exited, { code: 0, signal: null }, process.stderr);
    if (/ is ready: /.test(process.stderr)) continue;
    stoppedEarly = process;
    assert.match(process.stderr, /^\S+ INFO +\S+ - stopped before it was ready\n/);
    assert.doesNotMatch(process.stdout, /ready/);
    const again = launchServer({ settings, args: ['--stop-when-ready'], cwd: home });
    assert.deepEqual(await again.exited, { code: 0, signal: null }, again.stderr);
  }
  assert.ok(stoppedEarly);
});

test('SIGTERM under load ends with 0, and every confirmed push is stored afterwards', async (context) => {
  const home = temporaryDirectory();
  const server = await Server.during(context, { directory: path.join(home, 'data') });
  const { queue_id } = await sdkAt(server).queues.create({ account_id, queue_name: 'busy' });
  const path_ = `${queuesPath}/${queue_id}/messages`;
  const statuses = [];
  let confirmed = 0;
  let sent = 0;
  const push = async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    try {
      for (;;) {
        sent += 1;
        const { status } = await send(server.origin, 'POST', path_, { body: { body: sent }, token: TOKEN, agent });
        statuses.push(status);
        if (status !== 200) return;
        confirmed += 1;
      }
    } catch {
      // The connection was closed: the server has ended.
    } finally {
      agent.destroy();
    }
  };
  const pushers = Array.from({ length: 8 }, push);
  await until('the load runs', () => confirmed > 200);
  assert.deepEqual(await server.end('SIGTERM'), { code: 0, signal: null });
  await Promise.all(pushers);
  assert.ok(statuses.every((status) => status === 200 || status === 503), `statuses ${[...new Set(statuses)]}`);
  await server.start();
  const { backlog_count } = await sdkAt(server).queues.getMetrics(queue_id, { account_id });
  assert.ok(backlog_count >= confirmed && backlog_count <= sent, `${confirmed} confirmed, ${sent} sent, ${backlog_count} there`);
  await server.stop();
});

test('the log says what runs where, what is a risk, which requests failed, and that the server stopped', async (context) => {
  const home = temporaryDirectory();
  const config = path.join(home, 'sluice.yaml');
  const write = (access, format) => writeFile(config, `log: { access: ${access}, format: ${format} }\nstorage: { durability: async }\n`);
  await write('errors', 'text');
  const server = await Server.during(context, { directory: path.join(home, 'data'), args: ['--config', config], settings: { 'auth.token': TOKEN } });
  assert.match(server.log, / INFO +StartLines - sluice \S+ on Java 17\S* is ready: API on http:\/\/127\.0\.0\.1:\d+, management port on 127\.0\.0\.1:\d+, messages in \/\S+ with RocksDB\n/);
  assert.match(server.log, / WARN +StartLines - storage\.durability async: /);
  await send(server.origin, 'GET', queuesPath, { token: TOKEN });
  const refused = await send(server.origin, 'GET', `${queuesPath}/x`, { token: TOKEN });
  const line = new RegExp(` INFO +access - request request_id=${refused.headers['x-request-id']} method=GET path=${queuesPath}/x status=404 principal=auth\\.token `);
  await until('the request is logged', () => line.test(server.log));
  assert.equal(server.log.match(/access - request/g).length, 1);
  await write('off', 'json');
  process.kill(server.pid, 'SIGHUP');
  await until('the log is JSON', () => /"message":"The configuration was read again; in force: [^"]*log"/.test(server.log));
  assert.deepEqual(await server.end('SIGTERM'), { code: 0, signal: null });
  const events = server.log.split('\n').filter((each) => each.startsWith('{')).map((each) => JSON.parse(each).message);
  assert.match(events.at(-2), /^stopping: /);
  assert.match(events.at(-1), /^stopped in \d+ ms$/);
});

test('a changed file and POST /reload change tokens and workers; a file that cannot be used changes nothing and says why', async (context) => {
  const home = temporaryDirectory();
  const [config, secret] = [path.join(home, 'sluice.yaml'), path.join(home, 'token')];
  const delivered = [];
  const worker = http.createServer((request, response) => {
    delivered.push(request.headers['x-request-id']);
    request.resume().on('end', () => response.end());
  });
  await new Promise((resolve) => worker.listen(0, '127.0.0.1', resolve));
  context.after(() => worker.close());
  const yaml = (more) => `queues: [{ account: "${ACCOUNT}", name: jobs, consumer: { type: worker, script_name: w } }]\n${more}`;
  await writeFile(secret, 'first-token\n');
  await writeFile(config, yaml(''));
  const server = await Server.during(context, {
    directory: path.join(home, 'data'),
    args: ['--config', config],
    environment: { SLUICE_AUTH_TOKEN_FILE: secret },
    settings: { 'management.port': await freePort() },
  });
  const status = async (token) => (await send(server.origin, 'GET', queuesPath, { token })).status;
  assert.equal(await status('first-token'), 200);
  await writeFile(secret, 'second-token\n');
  await until('the new token is accepted', async () => (await status('second-token')) === 200);
  assert.equal(await status('first-token'), 403);

  const reload = async (token) => {
    const response = await fetch(`http://127.0.0.1:${server.managementPort}/reload`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, text: await response.text() };
  };
  const key = 'a-key-of-sixteen-chars';
  await writeFile(config, yaml(`workers: { w: { url: "http://127.0.0.1:${worker.address().port}", key: ${key} } }\n`));
  assert.equal((await reload('first-token')).status, 401);
  assert.deepEqual(await reload('second-token'), { status: 200, text: 'in force: certificates, credentials, workers, log\n' });
  const [{ queue_id }] = (await send(server.origin, 'GET', queuesPath, { token: 'second-token' })).json.result;
  await send(server.origin, 'POST', `${queuesPath}/${queue_id}/messages`, { token: 'second-token', body: { body: 'x' } });
  await until('the worker has the batch', () => delivered.length === 1);

  const written = await readFile(config, 'utf8');
  for (const truncated of ['', '# to be written\n']) {
    await writeFile(config, truncated);
    assert.deepEqual(await reload('second-token'), {
      status: 409,
      text: `${config} has no keys any more; write it anew, or restart to use the defaults of all keys\n`,
    });
  }
  await send(server.origin, 'POST', `${queuesPath}/${queue_id}/messages`, { token: 'second-token', body: { body: 'y' } });
  await until('the worker is still known', () => delivered.length === 2);
  await writeFile(config, written);

  await writeFile(secret, 'two words');
  const refused = await reload('second-token');
  assert.equal(refused.status, 409);
  assert.match(refused.text, /^auth\.token_file \(environment variable SLUICE_AUTH_TOKEN_FILE\) must name a file with one line of [^\n]*\n$/);
  assert.equal(await status('second-token'), 200);
  assert.match(server.log, /WARN .*everything stays as it is: auth\.token_file/);
  await server.stop();
});

test('the memory engine serves the same API and stores nothing on disk', async (context) => {
  const server = await Server.during(context, { settings: { 'storage.engine': 'memory' } });
  const { queues } = sdkAt(server);
  const { queue_id } = await queues.create({ account_id, queue_name: 'gone' });
  await queues.consumers.create(queue_id, { account_id, type: 'http_pull' });
  await queues.messages.push(queue_id, { account_id, body: 'x', content_type: 'text' });
  const { messages } = await queues.messages.pull(queue_id, { account_id });
  assert.equal(messages[0].body, 'x');
  await server.end('SIGTERM');
  await server.start();
  assert.deepEqual((await sdkAt(server).queues.list({ account_id })).result, []);
  await server.stop();
});

test('without any credential the first start prints lines to paste, and they work as printed, also after a restart', async (context) => {
  const home = temporaryDirectory();
  const directory = path.join(home, 'data');
  const server = await Server.during(context, { directory, settings: { 'auth.token': '' }, args: [] });
  const value = (name) => new RegExp(`${name}=["']?([^"'\\s]+)`).exec(server.stdout + server.log)?.[1];
  const baseURL = value('CLOUDFLARE_BASE_URL');
  const apiToken = value('CLOUDFLARE_API_TOKEN');
  const account = value('CLOUDFLARE_ACCOUNT_ID');
  assert.equal(baseURL, server.baseUrl);
  assert.equal(value('CLOUDFLARE_API_BASE_URL'), server.baseUrl);
  assert.match(account, ID);
  const create = (options) => sdkAt(server, { apiToken, ...options }).queues.create({ account_id: account, queue_name: 'first' });
  const { queue_id } = await create();
  await assert.rejects(create({ apiToken: `${apiToken}x` }), { status: 403 });
  const { mode } = await stat(path.join(directory, await secretFile()));
  assert.equal(mode & 0o077, 0, 'other users must not read the credentials');
  await server.end('SIGTERM');
  await server.start();
  assert.equal((await sdkAt(server, { apiToken }).queues.get(queue_id, { account_id: account })).queue_name, 'first');
  await server.stop();

  async function secretFile() {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      if (entry.isFile() && (await readFile(path.join(directory, entry.name), 'utf8')).includes(account)) return entry.name;
    }
    return assert.fail('no file of the data directory holds the account id');
  }
});

test('flags override the environment, the environment overrides the file, the file overrides the defaults', async (context) => {
  const home = temporaryDirectory();
  const config = path.join(home, 'sluice.yaml');
  await writeFile(
    config,
    `auth: { token: from-file }
messages: { json_body_encoding: plain }
queues:
  - { account: "${ACCOUNT}", name: declared, settings: { delivery_delay: 3 }, consumer: { type: http_pull } }
`,
  );
  const server = await Server.during(context, {
    directory: path.join(home, 'data'),
    settings: { 'auth.token': 'from-environment' },
    args: ['--config', config, '--set', 'auth.token=from-flag'],
  });
  const list = (apiToken) => sdkAt(server, { apiToken }).queues.list({ account_id });
  await assert.rejects(list('from-file'), { status: 403 });
  await assert.rejects(list('from-environment'), { status: 403 });
  const { result } = await list('from-flag');
  assert.deepEqual(result.map(({ queue_name, settings }) => [queue_name, settings.delivery_delay]), [['declared', 3]]);
  assert.equal(result[0].consumers[0].type, 'http_pull');
  await server.end('SIGTERM');
  await server.start();
  assert.deepEqual((await list('from-flag')).result, result, 'declaring again changes nothing');
  await server.stop();
});

test('a restart keeps changes that the API made to a declared queue, except for the declared fields', async (context) => {
  const home = temporaryDirectory();
  const config = path.join(home, 'sluice.yaml');
  await writeFile(
    config,
    `auth: { token: ${TOKEN} }
queues:
  - { account: "${ACCOUNT}", name: bare }
  - { account: "${ACCOUNT}", name: pulled, settings: { delivery_delay: 3 }, consumer: { type: http_pull, settings: { max_retries: 7 } } }
  - { account: "${ACCOUNT}", name: paused, settings: { delivery_paused: true } }
`,
  );
  const server = await Server.during(context, { directory: path.join(home, 'data'), args: ['--config', config] });
  const all = async () => {
    const { result } = await sdkAt(server).queues.list({ account_id });
    return Object.fromEntries(result.map((queue) => [queue.queue_name, queue]));
  };
  const declared = await all();
  assert.deepEqual(Object.keys(declared).sort(), ['bare', 'paused', 'pulled']);
  const { queues } = sdkAt(server);
  const changed = { delivery_delay: 60, delivery_paused: true, message_retention_period: 7200 };
  await queues.edit(declared.bare.queue_id, { account_id, settings: changed });
  await queues.edit(declared.pulled.queue_id, { account_id, settings: changed });
  await queues.edit(declared.paused.queue_id, { account_id, settings: { ...changed, delivery_paused: false } });
  await queues.consumers.create(declared.bare.queue_id, { account_id, type: 'http_pull', dead_letter_queue: 'bare-dead' });
  const [{ consumer_id }] = declared.pulled.consumers;
  const settings = { batch_size: 9, max_retries: 1, retry_delay: 5, visibility_timeout_ms: 600_000 };
  await queues.consumers.update(consumer_id, {
    account_id,
    queue_id: declared.pulled.queue_id,
    type: 'http_pull',
    dead_letter_queue: 'pulled-dead',
    settings,
  });
  const before = await all();
  assert.deepEqual(await server.end('SIGTERM'), { code: 0, signal: null });
  await server.start();
  const after = await all();

  assert.deepEqual(after.bare, before.bare);
  assert.deepEqual(after.paused.settings, { ...before.paused.settings, delivery_paused: true });
  assert.deepEqual(after.pulled.settings, { ...changed, delivery_delay: 3 });
  const [consumer] = after.pulled.consumers;
  assert.equal(consumer.consumer_id, consumer_id);
  assert.equal(consumer.dead_letter_queue, 'pulled-dead');
  assert.deepEqual(consumer.settings, { ...settings, max_retries: 7 });
  await server.stop();
});

test('ready means that the next request succeeds: not before the API listens, and no longer after a stop begins', async (context) => {
  // This store is open long before the contract is loaded, and the API does not listen before that.
  const settings = { 'http.port': await freePort(), 'management.port': await freePort(), 'storage.engine': 'memory' };
  const server = new Server({ settings });
  context.after(() => server.kill());
  const management = `http://127.0.0.1:${settings['management.port']}`;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const readiness = async () => (await send(management, 'GET', '/health/ready', { agent })).status;

  const started = server.start({ within: 180_000 });
  started.catch(() => {});
  let first;
  await until('it is ready', async () => {
    if ((await readiness()) !== 200) return false;
    first = await send(`http://127.0.0.1:${settings['http.port']}`, 'GET', queuesPath, { token: TOKEN }).catch(String);
    return true;
  }, { within: 180_000, every: 1 }); // prettier-ignore
  assert.equal(first.status, 200, `the first request after it was ready: ${first}`);
  await started;

  // An incomplete request delays the end of the stop.
  const { queue_id } = await sdkAt(server).queues.create({ account_id, queue_name: 'open' });
  const socket = net.connect({ host: server.host, port: server.port });
  context.after(() => socket.destroy());
  socket.on('error', () => {});
  socket.write(
    `POST ${queuesPath}/${queue_id}/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Length: 1000\r\n\r\n{`,
  );
  await until('the server works on it', async () => (await send(management, 'GET', '/metrics')).text.includes('sluice_open_connections 1.0'), { within: 60_000 });
  const ended = server.end('SIGTERM', 60_000);
  await until('the listener has closed', () => refused(server), { within: 60_000, every: 1 });
  assert.equal(await readiness(), 503, 'it was unready before the listener closed');
  socket.destroy();
  agent.destroy();
  assert.deepEqual(await ended, { code: 0, signal: null });
});

/** Whether new connections are refused. */
function refused({ host, port }) {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    socket.once('connect', () => resolve(false) || socket.destroy());
    socket.once('error', () => resolve(true));
  });
}
