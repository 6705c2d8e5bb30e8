/** Asks again and again until `condition` answers something truthy, and answers that; fails after `within` milliseconds. */
export async function until(what, condition, { within = 15_000, every = 20 } = {}) {
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
export async function inTime(what, promise, within = 15_000) {
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
