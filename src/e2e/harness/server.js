import assert from 'node:assert/strict';
import path from 'node:path';
import { launchServer, temporaryDirectory } from './process.js';
import { inTime } from './until.js';

const READY = /^sluice ready on (https?):\/\/(\S+):(\d+) in (\d+) ms$/m;
const SUSPICIOUS = /\b(ERROR|SEVERE|FATAL)\b|\b\w+(Exception|Error)\b|^\s+at [\w.$/]+\(/;

/** The token that every server of these tests takes unless told otherwise. */
export const TOKEN = 'e2e-token-that-may-do-everything';

/** One server and its directory: started, killed, started again, stopped. */
export class Server {
  #process;
  #options;
  #stderr = '';

  /**
   * @param settings configuration by dotted key
   * @param variables environment variables that are no settings
   * @param directory where to keep data; a temporary one if absent
   * @param expectedLog regular expressions of log lines that look like failures and are none
   */
  constructor({ settings = {}, variables = {}, directory, javaOptions = [], args = [], expectedLog = [] } = {}) {
    this.#options = { settings, variables, javaOptions, args, expectedLog };
    this.directory = directory;
  }

  /** A started server that is killed when the test is over, however it ends. */
  static async during(context, options) {
    const server = new Server(options);
    context.after(() => server.kill());
    return server.start();
  }

  async start({ within = 30_000 } = {}) {
    if (!this.directory) {
      this.home = temporaryDirectory();
      this.directory = path.join(this.home, 'data');
    }
    const { settings, variables, javaOptions, args } = this.#options;
    const launched = performance.now();
    this.#process = launchServer({
      cwd: this.home ?? path.dirname(this.directory),
      javaOptions,
      args,
      variables,
      settings: {
        'http.port': 0,
        'management.port': 0,
        'storage.directory': this.directory,
        ...('auth.token' in settings || args.includes('--config') ? {} : { 'auth.token': TOKEN }),
        ...settings,
      },
    });
    try {
      const [, scheme, host, port, millis] = await inTime('the ready line', this.#ready(), within);
      Object.assign(this, { host, port: Number(port), origin: `${scheme}://${host}:${port}`, readyMillis: Number(millis) });
    } catch (error) {
      await this.kill();
      throw error;
    }
    this.launchMillis = performance.now() - launched;
    return this;
  }

  #ready() {
    const launched = this.#process;
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = READY.exec(launched.stdout);
        if (found) {
          launched.child.stdout.off('data', look);
          resolve(found);
        }
      };
      launched.child.stdout.on('data', look);
      launched.exited.then(
        ({ code, signal }) =>
          reject(new Error(`the server ended with ${signal ?? code} before it was ready:\n${launched.stderr}`)),
        reject,
      );
    });
  }

  /** Base URL as clients want it. */
  get baseUrl() {
    return `${this.origin}/client/v4`;
  }

  /** Only if the settings fix it. */
  get managementPort() {
    return this.#options.settings['management.port'];
  }

  get pid() {
    return this.#process.pid;
  }

  get stdout() {
    return this.#process.stdout;
  }

  /** Everything that all runs of this server wrote to standard error. */
  get log() {
    return this.#stderr + (this.#process?.stderr ?? '');
  }

  /** Sends a signal and waits for the end: {code, signal}. */
  async end(signal, within = 20_000) {
    const ending = this.#process;
    if (!ending) return undefined;
    ending.child.kill(signal);
    try {
      return await inTime(`the server ends after ${signal}`, ending.exited, within);
    } catch (error) {
      ending.child.kill('SIGKILL');
      throw error;
    } finally {
      this.#stderr += ending.stderr;
      this.#process = undefined;
    }
  }

  /** Kills it as a power switch would, without warning. */
  kill() {
    return this.end('SIGKILL');
  }

  /** Stops it as an operator would, and checks that it ended well and that its log is clean. */
  async stop() {
    if (this.#process) assert.deepEqual(await this.end('SIGTERM'), { code: 0, signal: null }, 'the end after SIGTERM');
    this.assertCleanLog();
  }

  assertCleanLog() {
    const lines = this.log
      .split('\n')
      .filter((line) => SUSPICIOUS.test(line) && !this.#options.expectedLog.some((known) => known.test(line)));
    assert.deepEqual(lines, [], 'failures in the log of the server');
  }
}
