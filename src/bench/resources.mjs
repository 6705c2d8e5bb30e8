import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { output, pause } from './processes.mjs';

const jcmd = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin/jcmd') : 'jcmd';
const MIB = 1024;

function statusKiB(pid, field) {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

/** Memory of a server in MiB: live heap, resident memory and peak resident memory. */
export function memory(pid) {
  const rss = statusKiB(pid, 'VmRSS') / MIB;
  const rssPeak = statusKiB(pid, 'VmHWM') / MIB;
  output(jcmd, [String(pid), 'GC.run']);
  const lines = output(jcmd, [String(pid), 'GC.heap_info']).split('\n').filter((line) => !/Metaspace|class space/.test(line));
  const heap = lines.map((line) => Number(/total \d+K, used (\d+)K/.exec(line)?.[1] ?? 0)).reduce((a, b) => a + b, 0) / MIB;
  return { heap, rss, rssPeak };
}

/** Processor time of a process or a thread so far, in seconds. Its name may contain any character. */
function processorSeconds(stat) {
  const text = readFileSync(stat, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / Number(output('getconf', ['CLK_TCK'], '100'));
}

/** Processor time of a process so far, in milliseconds. */
export const processorMillis = (pid) => processorSeconds(`/proc/${pid}/stat`) * 1000;

/** Processor usage of an idle server, in percent of a core. */
export async function idlePercent(pid, seconds = 20) {
  const before = processorSeconds(`/proc/${pid}/stat`);
  await pause(seconds * 1000);
  return ((processorSeconds(`/proc/${pid}/stat`) - before) / seconds) * 100;
}

/** Processor time of a JVM's compilers so far, in seconds; 0 for other processes. */
export function compilerSeconds(pid) {
  const tasks = readdirSync(`/proc/${pid}/task`).map((task) => `/proc/${pid}/task/${task}`);
  const compilers = tasks.filter((task) => /^C[12] Compiler/.test(readFileSync(`${task}/comm`, 'utf8')));
  return compilers.reduce((sum, task) => sum + processorSeconds(`${task}/stat`), 0);
}
