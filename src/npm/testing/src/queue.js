'use strict';

const { deserialize } = require('node:v8');
const { request } = require('./request.js');

const BATCH_MAX = 100;
const WAIT_MILLIS = 30_000;
const POLL_MILLIS = 20;

/** A queue of a running server. See index.d.ts. */
class Queue {
  #server;
  #path;

  constructor(server, name, id) {
    this.#server = server;
    this.#path = `${server.baseURL}/accounts/${server.accountId}/queues/${id}`;
    this.name = name;
    this.id = id;
  }

  async push(body, options = {}) {
    await this.#send('/messages', entry(body, options));
  }

  async pushBatch(bodies, options = {}) {
    const { delaySeconds, ...each } = options;
    for (let i = 0; i < bodies.length; i += BATCH_MAX) {
      const messages = bodies.slice(i, i + BATCH_MAX).map((body) => entry(body, each));
      await this.#send('/messages/batch', { messages, delay_seconds: delaySeconds });
    }
  }

  async pull({ batchSize = BATCH_MAX, visibilityTimeoutMillis } = {}) {
    const { messages } = await this.#send('/messages/pull', {
      batch_size: batchSize,
      visibility_timeout_ms: visibilityTimeoutMillis,
    });
    return messages.map(message);
  }

  ack(messages) {
    return this.#send('/messages/ack', { acks: [messages].flat().map(({ leaseId }) => ({ lease_id: leaseId })) });
  }

  retry(messages, { delaySeconds } = {}) {
    const retries = [messages].flat().map(({ leaseId }) => ({ lease_id: leaseId, delay_seconds: delaySeconds }));
    return this.#send('/messages/ack', { retries });
  }

  async drain({ atLeast = 0, timeoutMillis = WAIT_MILLIS } = {}) {
    const drained = [];
    const end = performance.now() + timeoutMillis;
    for (;;) {
      const messages = await this.pull();
      if (messages.length > 0) {
        await this.ack(messages);
        drained.push(...messages);
      } else if (drained.length >= atLeast) {
        return drained;
      } else if (performance.now() > end) {
        throw new Error(`queue '${this.name}' had ${drained.length} of ${atLeast} messages after ${timeoutMillis} ms`);
      } else {
        await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS));
      }
    }
  }

  async backlog() {
    const metrics = await request(this.#server, 'GET', `${this.#path}/metrics`);
    return metrics.backlog_count;
  }

  async purge() {
    await this.#send('/purge', { delete_messages_permanently: true });
  }

  #send(path, body) {
    return request(this.#server, 'POST', this.#path + path, body);
  }
}

function entry(body, { contentType = typeof body === 'string' ? 'text' : 'json', delaySeconds }) {
  return { body, content_type: contentType, delay_seconds: delaySeconds };
}

function message({ id, lease_id, attempts, timestamp_ms, body, metadata }) {
  const contentType = metadata['CF-Content-Type'];
  return { id, leaseId: lease_id, attempts, timestamp: new Date(timestamp_ms), contentType, body: decoded(body, contentType), metadata };
}

/** A pull shows bodies of type json as JSON text, because `sluice dev` sets `messages.json_body_encoding` to plain. */
function decoded(body, contentType) {
  switch (contentType) {
    case 'json':
      return JSON.parse(body);
    case 'bytes':
      return Uint8Array.from(Buffer.from(body, 'base64'));
    case 'v8':
      return deserialize(Buffer.from(body, 'base64'));
    default:
      return body;
  }
}

module.exports = { Queue };
