import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../harness/process.js';
import { TOKEN } from '../harness/server.js';
import { ACCOUNT, Suite } from '../harness/suite.js';
import { Wrangler } from '../harness/wrangler.js';

const SECOND = 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb';
const EMAIL = 'ops@example.com';
const KEY = 'the-global-key';
const sha256 = (token) => createHash('sha256').update(token).digest('hex');
const directory = temporaryDirectory();
const config = path.join(directory, 'sluice.yaml');
await writeFile(
  config,
  `auth:
  email: ${EMAIL}
  key: ${KEY}
  tokens:
    - { name: one, sha256: ${sha256(TOKEN)}, accounts: ["${ACCOUNT}"], access: write }
    - { name: two, sha256: ${sha256('two-accounts')}, accounts: ["${ACCOUNT}", "${SECOND}"], access: write }
    - { name: reader, sha256: ${sha256('reads-only')}, accounts: ["${ACCOUNT}"], access: read }
`,
);
const suite = await Suite.open({ args: ['--config', config] });
const wrangler = new Wrangler(suite.baseUrl);
const queues = (args, environment) => wrangler.run(['queues', ...args], environment);
const NO_ACCOUNT = { CLOUDFLARE_ACCOUNT_ID: null };

test('with a token and an account id, wrangler calls the queues and nothing else', async () => {
  const before = suite.proxy.requests.length;
  await wrangler.queues('create', 'orders');
  await wrangler.queues('info', 'orders');
  assert.deepEqual(suite.proxy.requests.slice(before), [
    `POST /client/v4/accounts/${ACCOUNT}/queues`,
    `GET /client/v4/accounts/${ACCOUNT}/queues?page=1&name=orders`,
  ]);
});

test('without an account id, wrangler finds the only account of the token', async () => {
  const { code, stdout, output } = await queues(['info', 'orders'], NO_ACCOUNT);
  assert.equal(code, 0, output);
  assert.match(stdout, /^Queue Name: orders$/m);
  assert.ok(suite.proxy.requests.some((request) => request.startsWith('GET /client/v4/accounts?')));
  assert.ok(suite.proxy.requests.some((request) => request.startsWith('GET /client/v4/memberships?')));
});

test('without an account id and with two accounts, wrangler lists both and asks to choose', async () => {
  // Another home directory: wrangler remembers an account that it has found once.
  const another = new Wrangler(suite.baseUrl, { ...NO_ACCOUNT, CLOUDFLARE_API_TOKEN: 'two-accounts' });
  const { code, output } = await another.run(['queues', 'list']);
  assert.notEqual(code, 0, output);
  assert.match(output, /More than one account available/);
  assert.ok(output.includes(ACCOUNT) && output.includes(SECOND), output);
});

test('a bad token shows the text of the server and no second stack of errors', async () => {
  const { code, output } = await queues(['list'], { CLOUDFLARE_API_TOKEN: 'bad-token' });
  assert.notEqual(code, 0, output);
  assert.match(output, /A request to the Cloudflare API \(.*\/queues\) failed/);
  assert.match(output, /Authentication error.*\[code: 10000\]/s);
  assert.doesNotMatch(output, /malformed response|Unexpected token|TypeError/i);
});

test('a token for reading lists, and is refused a change with the text of the server', async () => {
  const reader = { CLOUDFLARE_API_TOKEN: 'reads-only' };
  const listed = await queues(['list'], reader);
  assert.equal(listed.code, 0, listed.output);
  const refused = await queues(['create', 'more'], reader);
  assert.notEqual(refused.code, 0);
  assert.match(refused.output, /\[code: 10000\]/);
});

test('email and key take the place of the token', async () => {
  const { code, stdout, output } = await queues(['info', 'orders'], {
    CLOUDFLARE_API_TOKEN: null,
    CLOUDFLARE_EMAIL: EMAIL,
    CLOUDFLARE_API_KEY: KEY,
  });
  assert.equal(code, 0, output);
  assert.match(stdout, /^Queue Name: orders$/m);
});

test('wrangler whoami knows the token and its account', async () => {
  const { code, output } = await wrangler.run(['whoami']);
  assert.equal(code, 0, output);
  assert.ok(output.includes(ACCOUNT), output);
});

test('a base URL with a trailing slash works', async () => {
  const { code, output } = await queues(['info', 'orders'], { CLOUDFLARE_API_BASE_URL: `${suite.baseUrl}/` });
  assert.equal(code, 0, output);
});

suite.endsWell();
