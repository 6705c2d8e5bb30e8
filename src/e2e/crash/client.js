import http from 'node:http';
import { send } from '../harness/http.js';
import { TOKEN } from '../harness/server.js';

/** What a request that found no room comes to. */
const DECLINED = Symbol('declined');
const DECLINED_PAUSE_MILLIS = 20;

let requests = 0;

/** One client with a connection of its own. Every request and what became of it goes into the history. */
export class Client {
  #origin;
  #paths;
  #history;
  #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

  /** @param paths of the queues by name */
  constructor(origin, paths, history) {
    this.#origin = origin;
    this.#paths = paths;
    this.#history = history;
  }

  close() {
    this.#agent.destroy();
  }

  /**
   * Sends what the history will call `asked` to one queue; answers {request, result}, or undefined if there was no answer.
   *
   * @param path below the queue
   * A request that is refused because the server is full is sent again after a moment, as another one.
   *
   * @param answered what the history is told of a result
   * @param manner {readAfterMillis, hangUpAfterMillis}: how long the answer stays in the network, and when the client ends its connection
   */
  async ask(asked, path, body, answered = () => ({}), manner = {}) {
    for (;;) {
      const outcome = await this.#once(asked, path, body, answered, manner);
      if (outcome !== DECLINED) return outcome;
      await new Promise((resolve) => setTimeout(resolve, DECLINED_PAUSE_MILLIS));
    }
  }

  async #once(asked, path, body, answered, { readAfterMillis, hangUpAfterMillis }) {
    requests += 1;
    const request = requests;
    this.#history.add({ event: 'sent', request, ...asked });
    let answer;
    try {
      const options = { body, agent: this.#agent, token: TOKEN, readAfterMillis };
      if (hangUpAfterMillis !== undefined) options.signal = AbortSignal.timeout(hangUpAfterMillis);
      answer = await send(this.#origin, 'POST', this.#paths[asked.queue] + path, options);
    } catch (error) {
      const late = error.message.startsWith('not within');
      this.#history.add(late ? { event: 'refused', request, status: 0, text: error.message } : { event: 'cut', request });
      return undefined;
    }
    const { status, text, json } = answer;
    if (status === 429) {
      this.#history.add({ event: 'declined', request, status, text: text.slice(0, 200) });
      return DECLINED;
    }
    if (status !== 200 || !json?.success) {
      this.#history.add({ event: 'refused', request, status, text: text.slice(0, 200) });
      return undefined;
    }
    this.#history.add({ event: 'answered', request, ...answered(json.result) });
    return { request, result: json.result };
  }
}
