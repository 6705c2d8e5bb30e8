import { compilerSeconds, idlePercent } from './resources.mjs';

const SLICE_SECONDS = 3;
const SLICES_MAX = 16;
const COMPILER_SHARE_MAX = 0.03;

const LOOK_SECONDS = 2;
const LOOKS_MAX = 60;
const AT_REST_PERCENT = 5;

/**
 * Runs a load in short intervals until the server's JIT compiler was almost idle in two consecutive ones; returns the
 * duration in seconds. Each interval begins like a measurement: new connections and an emptied server make the JVM
 * recompile code that was optimized for simpler cases. The server should have both cores during this time, because the
 * compiler needs its share.
 */
export async function warmUp(contender, load, { first = SLICE_SECONDS, before = async () => {} } = {}) {
  await load(first);
  let slices = 0;
  for (let quiet = 0; quiet < 2 && slices < SLICES_MAX; slices++) {
    await before();
    const compiled = compilerSeconds(contender.pid);
    await load(SLICE_SECONDS);
    const share = (compilerSeconds(contender.pid) - compiled) / SLICE_SECONDS;
    quiet = share < COMPILER_SHARE_MAX ? quiet + 1 : 0;
  }
  return first + slices * SLICE_SECONDS;
}

/** Waits until an idle server has finished its compactions. */
export async function awaitRest(contender) {
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    if ((await idlePercent(contender.pid, LOOK_SECONDS)) < AT_REST_PERCENT) return;
  }
}
