/**
 * What a test needs of the machine, for its options: it is skipped for the reason given, or runs if there is none. With CI=true in the
 * environment nothing is skipped: there the test fails.
 */
export function requirement(obstacle) {
  if (obstacle && process.env.CI === 'true') throw new Error(`in CI nothing is skipped: ${obstacle}`);
  return { skip: obstacle };
}
