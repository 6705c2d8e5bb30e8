// What console and commands do with tokens that stop working, with what has vanished meanwhile, and with hostile names.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { launchBrowser, withoutBrowser } from '../harness/browser.js';
import { ConsoleData } from '../harness/console-data.js';
import { jar } from '../harness/process.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { LIMIT_MILLIS, until } from '../harness/until.js';

const options = withoutBrowser();
const HOSTILE = '<img src=x onerror="window.hacked=1">\u001b[31m\u202e\u0007';

let server, browser, data;

before(async () => {
  server = await new Server().start();
  data = new ConsoleData(server.origin, TOKEN, ACCOUNT);
  if (!options.skip) browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A page that is logged in with that token, at a queue. */
async function open(context, id, token = TOKEN) {
  const page = await browser.newPage();
  context.after(() => page.close());
  page.setDefaultTimeout(LIMIT_MILLIS);
  await page.goto(`${server.origin}/console/`);
  await page.getByLabel('API token').fill(token);
  await page.keyboard.press('Enter');
  await page.locator('header').waitFor();
  await page.goto(`${server.origin}/console/#/queues/${id}`);
  await page.locator('.messages').waitFor();
  return page;
}

/** Runs a command. */
function sluice(args, token = TOKEN, input = '') {
  const env = { ...process.env, CLOUDFLARE_BASE_URL: `${server.origin}/client/v4`, CLOUDFLARE_ACCOUNT_ID: ACCOUNT, CLOUDFLARE_API_TOKEN: token };
  const child = spawn(process.env.SLUICE_JAVA ?? 'java', ['-XX:TieredStopAtLevel=1', '-jar', jar, ...args], { env });
  const result = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) child[stream].setEncoding('utf8').on('data', (text) => (result[stream] += text));
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (status) => resolve({ ...result, status })));
}

const makeToken = (access, more = {}) => data.call('POST', '/sluice/v1/tokens', { name: `bad-${Math.random()}`, accounts: [ACCOUNT], access, ...more });

test('a token that is revoked while the console is open ends in the login', options, async (context) => {
  const id = await data.queue('revoked');
  const { token, id: tokenId } = await makeToken('write');
  const page = await open(context, id, token);
  await data.call('DELETE', `/sluice/v1/tokens/${tokenId}`);
  await page.getByLabel('API token').waitFor();
  assert.match(await page.getByRole('alert').innerText(), /token|log in|Authentication/i);
});

test('wrong, expired and read-only tokens of commands are one line each', async () => {
  await data.queue('refusing');
  const { token: expiring } = await makeToken('write', { expires_in_seconds: 1 });
  const { token: reading } = await makeToken('read');
  await until('the token has expired', async () => (await fetch(`${server.origin}/client/v4/accounts/${ACCOUNT}/queues`, { headers: { authorization: `Bearer ${expiring}` } })).status === 403, { every: 100 });
  for (const [token, args] of [['wrong', ['queues']], [expiring, ['queues']], [reading, ['purge', 'refusing', '--yes']], [reading, ['push', 'refusing']]]) {
    const { status, stdout, stderr } = await sluice(args, token, 'x');
    assert.equal(status, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /^sluice: Authentication error: [^\n]+\n$/);
  }
  assert.equal((await sluice(['peek', 'refusing', '--json'])).stdout, '', 'nothing was pushed');
});

test('a message that is gone between the list and the click moves nothing, and the list follows', options, async (context) => {
  const id = await data.queue('gone', { type: 'http_pull' });
  await data.queue('gone-to');
  await data.push(id, 'soon gone');
  const page = await open(context, id);
  await page.locator('.message .summary').click();
  const { messages: [{ lease_id: leaseId }] } = await data.api('POST', `/queues/${id}/messages/pull`, {});
  await data.api('POST', `/queues/${id}/messages/ack`, { acks: [{ lease_id: leaseId }] });
  await page.getByRole('button', { name: 'Move this message' }).click();
  await page.getByLabel('To another queue').check();
  await page.locator('select[name=destination]').selectOption('gone-to');
  await page.getByRole('dialog').getByRole('button', { name: 'Redrive' }).click();
  await page.locator('.badge.completed').waitFor();
  assert.match(await page.locator('.redrive').innerText(), /0 moved/);
  await page.getByRole('button', { name: 'Refresh' }).click();
  await page.getByText('No messages in these states.').waitFor();
  assert.deepEqual((await data.own('GET', `/queues/${id}/messages`)).messages, []);
});

test('a redrive to a queue that vanished is refused in the dialog and by the command', options, async (context) => {
  const id = await data.queue('vanish', { type: 'http_pull' });
  const to = await data.queue('vanish-to');
  await data.push(id, 'stays');
  const page = await open(context, id);
  await page.locator('.message .summary').click();
  await page.getByRole('button', { name: 'Move this message' }).click();
  await page.getByLabel('To another queue').check();
  await page.locator('select[name=destination]').selectOption('vanish-to');
  await data.api('DELETE', `/queues/${to}`);
  await page.getByRole('dialog').getByRole('button', { name: 'Redrive' }).click();
  await page.getByRole('dialog').getByRole('alert').waitFor();
  assert.equal((await data.own('GET', `/queues/${id}/messages`)).messages.length, 1);
  const refused = await sluice(['redrive', 'vanish', '--to', 'vanish-to']);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /^sluice: [^\n]+\n$/);
});

test('hostile names and bodies are text in page and table', options, async (context) => {
  const id = await data.queue('hostile', { type: 'worker', script_name: HOSTILE });
  await data.push(id, HOSTILE);
  const page = await open(context, id);
  await page.locator('.message .summary').click();
  const text = await page.locator('main').innerText();
  assert.ok(text.includes('<img src=x onerror="window.hacked=1">'), text);
  assert.doesNotMatch(text, /[\u001b\u202e\u0007]/);
  await page.goto(`${server.origin}/console/#/`);
  await page.getByLabel('Filter queues').fill('hostile');
  await page.getByText('hostile', { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.doesNotMatch(await page.locator('main').innerText(), /[\u001b\u202e\u0007]/);
  for (const args of [['queues'], ['peek', 'hostile']]) {
    const { status, stdout } = await sluice(args);
    assert.equal(status, 0);
    assert.match(stdout, /hostile|onerror/);
    assert.doesNotMatch(stdout, /[\u001b\u202e\u0007]/, args.join(' '));
  }
});
