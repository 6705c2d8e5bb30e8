/**
 * The only time limit of tests: many times longer than the slowest wait on a busy machine, so that only a wait without
 * end fails.
 */
export const LIMIT_MILLIS = 5 * 60_000;

/** Polls until `condition` returns a truthy value, and returns that value; fails after `within` milliseconds. */
export async function until(what, condition, { within = LIMIT_MILLIS, every = 20 } = {}) {
  const end = performance.now() + within;
  let last;
  while (performance.now() < end) {
    try {
      const result = await condition();
      if (result) return result;
      last = result;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, every));
  }
  const detail = last instanceof Error ? last.stack : JSON.stringify(last);
  throw new Error(`not within ${within} ms: ${what} (last result: ${detail})`);
}

/** The result of a promise; fails after `within` milliseconds. */
export async function inTime(what, promise, within = LIMIT_MILLIS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${within} ms: ${what}`)), within);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
