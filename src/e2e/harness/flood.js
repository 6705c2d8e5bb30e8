import net from 'node:net';

/**
 * Many connections that each repeat the same request as soon as there is a response, whatever its status: {statuses,
 * accepted, overtakings, refusals, broken}. For each accepted request, `accepted` has the milliseconds until its
 * response, and `overtakings` the number of other requests that were accepted in the meantime; both are sorted at the
 * end. `refusals` are the distinct heads and bodies of responses other than 200.
 */
export class Flood {
  #server;
  #request;
  #sockets = new Set();
  #running = true;
  statuses = new Map();
  accepted = [];
  overtakings = [];
  #waiting = 0;
  refusals = new Map();
  broken = 0;

  constructor(server, { path, token, body }) {
    this.#server = server;
    const bytes = Buffer.from(body);
    this.#request = Buffer.concat([
      Buffer.from(
        `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
      ),
      bytes,
    ]);
  }

  /** Opens the connections, a few at a time; each begins at once. */
  async begin(connections) {
    for (let i = 0; i < connections; i += 100) {
      await Promise.all(Array.from({ length: Math.min(100, connections - i) }, () => this.#connect()));
    }
    return this;
  }

  /** Whether every connection has had a response. */
  get reachedAll() {
    return this.#waiting === 0;
  }

  #connect() {
    this.#waiting += 1;
    const socket = net.connect({ host: this.#server.host, port: this.#server.port, noDelay: true });
    this.#sockets.add(socket);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#running) this.broken += 1;
    });
    return new Promise((resolve) => {
      socket.once('error', resolve);
      socket.once('connect', () => {
        this.#sendRequest(socket);
        resolve();
      });
    });
  }

  #sendRequest(socket) {
    let got = '';
    let began = performance.now();
    let acceptedBefore = this.accepted.length;
    let first = true;
    socket.setEncoding('latin1').on('data', (text) => {
      got += text;
      const headEnd = got.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(got)[1]);
      if (got.length < headEnd + 4 + length) return;
      if (first) this.#waiting -= 1;
      first = false;
      this.#record(Number(got.slice(9, 12)), got, performance.now() - began, this.accepted.length - acceptedBefore);
      got = '';
      if (this.#running) {
        began = performance.now();
        acceptedBefore = this.accepted.length;
        socket.write(this.#request);
      }
    });
    socket.write(this.#request);
  }

  #record(status, refusal, millis, overtakings) {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (status === 200) {
      this.accepted.push(millis);
      this.overtakings.push(overtakings);
    } else this.refusals.set(refusal, (this.refusals.get(refusal) ?? 0) + 1);
  }

  /** Closes all connections. */
  end() {
    this.#running = false;
    for (const socket of this.#sockets) socket.destroy();
    this.accepted.sort((a, b) => a - b);
    this.overtakings.sort((a, b) => a - b);
    return this;
  }

  /** The quantile of `accepted` or `overtakings`: the value that this share does not exceed. */
  static quantile(sorted, share) {
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  }
}
