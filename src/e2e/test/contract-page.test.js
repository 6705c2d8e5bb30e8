import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { launchBrowser, withoutBrowser } from '../harness/browser.js';
import { Server } from '../harness/server.js';
import { LIMIT_MILLIS } from '../harness/until.js';

const options = withoutBrowser();
const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

let server, browser;

before(async () => {
  if (options.skip) return;
  server = await new Server().start();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** The operations of a document, as "post /accounts/{account_id}/queues". */
function operations(name) {
  const { paths } = parse(readFileSync(new URL(`../../../openapi/${name}.yaml`, import.meta.url), 'utf8'));
  return Object.entries(paths).flatMap(([path, item]) => METHODS.filter((method) => item[method]).map((method) => `${method} ${path}`));
}

for (const name of ['queues', 'extensions', 'binding', 'development']) {
  test(`the page lists all operations of ${name}.yaml`, options, async (context) => {
    const problems = [];
    const page = await browser.newPage();
    context.after(() => page.close());
    page.setDefaultTimeout(LIMIT_MILLIS);
    page.on('console', (line) => problems.push(`${line.type()}: ${line.text()}`));
    page.on('pageerror', (error) => problems.push(error.stack));
    page.on('request', (request) => {
      if (!request.url().startsWith(server.origin) && !request.url().startsWith('data:')) problems.push(`foreign request ${request.url()}`);
    });
    await page.goto(`${server.origin}/docs/?document=${name}`);
    await page.locator('.opblock').first().waitFor();
    const shown = await page.locator('.opblock').evaluateAll((blocks) => blocks.map((block) => {
      const text = (selector) => block.querySelector(selector).textContent.replaceAll('\u200b', '').trim();
      return `${text('.opblock-summary-method').toLowerCase()} ${text('.opblock-summary-path, .opblock-summary-path__deprecated')}`;
    }));
    assert.deepEqual(shown.sort(), operations(name).sort());
    assert.equal(await page.locator('nav a[aria-current]').count(), 1);

    await page.locator('.opblock-summary-control').first().click();
    await page.locator('.opblock.is-open .responses-wrapper').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Try it out' }).count(), 0, 'nothing is sent from the page');
    assert.deepEqual(problems, []);
  });
}
