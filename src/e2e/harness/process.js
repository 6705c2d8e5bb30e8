import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTime } from './until.js';

const here = path.dirname(fileURLToPath(import.meta.url));

/** The fat jar under test. */
export const jar = path.resolve(process.env.SLUICE_JAR ?? path.join(here, '../../../target/sluice.jar'));

/** The java command. */
const java = process.env.SLUICE_JAVA ?? 'java';

const running = new Set();
const directories = [];

process.on('exit', () => {
  for (const child of running) killGroup(child);
  for (const directory of directories) rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/** Creates a directory that is removed when this process ends. */
export function temporaryDirectory() {
  const directory = mkdtempSync(path.join(tmpdir(), 'sluice-e2e-'));
  directories.push(directory);
  return directory;
}

/** Kills a process, and all of its group if it leads one. */
export function killGroup(child) {
  try {
    process.kill(child.leadsGroup ? -child.pid : child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/**
 * A child process that ends with this process at the latest. With the option `detached` it leads a process group, which
 * ends with it. `exited` resolves to {code, signal}; `stdout` and `stderr`
 * are its output.
 */
export function launch(command, args, options) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  child.leadsGroup = options?.detached === true;
  running.add(child);
  const self = { child, pid: child.pid, stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', (text) => {
      self[stream] += text;
    });
  }
  self.exited = new Promise((resolve, reject) => {
    child.once('error', (error) => {
      running.delete(child);
      reject(error);
    });
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
  self.exited.catch(() => {});
  return self;
}

/** Runs a command and returns {code, signal, stdout, stderr}. */
export async function run(command, args, options) {
  const self = launch(command, args, options);
  try {
    const end = await inTime(`${path.basename(command)} ${args.join(' ')} ends`, self.exited);
    return { ...end, stdout: self.stdout, stderr: self.stderr };
  } finally {
    self.child.kill('SIGKILL');
  }
}

/** The environment of a server: that of this process without variables that would configure it, and the given ones. */
function environmentOf(settings, environment) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_')));
  for (const [key, value] of Object.entries(settings)) {
    if (value === undefined) continue;
    env[`SLUICE_${key.toUpperCase().replaceAll('.', '_')}`] = String(value);
  }
  return { ...env, ...environment };
}

/**
 * Starts the jar with settings as environment variables; returns at once.
 *
 * @param program a command that starts Sluice in another way, with its first arguments
 * @param environment environment variables in addition to the settings, such as LD_PRELOAD
 * @param filesMax limit of open files of the process, including connections
 * @param stdin standard input of the process, as for spawn
 */
export function launchServer(options) {
  const { settings = {}, args = [], javaOptions = [], environment = {}, cwd, command = 'serve', filesMax, stdin = 'ignore' } = options;
  const { program = [java, ...javaOptions, '-jar', jar] } = options;
  if (!options.program && !existsSync(jar)) throw new Error(`there is no ${jar}: build it first, or name another one in SLUICE_JAR`);
  const all = [...program, command, ...args];
  const [first, ...rest] = filesMax ? ['sh', '-c', 'ulimit -n "$0" && exec "$@"', String(filesMax), ...all] : all;
  return launch(first, rest, { cwd, env: environmentOf(settings, environment), stdio: [stdin, 'pipe', 'pipe'] });
}
