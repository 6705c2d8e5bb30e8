import http from 'node:http';
import { send } from '../harness/http.js';
import { TOKEN } from '../harness/server.js';

/** The result of a request that was declined because the server was full. */
const DECLINED = Symbol('declined');
const DECLINED_PAUSE_MILLIS = 20;

let requests = 0;

/** One client with its own connection. Every request and its outcome is recorded in the history. */
export class Client {
  #origin;
  #paths;
  #history;
  #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

  /**
   * @param paths URL paths of the queues by name
   */
  constructor(origin, paths, history) {
    this.#origin = origin;
    this.#paths = paths;
    this.#history = history;
  }

  close() {
    this.#agent.destroy();
  }

  /**
   * Sends a request to one queue, recorded in the history as `asked`; returns {request, result}, or undefined if there
   * was no response.
   *
   * @param path below the queue. A request that is declined because the server is full is sent again after a moment, as
   *     a new request
   *
   * @param recorded returns what the history records of a result
   * @param manner {readAfterMillis, hangUpAfterMillis}: how long the client waits before it reads the response, and
   *     when it closes its connection
   */
  async ask(asked, path, body, recorded = () => ({}), manner = {}) {
    for (;;) {
      const outcome = await this.#once(asked, path, body, recorded, manner);
      if (outcome !== DECLINED) return outcome;
      await new Promise((resolve) => setTimeout(resolve, DECLINED_PAUSE_MILLIS));
    }
  }

  async #once(asked, path, body, recorded, { readAfterMillis, hangUpAfterMillis }) {
    requests += 1;
    const request = requests;
    this.#history.add({ event: 'sent', request, ...asked });
    let response;
    try {
      const options = { body, agent: this.#agent, token: TOKEN, readAfterMillis };
      if (hangUpAfterMillis !== undefined) options.signal = AbortSignal.timeout(hangUpAfterMillis);
      response = await send(this.#origin, 'POST', this.#paths[asked.queue] + path, options);
    } catch (error) {
      const late = error.message.startsWith('not within');
      this.#history.add(late ? { event: 'refused', request, status: 0, text: error.message } : { event: 'cut', request });
      return undefined;
    }
    const { status, text, json } = response;
    if (status === 429) {
      this.#history.add({ event: 'declined', request, status, text: text.slice(0, 200) });
      return DECLINED;
    }
    if (status !== 200 || !json?.success) {
      this.#history.add({ event: 'refused', request, status, text: text.slice(0, 200) });
      return undefined;
    }
    this.#history.add({ event: 'succeeded', request, ...recorded(json.result) });
    return { request, result: json.result };
  }
}
