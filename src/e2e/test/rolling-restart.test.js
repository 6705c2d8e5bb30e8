import assert from 'node:assert/strict';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import path from 'node:path';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Authority } from '../harness/certificates.js';
import { freePort } from '../harness/free-port.js';
import { send } from '../harness/http.js';
import { temporaryDirectory } from '../harness/process.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { until } from '../harness/until.js';

const RESTARTS = 3;
const CLIENTS = 8;
/**
 * During a stop the server closes connections without a request for 500 ms. A client that was silent for a part of that
 * time may send a request at that moment, because on a busy machine the request may arrive late.
 */
const QUIET_MILLIS = 100;
/** Neither the stop nor the missing byte ends a request before the test does. */
const PATIENT = { 'shutdown.timeout': '1h', 'http.body_timeout': '1h' };
const queuesPath = `/client/v4/accounts/${ACCOUNT}/queues`;
const authorization = `Bearer ${TOKEN}`;

/** One server on fixed ports that is stopped and started while clients continue. */
async function serverOnFixedPorts(context, settings = {}) {
  const ports = { 'http.port': await freePort(), 'management.port': await freePort() };
  const server = new Server({
    directory: path.join(temporaryDirectory(), 'data'),
    settings: { ...ports, queues: `[{account: "${ACCOUNT}", name: busy}]`, ...settings },
  });
  context.after(() => server.kill());
  await server.start();
  return server;
}

const ready = (server) => send(`http://127.0.0.1:${server.managementPort}`, 'GET', '/health/ready');

/** Pushes one after the other on a persistent connection; reports the outcome of each. */
class KeepAliveClient {
  responses = 0;
  violations = [];
  #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  #respondedAt = 0;

  constructor(target) {
    this.target = target;
  }

  async run(stopped) {
    while (!stopped()) await this.#push();
    this.#agent.destroy();
  }

  async #push() {
    const sentAt = performance.now();
    const quiet = sentAt - this.#respondedAt > QUIET_MILLIS;
    const outcome = await this.#request();
    if (outcome.status === 200) {
      this.responses += 1;
      this.#respondedAt = performance.now();
    } else if (outcome.status) {
      this.violations.push(`a response with ${outcome.status}`);
    } else if (outcome.reused && !quiet) {
      this.violations.push(`${outcome.error} on an open connection, ${Math.round(sentAt - this.#respondedAt)} ms after the last response`);
    } else {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #request() {
    const body = JSON.stringify({ body: 'x', content_type: 'text' });
    const headers = { authorization, 'content-length': body.length };
    return new Promise((resolve) => {
      const request = http.request({ ...this.target, method: 'POST', headers, agent: this.#agent }, (response) => {
        response.on('error', (error) => resolve({ error: error.code, reused: true }));
        response.on('end', () => resolve({ status: response.statusCode }));
        response.resume();
      });
      request.on('error', (error) => resolve({ error: error.code, reused: request.reusedSocket }));
      request.end(body);
    });
  }
}

/** The same with HTTP/2 streams. A refused stream was not processed; it counts as not sent. */
class StreamClient {
  responses = 0;
  violations = [];
  #session;

  constructor(origin, ca, target) {
    this.origin = origin;
    this.ca = ca;
    this.target = target;
  }

  async run(stopped) {
    while (!stopped()) {
      if (!(await this.#push())) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    this.#session?.close();
  }

  #open() {
    if (!this.#session || this.#session.closed || this.#session.destroyed) {
      this.#session = http2.connect(this.origin, { ca: this.ca, servername: 'localhost', checkServerIdentity: () => undefined });
      this.#session.on('error', () => {});
    }
    return this.#session;
  }

  #push() {
    const session = this.#open();
    return new Promise((resolve) => {
      let status;
      let stream;
      try {
        stream = session.request({ ':method': 'POST', ':path': this.target, authorization });
      } catch {
        resolve(false);
        return;
      }
      stream.on('response', (headers) => (status = headers[':status']));
      stream.on('error', () => {});
      stream.on('close', () => {
        const refused = stream.rstCode === http2.constants.NGHTTP2_REFUSED_STREAM || stream.id === undefined;
        if (status === 200 && stream.rstCode === 0) this.responses += 1;
        else if (stream.id !== undefined && !refused && this.#connected(session)) {
          this.violations.push(`a stream ended with ${status} and code ${stream.rstCode}`);
        }
        resolve(status === 200);
      });
      stream.resume();
      stream.end(JSON.stringify({ body: 'x', content_type: 'text' }));
    });
  }

  #connected(session) {
    return session.alpnProtocol === 'h2';
  }
}

async function restartUnderLoad(context, server, clients) {
  let over = false;
  const running = clients.map((client) => client.run(() => over));
  try {
    for (let n = 1; n <= RESTARTS; n++) {
      const before = clients.map(({ responses }) => responses);
      const busy = () => clients.every(({ responses }, i) => responses > before[i] + 20);
      await until('every client gets responses', busy);
      assert.deepEqual(await server.end('SIGTERM'), { code: 0, signal: null });
      await server.start();
    }
    // They may already be connected to the new server; their requests must complete before it is killed.
    over = true;
    await Promise.all(running);
  } finally {
    over = true;
    await server.kill();
    await Promise.all(running);
  }
  context.diagnostic(`${RESTARTS} restarts, ${clients.reduce((sum, { responses }) => sum + responses, 0)} responses`);
  assert.deepEqual(clients.flatMap(({ violations }) => violations), []);
  server.assertCleanLog();
}

async function busyQueue(server, options = {}) {
  const { json } = await send(server.origin, 'GET', queuesPath, { token: TOKEN, ...options });
  return `${queuesPath}/${json.result[0].queue_id}/messages`;
}

test('a rolling restart under load loses no response on persistent connections', async (context) => {
  const server = await serverOnFixedPorts(context);
  const target = { host: '127.0.0.1', port: server.port, path: await busyQueue(server) };
  await restartUnderLoad(context, server, Array.from({ length: CLIENTS }, () => new KeepAliveClient(target)));
});

test('the same with HTTP/2', async (context) => {
  const { certificate, key, ca } = await certificates();
  const server = await serverOnFixedPorts(context, { 'http.tls.cert': certificate, 'http.tls.key': key });
  const first = http2.connect(server.origin, { ca, checkServerIdentity: () => undefined });
  const queue = await new Promise((resolve, reject) => {
    let text = '';
    const stream = first.request({ ':path': queuesPath, authorization });
    stream.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('error', reject);
    stream.on('end', () => resolve(JSON.parse(text).result[0].queue_id));
  });
  first.close();
  const target = `${queuesPath}/${queue}/messages`;
  await restartUnderLoad(context, server, Array.from({ length: CLIENTS }, () => new StreamClient(server.origin, ca, target)));
});

async function certificates() {
  const authority = await Authority.make(temporaryDirectory(), 'ours');
  return { ...(await authority.sign('server')), ca: readFileSync(authority.certificate) };
}

/** A request without its last byte. */
async function unfinishedRequest(server, target) {
  const body = '{"body":"x","content_type":"text"}';
  const socket = net.connect(server.port, '127.0.0.1');
  const self = { got: '', closed: false, finish: () => socket.write(body.slice(-1)), socket };
  socket.setEncoding('utf8').on('data', (text) => (self.got += text));
  socket.on('close', () => (self.closed = true)).on('error', () => {});
  socket.write(`POST ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Length: ${body.length}\r\n\r\n`);
  socket.write(body.slice(0, -1));
  await send(server.origin, 'GET', queuesPath, { token: TOKEN });
  return self;
}

const refused = (server) => async () => {
  const error = await send(server.origin, 'GET', queuesPath, { token: TOKEN }).then(() => undefined, (failure) => failure);
  return error?.code === 'ECONNREFUSED';
};

test('a stop first refuses new connections, becomes unready, and completes requests in progress', async (context) => {
  const server = await serverOnFixedPorts(context, PATIENT);
  const unfinished = await unfinishedRequest(server, await busyQueue(server));
  const ended = server.end('SIGTERM');
  await until('new connections are refused', refused(server));
  const { status, json } = await ready(server);
  assert.deepEqual([status, json.reason], [503, 'stopping']);
  unfinished.finish();
  await until('the response is there and the connection closed', () => unfinished.closed);
  assert.match(unfinished.got, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(unfinished.got, /\r\nconnection: close\r\n/i);
  assert.deepEqual(await ended, { code: 0, signal: null });
  server.assertCleanLog();
});

test('an incomplete request does not delay a stop beyond its timeout', async (context) => {
  const server = await serverOnFixedPorts(context, { ...PATIENT, 'shutdown.timeout': '4s' });
  const unfinished = await unfinishedRequest(server, await busyQueue(server));
  const began = performance.now();
  assert.deepEqual(await server.end('SIGTERM'), { code: 0, signal: null });
  context.diagnostic(`ended after ${Math.round(performance.now() - began)} ms`);
  assert.ok(performance.now() - began >= 1_900, 'half of shutdown.timeout is for requests under way');
  await until('the connection is closed', () => unfinished.closed);
  server.assertCleanLog();
});
