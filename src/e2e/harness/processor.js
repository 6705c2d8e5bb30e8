import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One tick of the clock that /proc counts in. */
const TICK_MILLIS = 1_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Time of a processor that a process has used so far, in milliseconds: its work, however long it had to wait for a core. */
export function processorMillis(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MILLIS;
}
