import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../harness/process.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const linter = path.join(here, '../node_modules/.bin/redocly');
const documents = path.join(here, '../../../openapi');

for (const name of ['queues', 'extensions', 'binding', 'development']) {
  test(`the linter finds nothing in ${name}.yaml`, async () => {
    const args = ['lint', path.join(documents, `${name}.yaml`), '--config', path.join(here, '../redocly.yaml'), '--format', 'json'];
    // It would ask its registry for newer versions otherwise.
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const { code, stdout, stderr } = await run(linter, args, { cwd: here, env });
    assert.equal(code, 0, stderr);
    const { problems } = JSON.parse(stdout.slice(stdout.indexOf('{')));
    assert.deepEqual(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location?.[0]?.pointer}`), []);
  });
}
