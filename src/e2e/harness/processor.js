import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The clock tick of /proc, in milliseconds. */
const TICK_MILLIS = 1_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Processor time of a process so far, in milliseconds; independent of waiting for a core. */
export function processorMillis(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MILLIS;
}
