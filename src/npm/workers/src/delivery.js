/**
 * A batch that Sluice delivers: a signed POST request. Checks the signature and its age, refuses repetitions, and parses
 * the body. See docs/push-consumers.md for the form of the request.
 */

/** The path that receives deliveries, unless another one is given. */
export const DELIVERY_PATH = '/sluice/queue';

const SCHEME = 'v1=';
const SIGNATURE_BYTES = 32;
const KEY_CHARS_MIN = 16;
const encoder = new TextEncoder();

/** A request that is not a delivery of Sluice. */
export class DeliveryError extends Error {
  /** @param {number} status of the response */
  constructor(status, message) {
    super(message);
    this.name = 'DeliveryError';
    this.status = status;
  }
}

/**
 * The signatures of the last deliveries, so that none is accepted twice. Bounded: when it is full, the oldest one is
 * forgotten, and deliveries as old as that one are refused from then on.
 */
export class SeenSignatures {
  #seconds = new Map();
  #oldestSeconds = 0;
  #countMax;

  constructor(countMax = 100_000) {
    this.#countMax = countMax;
  }

  /** Adds a signature of that time. Returns false if it is known, or too old to be sure. */
  add(signature, timestampSeconds, expiredSeconds) {
    for (const [known, seconds] of this.#seconds) {
      if (seconds >= expiredSeconds && this.#seconds.size < this.#countMax) break;
      if (seconds >= expiredSeconds) this.#oldestSeconds = Math.max(this.#oldestSeconds, seconds);
      this.#seconds.delete(known);
    }
    if (timestampSeconds <= this.#oldestSeconds || this.#seconds.has(signature)) return false;
    this.#seconds.set(signature, timestampSeconds);
    return true;
  }
}

/** Checks deliveries. One instance per Worker; it remembers the deliveries that it has seen. */
export class DeliveryVerifier {
  #toleranceSeconds;
  #bodyBytesMax;
  #seen;
  #now;
  #keys = new Map();

  /**
   * @param {object} options
   * @param {number} [options.toleranceSeconds] the most that the timestamp of a delivery may differ from this clock
   * @param {number} [options.bodyBytesMax] the largest request body
   * @param {{add: Function}} [options.seen] remembers signatures; by default in the memory of this isolate
   * @param {() => number} [options.now] milliseconds since 1970
   */
  constructor({ toleranceSeconds = 300, bodyBytesMax = 16 << 20, seen = new SeenSignatures(), now = Date.now } = {}) {
    this.#toleranceSeconds = toleranceSeconds;
    this.#bodyBytesMax = bodyBytesMax;
    this.#seen = seen;
    this.#now = now;
  }

  /**
   * The delivery that a request carries.
   *
   * @param {Request} request
   * @param {string} key the key of the Worker in Sluice's configuration
   * @returns {Promise<{queue: string, messages: object[], metadata: object}>} the JSON of the request
   * @throws {DeliveryError} 405 for another method, 401 for a signature that is wrong, old or repeated, 413 and 400 for
   *     a body that is too large or not a batch
   */
  async verify(request, key) {
    if (typeof key !== 'string' || key.length < KEY_CHARS_MIN) {
      throw new DeliveryError(500, `No key: expected the key of this Worker in Sluice's configuration, ${KEY_CHARS_MIN} characters or more.`);
    }
    if (request.method !== 'POST') throw new DeliveryError(405, 'Deliveries are POST requests.');
    const timestamp = request.headers.get('sluice-timestamp') ?? '';
    const signature = request.headers.get('sluice-signature') ?? '';
    const seconds = /^[0-9]{1,15}$/.test(timestamp) ? Number(timestamp) : NaN;
    const signed = signatureBytes(signature);
    if (Number.isNaN(seconds) || signed === undefined) {
      throw new DeliveryError(401, 'Expected the headers sluice-timestamp and sluice-signature.');
    }
    const nowSeconds = Math.floor(this.#now() / 1000);
    if (Math.abs(nowSeconds - seconds) > this.#toleranceSeconds) {
      throw new DeliveryError(401, `The timestamp differs from this clock by more than ${this.#toleranceSeconds} seconds.`);
    }
    const body = await readBody(request, this.#bodyBytesMax);
    const data = concat(encoder.encode(`${timestamp}.`), body);
    if (!(await crypto.subtle.verify('HMAC', await this.#key(key), signed, data))) {
      throw new DeliveryError(401, 'The signature is wrong.');
    }
    if (!(await this.#seen.add(signature.toLowerCase(), seconds, nowSeconds - this.#toleranceSeconds))) {
      throw new DeliveryError(401, 'This delivery was received before.');
    }
    return parse(body);
  }

  #key(key) {
    let imported = this.#keys.get(key);
    if (imported === undefined) {
      imported = crypto.subtle.importKey('raw', encoder.encode(key), { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
      // One key is in use, two while it is exchanged.
      if (this.#keys.size >= 8) this.#keys.clear();
      this.#keys.set(key, imported);
    }
    return imported;
  }
}

function signatureBytes(header) {
  const hex = header.slice(SCHEME.length);
  if (!header.startsWith(SCHEME) || hex.length !== 2 * SIGNATURE_BYTES || !/^[0-9a-fA-F]+$/.test(hex)) return undefined;
  return Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16));
}

function parse(body) {
  let delivery;
  try {
    delivery = JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new DeliveryError(400, 'The request body is not JSON.');
  }
  if (typeof delivery?.queue !== 'string' || !Array.isArray(delivery.messages)) {
    throw new DeliveryError(400, 'The request body is not a batch of messages.');
  }
  return delivery;
}

async function readBody(request, bytesMax) {
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) throw tooLarge(bytesMax);
  const chunks = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > bytesMax) throw tooLarge(bytesMax);
    chunks.push(chunk);
  }
  return concat(...chunks);
}

const tooLarge = (bytesMax) => new DeliveryError(413, `The request body is larger than ${bytesMax} bytes.`);

function concat(...parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.byteLength;
  }
  return all;
}

/** The bytes of a body of type bytes or v8. */
export function base64Bytes(text) {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < characters.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

/** The backlog of a delivery in the form of the Workers API. */
export function metricsOf(delivery) {
  const metrics = delivery.metadata?.metrics ?? {};
  const oldest = metrics.oldest_message_timestamp_ms;
  return {
    backlogCount: metrics.backlog_count ?? 0,
    backlogBytes: metrics.backlog_bytes ?? 0,
    oldestMessageTimestamp: oldest > 0 ? new Date(oldest) : undefined,
  };
}

/**
 * The response that reports a result to Sluice. `ackAll` comes first. After a failure, or `retryAll`, all messages but
 * those with an explicit acknowledgement are retried; else only those with an explicit retry.
 *
 * @param {string[]} ids of the messages of the batch
 * @param {{ok: boolean, ackAll: boolean, retryAll: boolean, delaySeconds?: number, acks: Set<string>, retries: Map<string, number | undefined>}} result
 */
export function responseOf(ids, { ok, ackAll, retryAll, delaySeconds, acks, retries }) {
  if (ackAll && ok) return json(200, { acks: ids, retries: [] });
  if (!ok && acks.size === 0 && retries.size === 0) {
    // Sluice retries the batch, and slows down when this happens several times in a row.
    return json(500, { error: 'The queue handler failed.' });
  }
  const all = retryAll || !ok;
  const retried = ids.filter((id) => (all ? !acks.has(id) : retries.has(id)));
  return json(200, {
    acks: ids.filter((id) => !retried.includes(id)),
    retries: retried.map((id) => {
      const seconds = retries.get(id) ?? (retryAll ? delaySeconds : undefined);
      return seconds === undefined ? { id } : { id, delay_seconds: seconds };
    }),
  });
}

/** The response to a request that is not a delivery, or to one whose handling failed unexpectedly. */
export function refusal(error) {
  const status = error instanceof DeliveryError ? error.status : 500;
  return json(status, { error: status === 500 && !(error instanceof DeliveryError) ? 'Internal error.' : error.message });
}

function json(status, value) {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
}
