/**
 * Test options for a requirement on the machine: the test is skipped for the given reason, and runs if there is none.
 * With CI=true in the environment the test fails instead of being skipped.
 */
export function requirement(obstacle) {
  if (obstacle && process.env.CI === 'true') throw new Error(`in CI nothing is skipped: ${obstacle}`);
  return { skip: obstacle };
}
