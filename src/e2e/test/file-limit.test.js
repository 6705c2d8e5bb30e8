import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { Authority, curl } from '../harness/certificates.js';
import { freePort } from '../harness/free-port.js';
import { send } from '../harness/http.js';
import { IdleConnection } from '../harness/idle.js';
import { temporaryDirectory } from '../harness/process.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';

// A process with a limit of 400 open files, and clients with more open connections.

const FILES_MAX = 400;
const BURST = 300;
const QUEUES = `/client/v4/accounts/${ACCOUNT}/queues`;
const REQUEST = `GET ${QUEUES} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`;
const MINUTES = { within: 120_000 };

/** Connections that the server finds all at once, because it was suspended when they were made. */
async function connectAtOnce(server, context) {
  process.kill(server.pid, 'SIGSTOP');
  const sockets = Array.from({ length: BURST }, () => net.connect(server.port, server.host).on('error', () => {}).resume());
  await Promise.all(sockets.map((socket) => new Promise((connected) => socket.once('connect', connected).once('close', connected))));
  process.kill(server.pid, 'SIGCONT');
  context.after(() => sockets.forEach((socket) => socket.destroy()));
}

async function serverWithFewFiles(context) {
  const management = await freePort();
  const server = await Server.during(context, { settings: { 'management.port': management }, filesMax: FILES_MAX });
  const api = (method, path, body) =>
    send(server.origin, method, `${QUEUES}${path}`, { token: TOKEN, body, headers: { connection: 'close' }, ...MINUTES });
  const made = await api('POST', '', { queue_name: 'busy' });
  const path = `/${made.json.result.queue_id}`;
  assert.equal((await api('POST', `${path}/consumers`, { type: 'http_pull' })).status, 200);
  return {
    server,
    async goesOn() {
      assert.equal((await api('POST', `${path}/messages`, { body: 'x' })).status, 200);
      const pulled = await api('POST', `${path}/messages/pull`, { batch_size: 1 });
      assert.equal(pulled.status, 200);
      const acks = pulled.json.result.messages.map(({ lease_id }) => ({ lease_id }));
      assert.equal(acks.length, 1);
      assert.equal((await api('POST', `${path}/messages/ack`, { acks })).status, 200);
      for (const health of ['/health/live', '/health/ready', '/metrics']) {
        const response = await send(`http://127.0.0.1:${management}`, 'GET', health, MINUTES);
        assert.equal(response.status, 200, health);
      }
    },
  };
}

test('more idle connections than open files: those idle longest are closed, and requests succeed', async (context) => {
  const { server, goesOn } = await serverWithFewFiles(context);
  assert.match(server.log, /limit of open files \(ulimit -n\) is 400, so \d+ connections are accepted/);
  const connections = [];
  for (let round = 0; round < 12; round += 1) {
    // Each of them gets its response. An older connection has had its response long before it is closed for a new one.
    connections.push(...(await Promise.all(Array.from({ length: 50 }, () => IdleConnection.to(server, REQUEST)))));
    await goesOn();
  }
  const open = connections.filter((each) => each.open);
  context.diagnostic(`${open.length} of ${connections.length} connections are still open`);
  assert.ok(open.length > 0 && open.length < FILES_MAX);
  assert.ok(connections.at(-1).open, 'the last one is open');
  for (const each of connections) each.end(true);
  await server.stop();
});

test('more silent connections than open files: they are closed for connections with requests', async (context) => {
  const { server, goesOn } = await serverWithFewFiles(context);
  const keptAlive = await IdleConnection.to(server, REQUEST);
  const silent = [];
  for (let round = 0; round < 8; round += 1) {
    for (let i = 0; i < 50; i += 1) {
      silent.push(net.connect(server.port, server.host).on('error', () => {}).resume());
    }
    await goesOn();
  }
  keptAlive.end(true);
  for (const each of silent) each.destroy();
  await server.stop();
});

test(`bursts of ${BURST} connections at once do not take the last file`, async (context) => {
  const { server, goesOn } = await serverWithFewFiles(context);
  for (let round = 0; round < 3; round += 1) {
    await connectAtOnce(server, context);
    await goesOn();
  }
  assert.doesNotMatch(server.log, /Too many open files|accept\(/);
  await server.stop();
});

test(`bursts of ${BURST} connections at once do not take the last file of a server with TLS`, async (context) => {
  const home = temporaryDirectory();
  const authority = await Authority.make(home, 'ours');
  const { certificate, key } = await authority.sign('server');
  const management = await freePort();
  const server = await Server.during(context, {
    settings: { 'management.port': management, 'http.tls.cert': certificate, 'http.tls.key': key },
    filesMax: FILES_MAX,
  });
  const list = ['--cacert', authority.certificate, '-H', `Authorization: Bearer ${TOKEN}`, `${server.origin}${QUEUES}`];
  for (let round = 0; round < 3; round += 1) {
    await connectAtOnce(server, context);
    assert.equal((await send(`http://127.0.0.1:${management}`, 'GET', '/health/ready', MINUTES)).status, 200);
    assert.equal((await curl(list)).status, 200);
  }
  assert.doesNotMatch(server.log, /Too many open files|accept\(/);
  await server.stop();
});

test('a limit that is too low for connections is a one-line error and exit code 2', async (context) => {
  await assert.rejects(
    Server.during(context, { filesMax: 150 }),
    /ended with 2 .*\n.*sluice: the limit of open files \(ulimit -n\) is 150; at least \d+ are needed/,
  );
});
