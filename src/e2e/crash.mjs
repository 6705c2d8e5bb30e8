// Kills a loaded server repeatedly and checks the observations of its clients: node crash.mjs [rounds] [seed]
// [NAME=VALUE …]. Half of the rounds are hard: short leases, large escaped bodies, slow clients, small heaps. A NAME=VALUE is an environment variable of the server. Exits with 1 at the first round that violates
// a guarantee; the message names the seed and the file with the history.

import { randomInt } from 'node:crypto';
import { CrashRun } from './crash/run.js';

const [rounds = '200', seed, ...variables] = process.argv.slice(2);
const environment = Object.fromEntries(variables.map((variable) => variable.split(/=(.*)/s, 2)));
const chosen = seed || String(randomInt(2 ** 32));
console.log(`seed ${chosen}`);
try {
  const hardRounds = Math.floor(Number(rounds) / 2);
  for (const [hard, count] of [[false, Number(rounds) - hardRounds], [true, hardRounds]]) {
    if (count === 0) continue;
    const tally = await new CrashRun({ seed: chosen, environment, hard }).rounds(count, console.log);
    console.log(`${count} ${hard ? 'hard ' : ''}rounds, no violation: ${tally}`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
