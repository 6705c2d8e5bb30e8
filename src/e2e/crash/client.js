import http from 'node:http';
import { send } from '../harness/http.js';
import { TOKEN } from '../harness/server.js';

/** Far more than any request takes: a request that gets neither an answer nor an end is a fault. */
const ANSWER_WITHIN_MILLIS = 120_000;

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
   * @param answered what the history is told of a result
   */
  async ask(asked, path, body, answered = () => ({})) {
    requests += 1;
    const request = requests;
    this.#history.add({ event: 'sent', request, ...asked });
    let answer;
    try {
      const options = { body, agent: this.#agent, token: TOKEN, within: ANSWER_WITHIN_MILLIS };
      answer = await send(this.#origin, 'POST', this.#paths[asked.queue] + path, options);
    } catch (error) {
      const late = error.message.startsWith('not within');
      this.#history.add(late ? { event: 'refused', request, status: 0, text: error.message } : { event: 'cut', request });
      return undefined;
    }
    const { status, text, json } = answer;
    if (status !== 200 || !json?.success) {
      this.#history.add({ event: 'refused', request, status, text: text.slice(0, 200) });
      return undefined;
    }
    this.#history.add({ event: 'answered', request, ...answered(json.result) });
    return { request, result: json.result };
  }
}
