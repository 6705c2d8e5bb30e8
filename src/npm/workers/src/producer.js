/** A failure that Sluice reports. The text is that which a Worker sees: the cause, and the code in parentheses. */
export class SluiceError extends Error {
  /**
   * @param {number} code of the error table, 15000 if there is none
   * @param {number} status of HTTP
   */
  constructor(cause, code, status) {
    super(`${cause} (${code})`);
    this.name = 'SluiceError';
    this.code = code;
    this.status = status;
  }
}

const encoder = new TextEncoder();

/**
 * A queue that is reached over HTTP, with the methods of a Worker's queue binding. For code that has no binding: Node, a
 * browser of your own network, a Worker that runs elsewhere. Bodies may have the types json (the default), text and
 * bytes. A value that its type cannot carry is refused with a TypeError.
 */
export class SluiceQueue {
  #url;
  #headers;
  #timeoutMillis;
  #fetch;

  /**
   * @param {object} options
   * @param {string} options.url origin of Sluice, such as http://127.0.0.1:8080
   * @param {string} options.accountId 32 hexadecimal digits
   * @param {string} options.queue name or id of the queue
   * @param {string} options.token a token that may write
   * @param {number} [options.timeoutMillis] for each request
   * @param {typeof fetch} [options.fetch] such as that of a service binding
   */
  constructor({ url, accountId, queue, token, timeoutMillis = 30_000, fetch = (...args) => globalThis.fetch(...args) }) {
    for (const [name, value] of Object.entries({ url, accountId, queue, token })) {
      if (typeof value !== 'string' || value === '') throw new TypeError(`SluiceQueue needs ${name}.`);
    }
    this.#url = new URL('/sluice/v1/binding', url).href;
    this.#headers = { authorization: `Bearer ${token}`, 'sluice-account-id': accountId, 'sluice-queue': queue };
    this.#timeoutMillis = timeoutMillis;
    this.#fetch = fetch;
  }

  /** @param {{contentType?: 'json' | 'text' | 'bytes', delaySeconds?: number}} [options] */
  async send(body, { contentType = 'json', delaySeconds } = {}) {
    const headers = { 'content-type': 'application/octet-stream', 'x-msg-fmt': contentType };
    if (delaySeconds !== undefined) headers['x-msg-delay-secs'] = String(delaySeconds);
    return sent(await this.#request('POST', '/message', headers, serialized(body, contentType)));
  }

  /**
   * Sends all messages or none.
   *
   * @param {Iterable<{body: unknown, contentType?: 'json' | 'text' | 'bytes', delaySeconds?: number}>} messages
   * @param {{delaySeconds?: number}} [options] for messages without their own delay
   */
  async sendBatch(messages, { delaySeconds } = {}) {
    const batch = Array.from(messages, ({ body, contentType = 'json', delaySeconds: delaySecs }) => ({
      body: base64(serialized(body, contentType)),
      contentType,
      delaySecs,
    }));
    const headers = { 'content-type': 'application/json' };
    if (delaySeconds !== undefined) headers['x-msg-delay-secs'] = String(delaySeconds);
    return sent(await this.#request('POST', '/batch', headers, JSON.stringify({ messages: batch })));
  }

  /** The backlog of the queue. */
  async metrics() {
    return metricsOf(await this.#request('GET', '/metrics', {}, undefined));
  }

  async #request(method, path, headers, body) {
    const response = await this.#fetch(this.#url + path, {
      method,
      headers: { ...this.#headers, ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(this.#timeoutMillis),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      const cause = response.headers.get('cf-queues-error-cause') ?? `Sluice responded with status ${response.status}.`;
      throw new SluiceError(cause, Number(response.headers.get('cf-queues-error-code') ?? 15000), response.status);
    }
    return response.json();
  }
}

const sent = ({ metadata }) => ({ metadata: { metrics: metricsOf(metadata.metrics) } });

function metricsOf({ backlogCount, backlogBytes, oldestMessageTimestamp }) {
  return {
    backlogCount,
    backlogBytes,
    oldestMessageTimestamp: oldestMessageTimestamp > 0 ? new Date(oldestMessageTimestamp) : undefined,
  };
}

function serialized(body, contentType) {
  if (body === undefined) throw new TypeError('Message body cannot be undefined.');
  switch (contentType) {
    case 'text':
      if (typeof body !== 'string') throw new TypeError(`A body of type "text" must be a string, received ${typeof body}.`);
      if (/\p{Surrogate}/u.test(body)) throw new TypeError('A body of type "text" must not contain half a surrogate pair.');
      return encoder.encode(body);
    case 'bytes':
      if (body instanceof ArrayBuffer) return new Uint8Array(body);
      if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
      throw new TypeError(`A body of type "bytes" must be an ArrayBuffer or a view of one, received ${typeof body}.`);
    case 'json':
      return encoder.encode(jsonText(body));
    case 'v8':
      throw new TypeError('A body of type "v8" can be sent by the queue binding of workerd only. Use "json", "text" or "bytes".');
    default:
      throw new TypeError(`Unknown content type "${contentType}": use "json", "text" or "bytes".`);
  }
}

/** The JSON text of a value. Refuses what JSON would drop or turn into an empty object. */
function jsonText(body) {
  return JSON.stringify(body, (key, value) => {
    const at = key === '' ? '' : ` at "${key}"`;
    if (typeof value === 'function' || typeof value === 'symbol') {
      throw new TypeError(`JSON cannot carry a ${typeof value}${at}.`);
    }
    if (typeof value === 'bigint') throw new TypeError(`JSON cannot carry a bigint${at}.`);
    if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`JSON cannot carry ${value}${at}.`);
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && losesContent(value)) {
      throw new TypeError(`JSON cannot carry a ${value.constructor?.name ?? 'value of this class'}${at}.`);
    }
    return value;
  });
}

/** Whether an object has content that is not in its enumerable properties: Map, Set, Error, buffers, and the like. */
function losesContent(value) {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return false;
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return false;
  return ArrayBuffer.isView(value) || Object.keys(value).length === 0;
}

function base64(bytes) {
  let characters = '';
  for (let at = 0; at < bytes.length; at += 0x8000) {
    characters += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(characters);
}
