import http2 from 'node:http2';

/**
 * HTTP/2 connections that send requests and never read a response: their receive window is zero. {opened, closed,
 * refused, reset}. A connection that the server closes is opened again until `end`.
 */
export class UnreadResponses {
  #origin;
  #headers;
  #streams;
  #sessions = new Set();
  #running = true;
  opened = 0;
  closed = 0;
  refused = 0;
  reset = 0;

  /**
   * @param headers of each request, by name; each connection sends `streams` requests
   */
  constructor(origin, { headers, streams = 100 }) {
    this.#origin = origin;
    this.#headers = headers;
    this.#streams = streams;
  }

  /** Opens connections, a few at a time, each with all its requests. */
  async begin(connections) {
    for (let i = 0; i < connections; i += 20) {
      await Promise.all(Array.from({ length: Math.min(20, connections - i) }, () => this.#connect()));
    }
    return this;
  }

  #connect() {
    return new Promise((resolve) => {
      const session = http2.connect(this.#origin, { settings: { initialWindowSize: 0 }, rejectUnauthorized: false });
      this.#sessions.add(session);
      session.on('error', resolve);
      session.on('close', () => {
        this.closed += 1;
        this.#sessions.delete(session);
        resolve();
        if (this.#running) setTimeout(() => this.#running && this.#connect(), 50);
      });
      session.on('remoteSettings', () => {
        this.opened += 1;
        for (let i = 0; i < this.#streams; i += 1) this.#ask(session);
        resolve();
      });
    });
  }

  #ask(session) {
    if (session.closed || session.destroyed) return;
    const stream = session.request(this.#headers);
    stream.on('error', () => {});
    stream.on('close', () => {
      if (stream.rstCode === http2.constants.NGHTTP2_REFUSED_STREAM) this.refused += 1;
      else this.reset += 1;
    });
    stream.end();
  }

  end() {
    this.#running = false;
    for (const session of this.#sessions) session.destroy();
    return this;
  }
}
