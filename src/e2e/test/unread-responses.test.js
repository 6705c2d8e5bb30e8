import assert from 'node:assert/strict';
import https from 'node:https';
import net from 'node:net';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { Authority } from '../harness/certificates.js';
import { temporaryDirectory } from '../harness/process.js';
import { send } from '../harness/http.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { UnreadResponses } from '../harness/unread.js';
import { until } from '../harness/until.js';

// Clients that send requests and do not read the responses, against a small heap: the server continues, and other
// clients get their responses.

const HEAP = ['-Xmx192m'];
const QUEUES = `/client/v4/accounts/${ACCOUNT}/queues`;
const LARGE = 'x'.repeat(126_000);
const PUSHED = 100;
const LONG = { within: 60_000 };

let identity;
before(async () => {
  const authority = await Authority.make(temporaryDirectory(), 'ours');
  identity = await authority.sign('server');
});

const agent = new https.Agent({ rejectUnauthorized: false, keepAlive: false });
after(() => agent.destroy());

const secure = () => ({ 'http.tls.cert': identity.certificate, 'http.tls.key': identity.key });

/** One request on a new connection, with or without TLS: {status, json}. */
function ask(server, method, path, body, token = TOKEN) {
  if (server.origin.startsWith('http:')) {
    return send(server.origin, method, path, { token, body, headers: { connection: 'close' }, ...LONG });
  }
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const request = https.request(server.origin + path, { method, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (more) => (text += more));
      response.on('end', () => resolve({ status: response.statusCode, json: JSON.parse(text) }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body && JSON.stringify(body));
  });
}

async function queueWith(server, name, body, count) {
  const made = await ask(server, 'POST', QUEUES, { queue_name: name });
  const path = `${QUEUES}/${made.json.result.queue_id}`;
  await ask(server, 'POST', `${path}/consumers`, { type: 'http_pull', settings: { max_retries: 100 } });
  for (let i = 0; i < count; i += 1) {
    const { status } = await ask(server, 'POST', `${path}/messages`, { body, content_type: 'text' });
    assert.equal(status, 200);
  }
  return `${path}/messages`;
}

/** Enough connections to exhaust the memory of a server that does not count the memory of such responses. */
const kinds = {
  failures: { connections: 270, headers: { ':method': 'POST', ':path': `${QUEUES}/nonsense/messages/pull` } },
  'lists of queues': {
    connections: 170,
    headers: { ':path': `${QUEUES}?per_page=100`, authorization: `Bearer ${TOKEN}` },
  },
};

test('HTTP/2 clients that read nothing cause no more memory than allowed, whatever they request', async (context) => {
  const server = await Server.during(context, { settings: secure(), javaOptions: HEAP });
  const path = await queueWith(server, 'used', 'small', 3);
  for (let i = 0; i < 40; i += 1) await ask(server, 'POST', QUEUES, { queue_name: `more-${i}` });
  for (const [kind, { connections, headers }] of Object.entries(kinds)) {
    const attack = new UnreadResponses(server.origin, { headers });
    context.after(() => attack.end());
    attack.begin(connections);
    await until(`${connections} connections ask for ${kind}`, () => attack.opened >= connections, LONG);
    await until('streams or connections are refused', () => attack.refused + attack.closed > 0, LONG);
    await until('others are served meanwhile', async () => (await ask(server, 'POST', path, { body: 1 })).status === 200, LONG);
    attack.end();
    await until('others are served afterwards', async () => (await ask(server, 'POST', path, { body: 1 })).status === 200, LONG);
    context.diagnostic(`${kind}: ${attack.opened} opened, ${attack.closed} closed, ${attack.refused} streams refused`);
  }
  await server.stop();
});

/** Requests as much as possible and reads nothing. */
function pullUnread(server, path) {
  const body = JSON.stringify({ batch_size: 100, visibility_timeout_ms: 1 });
  const request =
    `POST ${path}/pull HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${body.length}\r\n\r\n${body}`;
  const { host, port } = server;
  const socket = server.origin.startsWith('https:')
    ? tls.connect({ host, port, rejectUnauthorized: false })
    : net.connect({ host, port });
  socket.on('error', () => {});
  socket.write(request);
  socket.pause();
  return socket;
}

for (const scheme of ['http', 'https']) {
  test(`responses that one client does not read do not block other clients (${scheme})`, async (context) => {
    const settings = scheme === 'https' ? secure() : {};
    const server = await Server.during(context, { settings, javaOptions: HEAP });
    const large = await queueWith(server, 'large', LARGE, PUSHED);
    const small = await queueWith(server, 'small', 'small', 20);
    const sockets = Array.from({ length: 30 }, () => pullUnread(server, large));
    context.after(() => sockets.forEach((socket) => socket.destroy()));
    const began = performance.now();
    for (const path of [small, large]) {
      for (const operation of ['pull', 'peek']) {
        await until(`${operation} of ${path === small ? 'small' : 'large'} messages`, async () => {
          sockets.push(pullUnread(server, large));
          const { status, json } = await ask(server, 'POST', `${path}/${operation}`, { batch_size: 10 });
          return status === 200 && json.result.messages.length > 0;
        }, LONG);
      }
    }
    context.diagnostic(`all pulled and peeked after ${Math.round(performance.now() - began)} ms, ${sockets.length} unread pulls`);
    sockets.forEach((socket) => socket.destroy());
    await server.stop();
  });
}
