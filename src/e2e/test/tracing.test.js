import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import Cloudflare from 'cloudflare';
import { launchServer, temporaryDirectory } from '../harness/process.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { inTime, until } from '../harness/until.js';

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** A collector: its address, and the promise of its first request. */
async function collect(context) {
  let received;
  const first = new Promise((resolve) => {
    received = resolve;
  });
  const collector = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      received({ url: request.url, headers: request.headers, body: Buffer.concat(chunks) });
      response.setHeader('content-type', 'application/x-protobuf').end();
    });
  });
  await new Promise((listening) => collector.listen(0, '127.0.0.1', listening));
  context.after(() => collector.close());
  return { url: `http://127.0.0.1:${collector.address().port}`, first };
}

test('a traced push is exported, and the SDK of the consumer gets its context', async (context) => {
  const collector = await collect(context);
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '100' };
  const server = await Server.during(context, { environment });
  const client = new Cloudflare({ apiToken: TOKEN, baseURL: `${server.origin}/client/v4`, maxRetries: 0 });
  const queue = await client.queues.create({ account_id: ACCOUNT, queue_name: 'traced' });
  await client.queues.consumers.create(queue.queue_id, { account_id: ACCOUNT, type: 'http_pull' });

  const push = { account_id: ACCOUNT, body: 'hello', content_type: 'text' };
  await client.queues.messages.push(queue.queue_id, push, { headers: { traceparent: PARENT, tracestate: 'a=1' } });
  const pulled = await client.queues.messages.pull(queue.queue_id, { account_id: ACCOUNT });
  assert.equal(pulled.messages[0].metadata.traceparent, PARENT);
  assert.equal(pulled.messages[0].metadata.tracestate, 'a=1');

  const request = await inTime('the first export', collector.first);
  assert.equal(request.url, '/v1/traces');
  assert.equal(request.headers['content-type'], 'application/x-protobuf');
  assert.ok(request.body.includes('push traced'), 'the name of the span');
  assert.ok(request.body.includes(Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex')), 'the trace id');
});

test('a wrong variable of OpenTelemetry is refused by name', async () => {
  const server = launchServer({
    cwd: temporaryDirectory(),
    settings: { 'http.port': 0, 'management.port': 0, 'storage.engine': 'memory', 'auth.token': TOKEN },
    environment: { OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER: 'sometimes' },
  });
  const end = await inTime('the end of a server that cannot start', server.exited);
  assert.deepEqual(end, { code: 2, signal: null }, server.stderr);
  assert.match(server.stderr, /^sluice: OTEL_TRACES_SAMPLER must be one of [^\n]+, not sometimes\n$/);
});

test('a collector that is away is one line, and keeps neither requests nor the stop', async (context) => {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_EXPORTER_OTLP_TIMEOUT: '500' };
  const server = await Server.during(context, { environment, expectedLog: [/HttpExporter - Failed to export \d+ spans/] });
  const client = new Cloudflare({ apiToken: TOKEN, baseURL: `${server.origin}/client/v4`, maxRetries: 0 });
  const queue = await client.queues.create({ account_id: ACCOUNT, queue_name: 'traced' });
  await client.queues.messages.push(queue.queue_id, { account_id: ACCOUNT, body: 'x', content_type: 'text' });
  await until('a failed export', () => /Failed to export \d+ spans/.test(server.log));
  // Fails if the log has a stack trace.
  await server.stop();
});
