import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project directory. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** The directory of temporary files, on the project's disk, because the system's directory may be in memory. */
const scratchRoot = path.join(root, 'target/bench/scratch');

const running = new Set();
const scratches = new Set();

/** Ends all remaining processes and removes their files. */
export function cleanUp() {
  for (const { child } of running) child.kill('SIGKILL');
  for (const directory of scratches) rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

process.on('exit', cleanUp);
for (const [signal, number] of [['SIGINT', 2], ['SIGTERM', 15], ['SIGHUP', 1]]) {
  process.once(signal, () => process.exit(128 + number));
}

/** Creates an empty directory that is removed when this process ends. */
export function scratch(stem) {
  mkdirSync(scratchRoot, { recursive: true });
  const directory = mkdtempSync(path.join(scratchRoot, `${stem}-`));
  scratches.add(directory);
  return directory;
}

/** Removes such a directory now. */
export function removeScratch(directory) {
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  scratches.delete(directory);
}

/** The command pinned to one core; not pinned if it is null. */
function pinned(core, command, args) {
  return core === null ? [command, args] : ['taskset', ['-c', String(core), command, ...args]];
}

/** Starts a process on a core. `text` is its output; `exited` resolves to its exit code. */
export function start(core, command, args, options = {}) {
  const child = spawn(...pinned(core, command, args), { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const self = { child, pid: child.pid, text: '', command: path.basename(command) };
  running.add(self);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      self.text += text;
    });
  }
  self.exited = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal));
  }).finally(() => running.delete(self));
  self.exited.catch(() => {});
  return self;
}

/** Runs a command with a time limit; returns its output. */
export async function run(core, command, args, { within = 60_000, ...options } = {}) {
  const self = start(core, command, args, options);
  const timer = setTimeout(() => self.child.kill('SIGKILL'), within);
  try {
    const code = await self.exited;
    if (code !== 0) throw new Error(`${self.command} ended with ${code}:\n${self.text.slice(-3000)}`);
    return self.text;
  } finally {
    clearTimeout(timer);
  }
}

/** Ends a process with SIGTERM, and with SIGKILL after a while. */
export async function stop(self, { signal = 'SIGTERM', within = 15_000 } = {}) {
  self.child.kill(signal);
  const timer = setTimeout(() => self.child.kill('SIGKILL'), within);
  await self.exited.catch(() => {});
  clearTimeout(timer);
}

/** Waits for the first match of a pattern in the output of a process. */
export async function awaitLine(self, pattern, within = 60_000) {
  const end = performance.now() + within;
  let ended = false;
  self.exited.then(() => (ended = true), () => (ended = true));
  while (performance.now() < end) {
    const found = pattern.exec(self.text);
    if (found) return found;
    if (ended) break;
    await pause(20);
  }
  throw new Error(`${self.command} did not say ${pattern}:\n${self.text.slice(-3000)}`);
}

/** Waits for this time. */
export const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/** The output of a command, or a default if it cannot be run. */
export function output(command, args, otherwise = '') {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], cwd: root }).trim();
  } catch {
    return otherwise;
  }
}
