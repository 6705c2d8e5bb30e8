import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { CrashRun } from '../crash/run.js';

const ROUNDS = 20;

test(`${ROUNDS} times killed under load, the server keeps every promise of an answer`, {
  timeout: 60_000 + ROUNDS * 30_000,
}, async (context) => {
  const seed = String(randomInt(2 ** 32));
  context.diagnostic(`seed ${seed}`);
  const tally = await new CrashRun({ seed }).rounds(ROUNDS);
  context.diagnostic(`${ROUNDS} rounds, no violation: ${tally}`);
});
