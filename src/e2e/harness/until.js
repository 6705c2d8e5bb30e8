/**
 * The one limit for everything that a test waits for: many times what the slowest takes on a machine that is busy with other things,
 * so that only what never happens fails.
 */
export const LIMIT_MILLIS = 5 * 60_000;

/** Asks again and again until `condition` answers something truthy, and answers that; fails after `within` milliseconds. */
export async function until(what, condition, { within = LIMIT_MILLIS, every = 20 } = {}) {
  const end = performance.now() + within;
  let last;
  while (performance.now() < end) {
    try {
      const answer = await condition();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, every));
  }
  const detail = last instanceof Error ? last.stack : JSON.stringify(last);
  throw new Error(`not within ${within} ms: ${what} (last answer: ${detail})`);
}

/** The result of a promise, or a failure after `within` milliseconds. */
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
