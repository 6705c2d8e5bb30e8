import Cloudflare from 'cloudflare';
import { launchServer, temporaryDirectory } from './process.js';
import { inTime, until } from './until.js';

/** The documented token and account of development servers. */
export const DEV_TOKEN = 'sluice-dev-token';
export const DEV_ACCOUNT = '00000000000000000000000000000de0';

/** A process of `sluice dev` that is killed at the end of the test. */
export class DevServer {
  #launched;

  constructor(context, args, { cwd = temporaryDirectory(), stdin = 'ignore' } = {}) {
    this.#launched = launchServer({ command: 'dev', args, cwd, stdin });
    this.exited = this.#launched.exited;
    context.after(async () => {
      this.child.kill('SIGKILL');
      await this.exited;
    });
  }

  /** Starts one, on a free port if none is given, and waits for its ready line. */
  static async start(context, args, { port = 0, ...options } = {}) {
    const server = new DevServer(context, ['--json', '--port', String(port), ...args], options);
    await until('the ready line', () => server.stdout.includes('\n') || server.child.exitCode !== null);
    if (server.child.exitCode !== null) throw new Error(`ended before it was ready: ${server.stderr}`);
    server.info = JSON.parse(server.stdout);
    server.sdk = new Cloudflare({ baseURL: server.info.baseURL, apiToken: server.info.token, maxRetries: 0 });
    return server;
  }

  get child() {
    return this.#launched.child;
  }

  get stdout() {
    return this.#launched.stdout;
  }

  get stderr() {
    return this.#launched.stderr;
  }

  /** Resolves to {code, signal} when the process has ended. */
  end() {
    return inTime('the end of the server', this.exited);
  }

  queueId(name) {
    return this.info.queues.find((queue) => queue.name === name).id;
  }

  push(name, body, content_type = 'json') {
    return this.sdk.queues.messages.push(this.queueId(name), { account_id: DEV_ACCOUNT, body, content_type });
  }

  async pull(name) {
    const { messages } = await this.sdk.queues.messages.pull(this.queueId(name), { account_id: DEV_ACCOUNT, batch_size: 10 });
    return messages;
  }

  ack(name, entries) {
    return this.sdk.queues.messages.ack(this.queueId(name), { account_id: DEV_ACCOUNT, ...entries });
  }

  async backlog(name) {
    const { backlog_count } = await this.sdk.queues.getMetrics(this.queueId(name), { account_id: DEV_ACCOUNT });
    return backlog_count;
  }
}
