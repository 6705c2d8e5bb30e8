import http from 'node:http';

/**
 * A proxy between client and server that forwards everything unchanged and validates each response against the
 * contract. `differences` collects violations; `seen` the operations that had a response, with their statuses.
 */
export class ContractProxy {
  differences = [];
  seen = new Map();
  requests = [];
  #contract;
  #target;
  #server;
  #intercept;
  #agent = new http.Agent({ keepAlive: true });

  /**
   * @param intercept returns the response to a request in place of the server's, {status, headers, body, isOfContract};
   *   undefined for the server's; null for none
   */
  constructor(contract, target, intercept = () => undefined) {
    this.#contract = contract;
    this.#target = target;
    this.#intercept = intercept;
  }

  async start() {
    // Without a limit for idle connections: one that closes as a client sends would be a fault that no case asked for.
    this.#server = http.createServer({ keepAliveTimeout: 0 }, (request, response) => this.#forward(request, response));
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${this.#server.address().port}`;
    this.baseUrl = `${this.origin}/client/v4`;
    return this;
  }

  async stop() {
    this.#agent.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #forward(request, response) {
    const { method, url, rawHeaders } = request;
    const made = this.#intercept(request);
    if (made !== undefined) {
      request.resume();
      if (made === null) return;
      if (made.isOfContract) this.check(method, url, made.status, made.headers, made.body);
      request.once('end', () => response.writeHead(made.status, made.headers).end(made.body));
      return;
    }
    this.requests.push(`${method} ${url}`);
    const options = { agent: this.#agent, host: this.#target.host, port: this.#target.port, method, path: url };
    const onward = http.request({ ...options, headers: rawHeaders, setHost: false }, (upstream) => {
      const chunks = [];
      upstream.on('data', (chunk) => chunks.push(chunk));
      upstream.on('error', () => response.destroy());
      upstream.on('end', () => {
        const body = Buffer.concat(chunks);
        this.check(method, url, upstream.statusCode, upstream.headers, body);
        response.writeHead(upstream.statusCode, upstream.statusMessage, upstream.rawHeaders);
        response.end(body);
      });
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }

  /** Validates one response against the contract. */
  check(method, target, status, headers, body) {
    const found = this.#contract.differences(method, target, status, headers, body.toString('utf8'));
    this.differences.push(...found.map((difference) => `${method} ${target}: ${difference}`));
    const id = this.#contract.find(method, target)?.operation.operationId;
    if (id) this.seen.set(id, (this.seen.get(id) ?? new Set()).add(status));
  }
}
