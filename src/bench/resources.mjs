import { readFileSync } from 'node:fs';
import path from 'node:path';
import { output, pause } from './processes.mjs';

const jcmd = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin/jcmd') : 'jcmd';
const MIB = 1024;

function statusKiB(pid, field) {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

/** Memory of a server in MiB: what is live on its heap, what it has of the machine, the most it ever had. */
export function memory(pid) {
  const rss = statusKiB(pid, 'VmRSS') / MIB;
  const rssPeak = statusKiB(pid, 'VmHWM') / MIB;
  output(jcmd, [String(pid), 'GC.run']);
  const lines = output(jcmd, [String(pid), 'GC.heap_info']).split('\n').filter((line) => !/Metaspace|class space/.test(line));
  const heap = lines.map((line) => Number(/total \d+K, used (\d+)K/.exec(line)?.[1] ?? 0)).reduce((a, b) => a + b, 0) / MIB;
  return { heap, rss, rssPeak };
}

/** How much of a core a process takes while nobody asks anything of it, in percent. */
export async function idlePercent(pid, seconds = 20) {
  const ticks = () => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
    return Number(fields[11]) + Number(fields[12]);
  };
  const perSecond = Number(output('getconf', ['CLK_TCK'], '100'));
  const before = ticks();
  await pause(seconds * 1000);
  return ((ticks() - before) / perSecond / seconds) * 100;
}
