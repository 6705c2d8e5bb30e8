// Kills a loaded server again and again and checks what its clients saw: node crash.mjs [rounds] [seed]
//
// Ends with 1 at the first round that breaks a promise; the message names the seed and the file with the history.

import { randomInt } from 'node:crypto';
import { CrashRun } from './crash/run.js';

const rounds = Number(process.argv[2] || 200);
const seed = process.argv[3] || String(randomInt(2 ** 32));
console.log(`seed ${seed}`);
try {
  const tally = await new CrashRun({ seed }).rounds(rounds, console.log);
  console.log(`${rounds} rounds, no violation: ${tally}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
