'use strict';

const { spawn } = require('node:child_process');
const { launchCommand } = require('./command.js');
const { Queue } = require('./queue.js');
const { request } = require('./request.js');

/** Absent from some contexts of Node 20, such as those of Jest. */
const ASYNC_DISPOSE = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

const START_TIMEOUT_MILLIS = 60_000;
const STOP_TIMEOUT_MILLIS = 10_000;

/** Starts a server of its own: in memory, on a free port. See index.d.ts. */
async function startSluice(options = {}) {
  const launched = launch(options);
  try {
    return new Sluice(launched, await ready(launched, options.startTimeoutMillis ?? START_TIMEOUT_MILLIS));
  } catch (error) {
    launched.child.kill('SIGKILL');
    await launched.exited;
    throw error;
  }
}

function launch(options) {
  const [command, ...first] = launchCommand(options);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_')));
  // Java reads names of files in the character set of the locale, which many containers lack.
  if (process.platform === 'linux') env.LC_ALL = 'C.UTF-8';
  const child = spawn(command, [...first, 'dev', '--json', '--stop-at-eof', ...flags(options)], {
    cwd: options.cwd ?? process.cwd(),
    env: { ...env, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const launched = { child, stdout: '', stderr: '', failure: undefined };
  // A server that has ended closes its end of the pipe.
  child.stdin.on('error', () => {});
  child.stdout.setEncoding('utf8').on('data', (text) => (launched.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => {
    launched.stderr = (launched.stderr + text).slice(-100_000);
    options.onLog?.(text);
  });
  launched.exited = new Promise((resolve) => {
    child.once('error', (error) => resolve({ error }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return launched;
}

function flags({ port = 0, queues = [], wrangler, environmentName, worker, workerKey, data, token, accountId, settings = {}, onLog }) {
  const result = ['--port', String(port)];
  const option = (name, value) => {
    if (value !== undefined) result.push(name, String(value));
  };
  if (wrangler === true) result.push('--wrangler');
  else if (wrangler) result.push(`--wrangler=${wrangler}`);
  option('--env', environmentName);
  option('--worker', worker);
  option('--worker-key', workerKey);
  option('--data', data);
  option('--token', token);
  option('--account', accountId);
  if (onLog) result.push('--verbose');
  if (queues.length > 0) result.push('--set', `queues=${JSON.stringify(queues.map(declaration))}`);
  for (const [key, value] of Object.entries(settings)) {
    result.push('--set', `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`);
  }
  return result;
}

/** A queue as the configuration key `queues` declares it. */
function declaration(queue) {
  const declared = typeof queue === 'string' ? { name: queue } : queue;
  return {
    name: declared.name,
    settings: { delivery_delay: declared.deliveryDelaySeconds, message_retention_period: declared.retentionSeconds },
    consumer: {
      type: 'http_pull',
      dead_letter_queue: declared.deadLetterQueue,
      settings: {
        batch_size: declared.batchSize,
        max_retries: declared.maxRetries,
        retry_delay: declared.retryDelaySeconds,
        visibility_timeout_ms: declared.visibilityTimeoutMillis,
      },
    },
  };
}

/** Waits for the ready line, which is the only line on standard output. */
async function ready(launched, timeoutMillis) {
  let timer;
  const line = new Promise((resolve) => {
    const look = () => {
      if (launched.stdout.includes('\n')) resolve(launched.stdout);
    };
    launched.child.stdout.on('data', look);
    look();
  });
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMillis);
  });
  try {
    const first = await Promise.race([line, late, launched.exited]);
    if (typeof first === 'string') return JSON.parse(first);
    if (first === undefined) throw new Error(`Sluice was not ready within ${timeoutMillis} ms${said(launched)}`);
    if (first.error?.code === 'ENOENT') {
      throw new Error(`${first.error.path} was not found. Sluice needs Java 17 or newer, or the npm package sluice.`);
    }
    throw first.error ?? new Error(`Sluice did not start: it ended with ${first.signal ?? first.code}${said(launched)}`);
  } finally {
    clearTimeout(timer);
  }
}

const said = ({ stderr }) => (stderr.trim() ? `: ${stderr.trim()}` : '');

/** A running server. */
class Sluice {
  #launched;
  #stopping;

  constructor(launched, info) {
    this.#launched = launched;
    this.url = info.url;
    this.baseURL = info.baseURL;
    this.port = info.port;
    this.managementPort = info.managementPort;
    this.accountId = info.accountId;
    this.token = info.token;
    this.pid = info.pid;
    this.env = {
      CLOUDFLARE_BASE_URL: info.baseURL,
      CLOUDFLARE_API_BASE_URL: info.baseURL,
      CLOUDFLARE_ACCOUNT_ID: info.accountId,
      CLOUDFLARE_API_TOKEN: info.token,
    };
    this.queues = Object.fromEntries(info.queues.map(({ name, id }) => [name, id]));
    // A test run that forgets to stop the server can still end. The server sees the end of its input, and ends too.
    const { child } = launched;
    for (const handle of [child, child.stdin, child.stdout, child.stderr]) handle.unref();
  }

  /** What the server logged last, 100,000 characters at most. */
  get log() {
    return this.#launched.stderr;
  }

  queue(name) {
    const id = this.queues[name];
    if (id === undefined) {
      throw new Error(`there is no queue '${name}'; the server was started with ${Object.keys(this.queues).join(', ') || 'none'}`);
    }
    return new Queue(this, name, id);
  }

  async reset() {
    await request(this, 'POST', `${this.url}/sluice/v1/accounts/${this.accountId}/reset`);
  }

  stop() {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop() {
    const { child, exited } = this.#launched;
    for (const handle of [child, child.stdin, child.stdout, child.stderr]) handle.ref();
    child.stdin.end();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      kill(this.pid);
      child.kill('SIGKILL');
    }, STOP_TIMEOUT_MILLIS);
    await exited;
    clearTimeout(timer);
    if (late) throw new Error(`Sluice did not stop within ${STOP_TIMEOUT_MILLIS} ms and was killed${said(this.#launched)}`);
  }

  async [ASYNC_DISPOSE]() {
    await this.stop();
  }
}

/** The server itself, if a launcher stands between. */
function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

module.exports = { startSluice };
