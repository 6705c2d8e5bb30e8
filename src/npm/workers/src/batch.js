import { base64Bytes, metricsOf } from './delivery.js';
import { v8Value } from './v8-value.js';

/** The results that a handler has reported for a batch. The first report about a message counts, as in workerd. */
class Results {
  ackAll = false;
  retryAll = false;
  delaySeconds = undefined;
  acks = new Set();
  retries = new Map();
}

/** One message of a batch, as the Workers API describes it. */
class Message {
  #results;
  #received;
  #body;

  constructor(received, results) {
    this.id = received.id;
    this.timestamp = new Date(received.timestamp_ms);
    this.attempts = received.attempts;
    this.#results = results;
    this.#received = received;
  }

  /**
   * The body: a string, any JSON value, an ArrayBuffer, or what a v8 value contains.
   *
   * @throws {TypeError} if it cannot be rebuilt here
   */
  get body() {
    if (this.#received !== undefined) {
      this.#body = bodyOf(this.#received);
      this.#received = undefined;
    }
    return this.#body;
  }

  ack() {
    const { ackAll, retryAll, acks, retries } = this.#results;
    if (!ackAll && !retryAll && !retries.has(this.id)) acks.add(this.id);
  }

  /** @param {{delaySeconds?: number}} [options] */
  retry(options) {
    const seconds = delayOf(options);
    const { ackAll, retryAll, acks, retries } = this.#results;
    if (!ackAll && !retryAll && !acks.has(this.id) && !retries.has(this.id)) retries.set(this.id, seconds);
  }
}

/** A batch, as the Workers API describes it. */
class MessageBatch {
  #results;

  constructor(delivery, results) {
    this.queue = delivery.queue;
    this.messages = Object.freeze(delivery.messages.map((message) => new Message(message, results)));
    this.metadata = { metrics: metricsOf(delivery) };
    this.#results = results;
  }

  ackAll() {
    if (!this.#results.retryAll) this.#results.ackAll = true;
  }

  /** @param {{delaySeconds?: number}} [options] */
  retryAll(options) {
    const seconds = delayOf(options);
    if (this.#results.ackAll || this.#results.retryAll) return;
    this.#results.retryAll = true;
    this.#results.delaySeconds = seconds;
  }
}

function delayOf(options) {
  const seconds = options?.delaySeconds;
  if (seconds === undefined || seconds === null) return undefined;
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > 86_400) {
    throw new RangeError(`delaySeconds must be an integer from 0 to 86400, received ${seconds}`);
  }
  return seconds;
}

function bodyOf({ id, content_type, body }) {
  switch (content_type) {
    case 'text':
    case 'json':
      return body;
    case 'bytes':
      return base64Bytes(body).buffer;
    case 'v8':
      try {
        return v8Value(base64Bytes(body));
      } catch (error) {
        throw new TypeError(
          `Message ${id} cannot be read: ${error.message} Send it with contentType "json", "text" or "bytes", or ` +
            'deliver it with @sluice/workers/dispatcher.',
        );
      }
    default:
      throw new TypeError(`Message ${id} has the unknown content type "${content_type}".`);
  }
}

/** The batch of a delivery, and what its handler reports. */
export function batchOf(delivery) {
  const results = new Results();
  return { batch: new MessageBatch(delivery, results), results };
}
