import net from 'node:net';
import { inTime } from './until.js';

/** A connection that got one answer and is silent since then, as one in the pool of a client is. */
export class IdleConnection {
  #socket;
  open = true;

  static async to(server, request) {
    const idle = new IdleConnection();
    await idle.#begin(server, request);
    return idle;
  }

  #begin({ host, port }, request) {
    this.#socket = net.connect({ host, port });
    const answered = new Promise((resolve, reject) => {
      this.#socket.once('data', resolve);
      this.#socket.once('error', reject);
      this.#socket.once('close', () => reject(new Error('closed before the answer')));
      this.#socket.write(request);
    });
    this.#socket.on('close', () => {
      this.open = false;
    });
    answered.catch(() => {});
    return inTime('an answer', answered);
  }

  /** Says good-bye, or goes without a word. */
  end(politely) {
    if (politely) this.#socket.end();
    else this.#socket.resetAndDestroy();
  }
}
