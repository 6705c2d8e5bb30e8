import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { launchBrowser, withoutBrowser } from '../harness/browser.js';
import { ConsoleData } from '../harness/console-data.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { LIMIT_MILLIS, until } from '../harness/until.js';

const options = withoutBrowser();
const READER = 'reader-token-of-the-console';
const READER_SHA256 = (await import('node:crypto')).createHash('sha256').update(READER).digest('hex');

let server, browser, data;
const problems = [];
const deleted = new Set();

before(async () => {
  if (options.skip) return;
  server = await new Server({
    settings: { 'auth.tokens': JSON.stringify([{ name: 'reader', sha256: READER_SHA256, accounts: [ACCOUNT], access: 'read' }]) },
  }).start();
  browser = await launchBrowser();
  data = new ConsoleData(server.origin, TOKEN, ACCOUNT);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A page that is logged in with that token; everything in its console is a problem. */
async function open(context, token = TOKEN, more = {}) {
  const page = await browser.newPage(more);
  page.setDefaultTimeout(LIMIT_MILLIS);
  page.on('console', (line) => {
    // A request under way for a queue that is deleted at that moment.
    if (line.type() !== 'info' && ![...deleted].some((id) => line.location().url.includes(id))) problems.push(`${line.type()}: ${line.text()} ${line.location().url}`);
  });
  page.on('pageerror', (error) => problems.push(error.stack));
  page.on('request', (request) => { if (!request.url().startsWith(server.origin)) problems.push(`foreign request ${request.url()}`); });
  context.after(() => page.close());
  const { code } = await new ConsoleData(server.origin, token, ACCOUNT).call('POST', '/sluice/v1/console/codes');
  await page.goto(`${server.origin}/console/#code=${code}`);
  await page.locator('header').waitFor();
  return page;
}

const openQueue = async (page, id) => {
  await page.goto(`${server.origin}/console/#/queues/${id}`);
  await page.locator('.messages').waitFor();
};

test('the link logs in once, and the code leaves the address', options, async (context) => {
  const page = await open(context);
  assert.equal(new URL(page.url()).hash, '#/');
  assert.ok(!(await page.content()).includes(TOKEN));
});

test('the API token logs in, a wrong one does not, and nothing is stored', options, async (context) => {
  const page = await browser.newPage();
  page.setDefaultTimeout(LIMIT_MILLIS);
  context.after(() => page.close());
  await page.goto(`${server.origin}/console/`);
  await page.getByLabel('API token').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  await page.getByLabel('API token').fill(READER);
  await page.keyboard.press('Enter');
  await page.locator('header').waitFor();
  assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]), [0, 0, '']);
});

test('bodies with markup, of 128 kB, binary ones and control characters are shown as what they are', options, async (context) => {
  const id = await data.queue('bodies');
  await data.push(id, '<script>window.hacked = true</script><img src=x onerror="window.hacked = true">');
  await data.push(id, 'escape \u001b[31m red \u202e reversed');
  await data.push(id, { '<b>key</b>': ['<i>value</i>', 1, null, true] }, 'json');
  await data.push(id, 'x'.repeat(127_990));
  await data.pushBytes('bodies', Buffer.from([0, 1, 2, 0xfe, 0xff]));
  const page = await open(context);
  await openQueue(page, id);
  await page.locator('.message').nth(4).waitFor();
  for (const line of await page.locator('.message .summary').all()) await line.click();
  const text = await page.locator('.messages').innerText();
  assert.match(text, /<script>window\.hacked/);
  assert.match(text, /escape \u241b\[31m red \\u202e reversed/);
  assert.match(text, /<b>key<\/b>/);
  assert.match(text, /00 01 02 fe ff/);
  await page.getByRole('button', { name: 'Show all 127,990 characters' }).click();
  assert.equal(await page.evaluate(() => [...document.querySelectorAll('pre.text')].some(({ textContent }) => textContent.length === 127_990)), true);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
});

test('a message is pushed, delivery paused, the queue purged and deleted, each named in its confirmation', options, async (context) => {
  const id = await data.queue('everyday');
  const page = await open(context);
  await openQueue(page, id);
  await page.getByRole('button', { name: 'Push a message' }).click();
  await page.getByLabel('Body').fill('{"hello": "world"}');
  await page.getByRole('dialog').getByRole('button', { name: 'Push' }).click();
  await page.locator('.message').waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Pause delivery everyday' }).click();
  await page.locator('.badge.paused').waitFor();
  assert.equal((await data.api('GET', `/queues/${id}`)).settings.delivery_paused, true);
  await page.getByRole('button', { name: 'Purge' }).click();
  assert.match(await page.getByRole('dialog').innerText(), /All 1 messages of everyday/);
  await page.getByRole('button', { name: 'Purge everyday' }).click();
  await page.getByText('No messages in these states.').waitFor();
  await page.getByRole('button', { name: 'Delete' }).click();
  deleted.add(id);
  await page.getByRole('button', { name: 'Delete everyday' }).click();
  await page.getByLabel('Filter queues').waitFor();
  assert.deepEqual(await data.api('GET', '/queues?name=everyday'), []);
});

test('dead letters say why they are there, and go back one by one or all', options, async (context) => {
  const dead = await data.queue('letters-dead');
  const id = await data.queue('letters', { type: 'http_pull', dead_letter_queue: 'letters-dead', settings: { max_retries: 0 } });
  for (let i = 0; i < 3; i++) await data.push(id, `letter ${i}`);
  await data.fail(id, 3);
  const page = await open(context);
  await openQueue(page, dead);
  await until('three dead letters', async () => {
    await page.getByRole('button', { name: 'Refresh' }).click();
    return await page.locator('.badge.dead').count() === 3;
  }, { every: 300 });
  await page.locator('.message .summary').first().click();
  assert.match(await page.locator('.detail').innerText(), /the consumer asked for a retry, after 1 attempt/);
  await page.getByRole('button', { name: 'Redrive this message' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Redrive' }).click();
  await page.locator('.badge.completed').waitFor();
  await page.getByRole('button', { name: 'Redrive all' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Redrive' }).click();
  await page.getByText('2 moved').waitFor();
  await page.getByText('No messages in these states.').waitFor();
});

test('a token that may only read sees no button that writes', options, async (context) => {
  const id = await data.queue('read-only');
  await data.push(id, 'text');
  const page = await open(context, READER);
  await page.getByText('read only', { exact: true }).waitFor();
  await openQueue(page, id);
  await page.locator('.message .summary').click();
  await page.locator('.detail').waitFor();
  const names = await page.getByRole('button').allInnerTexts();
  assert.deepEqual(names.filter((name) => /push|pause|purge|delete|redrive|move|new/i.test(name)), []);
  assert.equal(await page.getByRole('checkbox').count(), 0);
});

test('a phone in dark mode has no horizontal scroll bar, and the list can be used by keyboard', options, async (context) => {
  const page = await open(context, TOKEN, { viewport: { width: 360, height: 700 }, colorScheme: 'dark' });
  await page.locator('.row').first().waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.keyboard.press('/');
  await page.keyboard.type('bodies');
  await page.getByText(/^1 of/).waitFor();
  await page.locator('.list').focus();
  await page.keyboard.press('ArrowDown');
  await page.locator('.row:focus').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.messages').waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
});

test('with a token for all accounts the first queue is created in an account that is named', options, async (context) => {
  const empty = await Server.during(context);
  const page = await browser.newPage();
  context.after(() => page.close());
  page.setDefaultTimeout(LIMIT_MILLIS);
  page.on('pageerror', (error) => problems.push(error.stack));
  await page.goto(`${empty.origin}/console/`);
  await page.getByLabel('API token').fill(TOKEN);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('button', { name: 'New queue' }).click();
  await page.getByLabel('Account').fill(ACCOUNT);
  await page.getByRole('textbox', { name: 'Name' }).fill('the-first');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.locator('.messages').waitFor();
  await page.goto(`${empty.origin}/console/#/`);
  await page.getByText('the-first').first().waitFor();
  assert.equal(await page.locator('code.account').innerText(), ACCOUNT);
  await empty.stop();
});

test('everything that the page loads is at most 60 kB compressed', options, async () => {
  const names = new Set(['']);
  const sources = [];
  for (const name of names) {
    const response = await fetch(`${server.origin}/console/${name}`);
    assert.equal(response.status, 200, name);
    const text = await response.text();
    sources.push(gzipSync(text).length);
    if (name.startsWith('lib/')) continue;
    for (const [, found] of text.matchAll(/(?:href|src|from )[= ]?["'](?:\.\/)?([\w/-]+\.(?:js|css|svg))["']/g)) names.add(found);
  }
  assert.ok(names.size > 12, [...names].join());
  assert.ok(sources.reduce((a, b) => a + b) <= 60_000, `${sources.reduce((a, b) => a + b)} bytes`);
});

test('the page reports no error', options, () => {
  assert.deepEqual(problems, []);
});
