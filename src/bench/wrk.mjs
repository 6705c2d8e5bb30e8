import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadavg } from 'node:os';
import { LOAD_CORE } from './contenders.mjs';
import { root, run, scratch } from './processes.mjs';

const scripts = path.join(root, 'src/bench/wrk');
const generated = scratch('wrk');
let count = 0;

/** A JavaScript value as Lua text. */
function lua(value) {
  if (Array.isArray(value)) return `{${value.map(lua).join(',\n')}}`;
  if (typeof value === 'object') return `{${Object.entries(value).map(([key, each]) => `["${key}"]=${lua(each)}`).join(',')}}`;
  if (typeof value === 'number') return String(value);
  const bytes = [...Buffer.from(value)].map((byte) =>
    byte >= 32 && byte < 127 && byte !== 34 && byte !== 92 ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`);
  return `"${bytes.join('')}"`;
}

/** Builds a script from the requests and the parts that send them. */
function compose(globals, parts) {
  const data = Object.entries(globals).map(([name, value]) => `${name} = ${lua(value)}\n`);
  const file = path.join(generated, `${++count}.lua`);
  writeFileSync(file, [...data, ...parts.map((part) => readFileSync(path.join(scripts, part), 'utf8'))].join('\n'));
  return file;
}

/** The script that sends these requests in rotation. */
export const requestsScript = ({ headers, requests }) =>
  compose({ HEADERS: headers, REQUESTS: requests }, ['requests.lua', 'result.lua']);

/** The script that pushes, pulls and acknowledges messages. */
export const cycleScript = ({ dialect, taken, headers, push, pull, ackPath }) =>
  compose({ TAKEN: taken, HEADERS: headers, PUSH: push, PULL: pull, ACK_PATH: ackPath }, [dialect, 'cycle.lua', 'result.lua']);

/** Runs wrk on the other core; fails if a single response is not a success. */
export async function wrk(origin, script, { connections, seconds }) {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, origin];
  const text = await run(LOAD_CORE, 'wrk', args, { within: (seconds + 60) * 1000 });
  const result = JSON.parse(/^RESULT (.*)$/m.exec(text)?.[1] ?? 'null');
  if (!result) throw new Error(`wrk said nothing:\n${text}`);
  const { connect, read, write, status, timeout, wrong } = result;
  if (connect + read + write + status + timeout + wrong > 0 || result.requests === 0) {
    throw new Error(`not every response was a success: ${JSON.stringify(result)}`);
  }
  return { ...result, load: Number(loadavg()[0].toFixed(2)) };
}
