import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { repository } from '../harness/clients.js';
import { launch } from '../harness/process.js';
import { python, pythonObstacle } from '../harness/python.js';
import { requirement } from '../harness/requirement.js';
import { TOKEN } from '../harness/server.js';
import { Suite } from '../harness/suite.js';
import { inTime } from '../harness/until.js';

// schemathesis sends what the contract allows and what it does not, to every operation. SLUICE_FUZZ_SECONDS lengthens the
// random part (make e2e-fuzz).

const SECONDS = Number(process.env.SLUICE_FUZZ_SECONDS ?? 30);
const LIMIT_MILLIS = SECONDS * 1000 + 30 * 60_000;
const CHECKS = 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance';
const suite = await Suite.open();

test('no request that schemathesis makes of the contract gets a 5xx or a response outside the contract', requirement(await pythonObstacle()), async () => {
  const schemathesis = path.join(path.dirname(await python('fuzz')), 'schemathesis');
  const args = ['run', path.join(repository, 'openapi/queues.yaml'), '--url', suite.baseUrl, '--header', `Authorization: Bearer ${TOKEN}`];
  const what = ['--checks', CHECKS, '--phases', 'examples,coverage,fuzzing', '--suppress-health-check', 'all'];
  const bounds = ['--max-examples', '10', '--max-time', String(SECONDS), '--seed', '1', '--generation-database', 'none', '--no-color'];
  const run = launch(schemathesis, [...args, ...what, ...bounds]);
  const { code } = await inTime('schemathesis ends', run.exited, LIMIT_MILLIS);
  assert.equal(code, 0, `${run.stdout}\n${run.stderr}`);
});

test('every response conforms to the contract; other methods than those of the contract have no operation there', async () => {
  await suite.proxy.stop();
  assert.deepEqual(suite.proxy.differences.filter((difference) => !difference.includes(': no operation for ')), []);
  await suite.server.stop();
});
