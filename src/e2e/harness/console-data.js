import { send } from './http.js';

/** Requests to one server with one token, for tests and pictures of the console. */
export class ConsoleData {
  constructor(origin, token, account) {
    Object.assign(this, { origin, token, account });
  }

  async call(method, path, body) {
    const response = await send(this.origin, method, path, { token: this.token, body });
    if (response.status !== 200) throw new Error(`${method} ${path}: ${response.text}`);
    return response.json.result;
  }

  api(method, path, body) {
    return this.call(method, `/client/v4/accounts/${this.account}${path}`, body);
  }

  own(method, path, body) {
    return this.call(method, `/sluice/v1/accounts/${this.account}${path}`, body);
  }

  async queue(name, consumer) {
    const { queue_id: id } = await this.api('POST', '/queues', { queue_name: name });
    if (consumer) await this.api('POST', `/queues/${id}/consumers`, consumer);
    return id;
  }

  push(id, body, contentType = 'text', more = {}) {
    return this.api('POST', `/queues/${id}/messages`, { body, content_type: contentType, ...more });
  }

  /** A message of type bytes, as a Worker sends it. */
  async pushBytes(name, bytes) {
    const response = await fetch(`${this.origin}/sluice/v1/binding/message`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'sluice-account-id': this.account, 'sluice-queue': name, 'x-msg-fmt': 'bytes' },
      body: bytes,
    });
    if (!response.ok) throw new Error(`binding: ${response.status} ${await response.text()}`);
  }

  /** Takes all messages of a queue and asks for a retry, which is the last. */
  async fail(id, count) {
    const { messages } = await this.api('POST', `/queues/${id}/messages/pull`, { batch_size: count });
    await this.api('POST', `/queues/${id}/messages/ack`, { retries: messages.map(({ lease_id }) => ({ lease_id })) });
  }
}
