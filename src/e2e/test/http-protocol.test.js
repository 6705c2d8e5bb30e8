import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { test } from 'node:test';
import { failed, succeeded } from '../harness/expect.js';
import { send, sendBytes } from '../harness/http.js';
import { TOKEN } from '../harness/server.js';
import { ACCOUNT, Suite } from '../harness/suite.js';
import { inTime, until } from '../harness/until.js';

// HTTP below the level of the API: correct and incorrect peers.

const suite = await Suite.open();
const { server } = suite;
const queue = await suite.queue({ consumer: { visibility_timeout_ms: 600_000 } });
const base = '/client/v4';
const lines = (...all) => `${all.join('\r\n')}\r\n\r\n`;
const request = (method, path, body = '', ...headers) =>
  `${lines(
    `${method} ${path} HTTP/1.1`,
    `Host: ${server.host}`,
    `Authorization: Bearer ${TOKEN}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  )}${body}`;
const push = (text) => request('POST', `${base}${queue.path}/messages`, JSON.stringify({ body: text, content_type: 'text' }));
const statuses = (responses) => [...responses.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
const alive = async () => succeeded(await suite.send('GET', `/accounts/${ACCOUNT}/queues`));

test('pipelined requests all get their responses, in order', async () => {
  const bodies = Array.from({ length: 50 }, (_, n) => `p${String(n).padStart(2, '0')}`);
  const sent = bodies.map(push).join('') + request('GET', `${base}${queue.path}/metrics`, '', 'Connection: close');
  const responses = await sendBytes(server, sent);
  assert.deepEqual(statuses(responses), Array(51).fill(200));
  const counts = [...responses.matchAll(/"backlog_count":(\d+)/g)].map(([, count]) => Number(count));
  assert.deepEqual(counts, [...bodies.map((_, n) => n + 1), 50]);
  const pulled = succeeded(await suite.send('POST', `${queue.path}/messages/pull`, { body: { batch_size: 100 } }));
  assert.deepEqual(pulled.messages.map(({ body }) => body), bodies);
  succeeded(await suite.send('POST', `${queue.path}/purge`, { body: { delete_messages_permanently: true } }));
});

test('a connection serves many requests, also after a failed one', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  try {
    for (const [path, status] of [['/metrics', 200], ['/nothing', 404], ['/metrics', 200], ['/messages', 405], ['/metrics', 200]]) {
      assert.equal((await suite.sendDirectly('GET', queue.path + path, { agent })).status, status);
    }
    assert.equal(Object.values(agent.freeSockets).flat().length, 1);
  } finally {
    agent.destroy();
  }
});

test('malformed percent-encoding gets a failure envelope', async () => {
  for (const path of ['/%', '/%zz', `/accounts/%ff%fe/queues`, `${queue.path}%2`, `/accounts/${ACCOUNT}/queues/%00/messages`]) {
    const response = await suite.sendDirectly(path.includes('messages') ? 'POST' : 'GET', path, {});
    assert.ok([400, 404].includes(response.status), `${path}: ${response.text}`);
    failed(response, response.status, response.code);
    assert.ok([7003, 10026, 10107].includes(response.code), `${path}: ${response.text}`);
  }
  const query = await suite.sendDirectly('GET', `/accounts/${ACCOUNT}/queues?name=%zz&page=%`);
  assert.ok([200, 400].includes(query.status), query.text);
  if (query.status === 400) failed(query, 400, query.code);
});

test('an encoded slash does not change the route', async () => {
  const { id } = queue;
  const response = await suite.sendDirectly('GET', `/accounts/${ACCOUNT}/queues%2F${id}`);
  failed(response, 404, 7003);
  const dots = await suite.sendDirectly('GET', `${queue.path}/x/..%2f..`);
  failed(dots, 404, 7003);
});

test('HEAD gets a response without a body, as a wrong method or like GET', async () => {
  const response = await suite.sendDirectly('HEAD', queue.path);
  assert.ok([200, 405].includes(response.status), String(response.status));
  assert.equal(response.text, '');
  const raw = await sendBytes(server, request('HEAD', `${base}${queue.path}`, '', 'Connection: close'));
  assert.equal(raw.split('\r\n\r\n')[1], '');
});

test('a body over the limit is rejected with 413 and not read completely', async () => {
  const path = `${base}${queue.path}/messages`;
  const declared = lines(`POST ${path} HTTP/1.1`, `Host: x`, `Authorization: Bearer ${TOKEN}`, 'Content-Length: 1000000000');
  const responses = await sendBytes(server, `${declared}{"body":"`, (got) => got.includes('"errors"'));
  assert.deepEqual(statuses(responses), [413]);
  const piece = 'x'.repeat(65_536);
  const chunk = `${piece.length.toString(16)}\r\n${piece}\r\n`;
  const chunked = lines(`POST ${path} HTTP/1.1`, `Host: x`, `Authorization: Bearer ${TOKEN}`, 'Transfer-Encoding: chunked');
  const streamed = await sendBytes(server, chunked + chunk.repeat(40), (got) => got.includes('"errors"'));
  assert.deepEqual(statuses(streamed), [413]);
  assert.match(streamed, /"code":\s*10204/);
  await alive();
});

test('a body of two mebibytes is read, and the size of its messages is checked', async () => {
  const escaped = '\\u0041'.repeat(126_000);
  const body = `{"messages":[{"body":"${escaped}","content_type":"text"},{"body":"${escaped}","content_type":"text"}]}`;
  assert.ok(body.length < 2 * 1024 * 1024 && body.length > 1_500_000);
  const result = succeeded(await suite.send('POST', `${queue.path}/messages/batch`, { body }));
  assert.equal(result.metadata.metrics.backlog_bytes, 252_000);
  succeeded(await suite.send('POST', `${queue.path}/purge`, { body: { delete_messages_permanently: true } }));
});

test('Expect: 100-continue is honoured', async () => {
  const body = '{"body":"continued","content_type":"text"}';
  const head = lines(
    `POST ${base}${queue.path}/messages HTTP/1.1`,
    'Host: x',
    `Authorization: Bearer ${TOKEN}`,
    `Content-Length: ${body.length}`,
    'Expect: 100-continue',
    'Connection: close',
  );
  const first = await sendBytes(server, head, (got) => got.includes('\r\n\r\n'));
  assert.deepEqual(statuses(first), [100]);
});

test('bytes that are not HTTP are rejected, and the server continues', async () => {
  const garbage = [
    'hello\r\n\r\n',
    '\u0000\u0001\u0002\u0003\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    lines(`GET /${'a'.repeat(100_000)} HTTP/1.1`, 'Host: x', 'Connection: close'),
    lines('GET / HTTP/1.1', 'Host: x', `X-Long: ${'a'.repeat(200_000)}`, 'Connection: close'),
    lines('POST / HTTP/1.1', 'Host: x', 'Content-Length: -5', 'Connection: close'),
    lines('POST / HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked', 'Connection: close') + 'zz\r\n',
    push('ok') + 'and then garbage\r\n\r\n',
  ];
  for (const bytes of garbage) {
    const response = await sendBytes(server, bytes, (got) => /\r\n\r\n[\s\S]*\}\s*$/.test(got) && !bytes.includes('and then'));
    const codes = statuses(response);
    assert.ok(codes.every((status) => status < 500 || status === 505 || status === 501), `${bytes.slice(0, 30)}: ${response.slice(0, 200)}`);
  }
  await alive();
});

test('a request with ambiguous framing is rejected, and nothing after it is served', async () => {
  const path = `${base}${queue.path}/messages`;
  const before = succeeded(await suite.send('GET', `${queue.path}/metrics`)).backlog_count;
  const body = '{"body":1}';
  const chunked = `a\r\n${body}\r\n0\r\n\r\n`;
  const ambiguous = {
    'a length and chunks': [['Content-Length: 10', 'Transfer-Encoding: chunked'], chunked],
    'chunks and a length': [['Transfer-Encoding: chunked', 'Content-Length: 10'], chunked],
    'two lengths': [['Content-Length: 10', 'Content-Length: 4'], body],
    'two lengths that agree': [['Content-Length: 10', 'Content-Length: 10'], body],
    'chunks twice': [['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], chunked],
    'chunks and another coding': [['Transfer-Encoding: chunked, identity'], chunked],
    'a coding that is nearly chunked': [['Transfer-Encoding: xchunked'], chunked],
    'chunks on a folded line': [['Transfer-Encoding:', ' chunked'], chunked],
    'a size of more than 32 bits': [['Transfer-Encoding: chunked'], `100000000\r\n\r\n${chunked}`],
    'two hosts': [['Host: y', 'Content-Length: 10'], body],
  };
  for (const [what, [headers, rest]] of Object.entries(ambiguous)) {
    const head = lines(`POST ${path} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${TOKEN}`, ...headers);
    const responses = await sendBytes(server, head + rest + push('hidden'));
    assert.deepEqual(statuses(responses), [400], `${what}: ${responses}`);
    assert.match(responses, /connection: close/i, what);
    assert.match(responses, /"code":\s*10026/, what);
  }
  assert.equal(succeeded(await suite.send('GET', `${queue.path}/metrics`)).backlog_count, before);
});

test('a client that half-closes its connection gets its responses', async () => {
  const text = await new Promise((resolve, reject) => {
    let got = '';
    const socket = net.connect({ port: server.port, host: server.host.split(':')[0], allowHalfOpen: true });
    socket.setEncoding('utf8');
    socket.on('data', (more) => (got += more));
    socket.on('end', () => {
      socket.destroy();
      resolve(got);
    });
    socket.on('error', reject);
    socket.end(push('first') + push('second'));
  });
  assert.deepEqual(statuses(text), [200, 200]);
});

test('a client that disconnects during its body stores nothing', async () => {
  const before = succeeded(await suite.send('GET', `${queue.path}/metrics`)).backlog_count;
  const socket = net.connect(server.port, server.host).resume();
  const closed = new Promise((resolve) => socket.once('error', () => {}).once('close', resolve));
  socket.end(push('never complete').slice(0, -5));
  await inTime('the server closes, too', closed);
  assert.equal(succeeded(await suite.send('GET', `${queue.path}/metrics`)).backlog_count, before);
});

test('many connections at once are all served', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 300 });
  try {
    const sent = Array.from({ length: 300 }, (_, n) =>
      suite.sendDirectly('POST', `${queue.path}/messages`, { body: { body: n }, agent }),
    );
    for (const response of await Promise.all(sent)) succeeded(response);
  } finally {
    agent.destroy();
  }
  await until('all are counted', async () => {
    const { backlog_count } = succeeded(await suite.send('GET', `${queue.path}/metrics`));
    return backlog_count >= 300;
  });
});

test('the contract is served without credentials', async () => {
  const response = await send(server.origin, 'GET', '/openapi.yaml');
  assert.equal(response.status, 200);
  assert.match(response.text, /^openapi: 3\.1/m);
});

suite.endsWell();
