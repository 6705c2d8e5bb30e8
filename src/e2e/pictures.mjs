// Pictures of the console: node pictures.mjs DIRECTORY. Starts a server of its own, fills it, and closes it.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { launchBrowser } from './harness/browser.js';
import { ConsoleData } from './harness/console-data.js';
import { Server, TOKEN } from './harness/server.js';
import { ACCOUNT } from './harness/suite.js';

const directory = path.resolve(process.argv[2] ?? 'pictures');
mkdirSync(directory, { recursive: true });
const NAMES = ['orders', 'invoices', 'emails', 'thumbnails', 'search-index', 'webhooks', 'audit', 'exports', 'payments', 'reports'];

async function fill(data) {
  const dead = await data.queue('orders-dead-letters', { type: 'http_pull' });
  const ids = {};
  for (const name of NAMES) {
    ids[name] = await data.queue(name, name === 'audit' ? undefined : { type: 'http_pull', ...(name === 'orders' ? { dead_letter_queue: 'orders-dead-letters', settings: { max_retries: 0 } } : {}) });
  }
  for (let i = 0; i < 6; i++) await data.push(ids.orders, { order: 1000 + i, items: [{ sku: 'A-17', count: 2 }, { sku: 'B-4', count: 1 }], paid: i % 2 === 0, note: null }, 'json');
  await data.fail(ids.orders, 6);
  for (let i = 0; i < 30; i++) await data.push(ids.orders, { order: 2000 + i, customer: { name: 'Ada', tags: ['new', 'vip'] }, total: 19.9 + i, paid: true }, 'json');
  await data.push(ids.orders, 'Plain text with an escape \u001b[31m and <script>alert(1)</script>');
  await data.pushBytes('orders', Buffer.from(Array.from({ length: 200 }, (_, i) => i)));
  await data.push(ids.orders, 'later', 'text', { delay_seconds: 900 });
  for (const name of NAMES.slice(1)) for (let i = 0; i < NAMES.indexOf(name) * 3; i++) await data.push(ids[name], `message ${i}`);
  await data.api('PATCH', `/queues/${ids.exports}`, { settings: { delivery_paused: true } });
  return { ...ids, dead };
}

const server = await new Server().start();
const browser = await launchBrowser();
try {
  const data = new ConsoleData(server.origin, TOKEN, ACCOUNT);
  const ids = await fill(data);
  for (const [kind, colorScheme, viewport] of [['light', 'light', { width: 1280, height: 800 }], ['dark', 'dark', { width: 1280, height: 800 }], ['phone', 'light', { width: 390, height: 800 }]]) {
    const page = await browser.newPage({ colorScheme, viewport });
    page.on('console', (line) => console.log(`${line.type()}: ${line.text()}`));
    page.on('pageerror', (error) => console.log(`error: ${error.stack}`));
    await page.goto(`${server.origin}/console/`);
    await page.screenshot({ path: path.join(directory, `login-${kind}.png`) });
    const { code } = await data.call('POST', '/sluice/v1/console/codes');
    await page.goto(`${server.origin}/console/#code=${code}`);
    await page.locator('.row').first().waitFor();
    // Some traffic, so that the charts show something.
    for (let i = 0; i < 4; i++) {
      for (let n = 0; n < 5 + 9 * i; n++) await data.push(ids.orders, { order: 3000 + n, i }, 'json');
      await new Promise((resolve) => setTimeout(resolve, 2500));
    }
    await page.screenshot({ path: path.join(directory, `overview-${kind}.png`) });
    await page.locator('.row', { hasText: /^orders(?!-)/ }).first().click();
    await page.locator('.message').first().waitFor();
    await page.locator('.message .summary').first().click();
    await new Promise((resolve) => setTimeout(resolve, 7000));
    await page.screenshot({ path: path.join(directory, `queue-${kind}.png`) });
    await page.locator('.message').first().scrollIntoViewIfNeeded();
    await page.evaluate(() => document.querySelector('.messages').scrollIntoView());
    await page.screenshot({ path: path.join(directory, `messages-${kind}.png`) });
    await page.goto(`${server.origin}/console/#/queues/${ids.dead}`);
    await page.locator('.badge.dead').first().waitFor();
    await page.locator('.message .summary').first().click();
    await page.evaluate(() => document.querySelector('.messages').scrollIntoView());
    await page.screenshot({ path: path.join(directory, `dead-letters-${kind}.png`) });
    await page.getByRole('button', { name: 'Redrive all' }).click();
    await page.screenshot({ path: path.join(directory, `redrive-${kind}.png`) });
    await page.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
