import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import workerd from 'workerd';
import { launch, temporaryDirectory } from './process.js';
import { TOKEN } from './server.js';
import { ACCOUNT } from './suite.js';
import { until } from './until.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const packageDirectory = path.join(here, '../../npm/workers');

/** The key of the Workers of these tests. */
export const WORKER_KEY = 'key-of-the-workers-of-these-tests';

/**
 * A new directory with these files, in which `@sluice/workers` is installed.
 *
 * @param files text by name
 * @param from a directory to copy first
 */
export function workerDirectory(files, from) {
  const directory = temporaryDirectory();
  if (from) cpSync(from, directory, { recursive: true });
  mkdirSync(path.join(directory, 'node_modules/@sluice'), { recursive: true });
  symlinkSync(packageDirectory, path.join(directory, 'node_modules/@sluice/workers'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, name), text);
  return directory;
}

/** The path of a file of `@sluice/workers`. */
export const packageFile = (name) => path.join(packageDirectory, 'src', name);

/** The path of a Worker of these tests. */
export const workerFile = (name) => path.join(here, '../workers', name);

/** A declared queue with a Worker as its consumer, for the key `queues`. */
export const workerQueue = (name, script, settings = {}, deadLetterQueue = undefined) => ({
  account: ACCOUNT,
  name,
  consumer: {
    type: 'worker',
    script_name: script,
    ...(deadLetterQueue ? { dead_letter_queue: deadLetterQueue } : {}),
    settings: { max_wait_time_ms: 20, ...settings },
  },
});

/** A declared queue that is pulled. */
export const pullQueue = (name) => ({ account: ACCOUNT, name, consumer: { type: 'http_pull', settings: { batch_size: 100 } } });

/** The settings of a server with these queues and with Workers at these URLs, by script name. */
export const workerSettings = (urls, queues, timeoutMillis = 30_000) => ({
  'auth.token': TOKEN,
  workers: JSON.stringify(
    Object.fromEntries(
      Object.entries(urls).map(([script, url]) => [script, { url, key: WORKER_KEY, timeout_ms: timeoutMillis }]),
    ),
  ),
  queues: JSON.stringify(queues),
});

/** Options of the Miniflare plugin for a queue of a server. */
export const bindingOptions = (server, queue) => ({ url: server.origin, token: TOKEN, accountId: ACCOUNT, queue });

/** A `workerd serve` with a configuration in capnp. */
export class Workerd {
  #process;

  /**
   * Starts it and waits until its sockets are open.
   *
   * @param directory contains config.capnp
   * @param origins resolves when each of them responds
   */
  async start({ directory, origins, environment = {} }) {
    this.#process = launch(workerd.default, ['serve', '--experimental', 'config.capnp'], {
      cwd: directory,
      env: { PATH: process.env.PATH, ...environment },
    });
    await until('workerd responds', async () => {
      if (this.#process.child.exitCode !== null) throw new Error(this.output);
      const responses = await Promise.all(origins.map((origin) => fetch(origin)));
      return Promise.all(responses.map((response) => response.arrayBuffer()));
    });
    return this;
  }

  get output() {
    return `${this.#process.stdout}\n${this.#process.stderr}`;
  }

  /** Kills it with SIGKILL. */
  async kill() {
    this.#process.child.kill('SIGKILL');
    await this.#process.exited;
  }
}

/** All messages of a queue with an http_pull consumer: {contentType, body, attempts}. They are acknowledged. */
export async function drain(server, queueName) {
  const api = `${server.baseUrl}/accounts/${ACCOUNT}/queues`;
  const headers = { authorization: `Bearer ${TOKEN}` };
  const call = async (url, method, body) => {
    const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
    const { success, errors, result } = await response.json();
    if (!success) throw new Error(errors[0].message);
    return result;
  };
  const [{ queue_id: id }] = await call(`${api}?name=${queueName}`, 'GET');
  const drained = [];
  for (;;) {
    const { messages } = await call(`${api}/${id}/messages/pull`, 'POST', { batch_size: 100 });
    if (messages.length === 0) return drained;
    await call(`${api}/${id}/messages/ack`, 'POST', { acks: messages.map(({ lease_id }) => ({ lease_id })) });
    drained.push(...messages.map(({ body, metadata }) => ({ contentType: metadata['CF-Content-Type'], body })));
  }
}

/** Number of messages of a queue that are not acknowledged. */
export async function backlog(server, queueName) {
  const response = await fetch(`${server.origin}/sluice/v1/binding/metrics`, {
    headers: { authorization: `Bearer ${TOKEN}`, 'sluice-account-id': ACCOUNT, 'sluice-queue': queueName },
  });
  return (await response.json()).backlogCount;
}
