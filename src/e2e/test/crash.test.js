import { test } from 'node:test';
import { CrashRun } from '../crash/run.js';

const ROUNDS = 20;
const HARD_ROUNDS = 10;
/** The same load on every run of the tests; make crash uses another seed each time. */
const SEED = '20251124';

test(`${ROUNDS} times killed under load, the server keeps every guarantee of its responses`, async (context) => {
  context.diagnostic(`seed ${SEED}`);
  const tally = await new CrashRun({ seed: SEED }).rounds(ROUNDS);
  context.diagnostic(`${ROUNDS} rounds, no violation: ${tally}`);
});

test(`${HARD_ROUNDS} times killed with short leases, large bodies, slow clients and small heaps, it keeps them too`, async (context) => {
  context.diagnostic(`seed ${SEED}`);
  const tally = await new CrashRun({ seed: SEED, hard: true }).rounds(HARD_ROUNDS);
  context.diagnostic(`${HARD_ROUNDS} hard rounds, no violation: ${tally}`);
});
