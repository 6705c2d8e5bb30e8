import assert from 'node:assert/strict';
import path from 'node:path';
import { launchServer, temporaryDirectory } from './process.js';
import { inTime } from './until.js';

const READY = /^sluice ready on (https?):\/\/(\S+):(\d+) in (\d+) ms$/m;
const SUSPICIOUS = /\b(ERROR|SEVERE|FATAL)\b|\b\w+(Exception|Error)\b|^\s+at [\w.$/]+\(/;

/** The default token of the servers of these tests. */
export const TOKEN = 'e2e-token-that-may-do-everything';

/** One server and its directory, with methods to start, kill and stop it. */
export class Server {
  #process;
  #options;
  #stderr = '';

  /**
   * @param settings configuration by dotted key; undefined leaves a key to the configuration file
   * @param directory data directory; a temporary one by default
   * @param processOf finds the process of the server if the program starts it as a process below its own, by pid
   * @param program a command that starts Sluice in another way than java with the jar, with its first arguments
   * @param environment environment variables of the process in addition to the settings
   * @param filesMax limit of open files of the process, including connections
   * @param expectedLog regular expressions of log lines that look like failures but are expected
   */
  constructor(options = {}) {
    const { settings = {}, directory, javaOptions = [], program, args = [], environment = {}, filesMax, expectedLog = [] } = options;
    const { processOf = (pid) => pid } = options;
    this.#options = { settings, program, processOf, args, environment, filesMax, expectedLog };
    this.javaOptions = javaOptions;
    this.directory = directory;
  }

  /** Starts a server that is killed at the end of the test. */
  static async during(context, options) {
    const server = new Server(options);
    context.after(() => server.kill());
    return server.start();
  }

  async start() {
    if (!this.directory) {
      this.home = temporaryDirectory();
      this.directory = path.join(this.home, 'data');
    }
    const { settings, program, args, environment, filesMax } = this.#options;
    const launched = performance.now();
    this.#process = launchServer({
      cwd: this.home ?? path.dirname(this.directory),
      javaOptions: this.javaOptions,
      program,
      args,
      environment,
      filesMax,
      settings: {
        'http.port': 0,
        'management.port': 0,
        'storage.directory': this.directory,
        ...('auth.token' in settings || args.includes('--config') ? {} : { 'auth.token': TOKEN }),
        ...settings,
      },
    });
    try {
      const [, scheme, host, port, millis] = await inTime('the ready line', this.#ready());
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

  /** The base URL for clients. */
  get baseUrl() {
    return `${this.origin}/client/v4`;
  }

  /** Available only if the settings contain it. */
  get managementPort() {
    return this.#options.settings['management.port'];
  }

  get pid() {
    return this.#options.processOf(this.#process.pid);
  }

  /** Whether it runs: it was started and has not ended by itself. */
  get runs() {
    return this.#process?.child.exitCode === null && this.#process.child.signalCode === null;
  }

  /** Resolves when the process ends for any reason: {code, signal}. */
  get ended() {
    return this.#process.exited.then(({ code, signal }) => ({ code, signal }));
  }

  get stdout() {
    return this.#process.stdout;
  }

  /** The standard error of all runs of this server. */
  get log() {
    return this.#stderr + (this.#process?.stderr ?? '');
  }

  /** Sends a signal and waits for the end: {code, signal}. */
  async end(signal) {
    const ending = this.#process;
    if (!ending) return undefined;
    if (this.runs && this.pid !== ending.pid) process.kill(this.pid, signal);
    else ending.child.kill(signal);
    try {
      return await inTime(`the server ends after ${signal}`, ending.exited);
    } catch (error) {
      ending.child.kill('SIGKILL');
      throw error;
    } finally {
      this.#stderr += ending.stderr;
      this.#process = undefined;
    }
  }

  /** Kills it with SIGKILL. */
  kill() {
    return this.end('SIGKILL');
  }

  /** Stops it with SIGTERM, and checks its exit code and that its log is clean. */
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
