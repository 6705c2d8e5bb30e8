import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTime } from './until.js';

const here = path.dirname(fileURLToPath(import.meta.url));

/** The fat jar under test. */
export const jar = path.resolve(process.env.SLUICE_JAR ?? path.join(here, '../../../target/sluice.jar'));

/** The java that runs it. */
const java = process.env.SLUICE_JAVA ?? 'java';

const running = new Set();
const directories = [];

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  for (const directory of directories) rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/** A directory that goes with this process. */
export function temporaryDirectory() {
  const directory = mkdtempSync(path.join(tmpdir(), 'sluice-e2e-'));
  directories.push(directory);
  return directory;
}

/**
 * A child that never outlives this process. `exited` answers {code, signal}; `stdout` and `stderr` hold all that it wrote.
 */
export function launch(command, args, options) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
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

/** Runs to the end and answers {code, signal, stdout, stderr}. */
export async function run(command, args, { within = 60_000, ...options } = {}) {
  const self = launch(command, args, options);
  try {
    const end = await inTime(`${path.basename(command)} ${args.join(' ')} ends`, self.exited, within);
    return { ...end, stdout: self.stdout, stderr: self.stderr };
  } finally {
    self.child.kill('SIGKILL');
  }
}

/** The environment of a server: this one's, without what would configure it. */
function environment(settings) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_')));
  for (const [key, value] of Object.entries(settings)) {
    env[`SLUICE_${key.toUpperCase().replaceAll('.', '_')}`] = String(value);
  }
  return env;
}

/** Starts the jar with settings given as environment variables, and others as they are; answers at once. */
export function launchServer({ settings = {}, variables = {}, args = [], javaOptions = [], cwd, command = 'serve' }) {
  if (!existsSync(jar)) throw new Error(`there is no ${jar}: build it first, or name another one in SLUICE_JAR`);
  return launch(java, [...javaOptions, '-jar', jar, command, ...args], { cwd, env: { ...environment(settings), ...variables } });
}
