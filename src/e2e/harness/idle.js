import net from 'node:net';
import { inTime } from './until.js';

/** A connection that is idle after one response, like one in the pool of a client. */
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
    const received = new Promise((resolve, reject) => {
      this.#socket.once('data', resolve);
      this.#socket.once('error', reject);
      this.#socket.once('close', () => reject(new Error('closed before the response')));
      this.#socket.write(request);
    });
    this.#socket.on('close', () => {
      this.open = false;
    });
    received.catch(() => {});
    return inTime('a response', received);
  }

  /** Closes the connection gracefully, or resets it. */
  end(gracefully) {
    if (gracefully) this.#socket.end();
    else this.#socket.resetAndDestroy();
  }
}
