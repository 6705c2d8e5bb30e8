// wrangler of one version: each command about queues that needs no Worker. Arguments: the script of wrangler, its version.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { account_id, baseURL, Cases, token } from './cases.mjs';

const [script, version] = process.argv.slice(2);
const cases = new Cases({ client: 'wrangler', version });
const home = mkdtempSync(path.join(tmpdir(), 'sluice-wrangler-'));
const env = {
  PATH: process.env.PATH,
  HOME: home,
  XDG_CONFIG_HOME: path.join(home, '.config'),
  CI: 'true',
  NO_COLOR: '1',
  FORCE_COLOR: '0',
  COLUMNS: '400',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_API_BASE_URL: baseURL,
  CLOUDFLARE_API_TOKEN: token,
  CLOUDFLARE_ACCOUNT_ID: account_id,
};

/** Runs a command; returns {code, output}. */
const run = (...args) =>
  new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd: home, env }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? 1) : 0, output: `${stdout}\n${stderr}` });
    });
  });

/** A command that must succeed and print the text. */
const prints = async (expected, ...args) => {
  const { code, output } = await run('queues', ...args);
  assert.equal(code, 0, output);
  assert.match(output, expected);
  return output;
};

/** A command that must fail and print the text of the server. */
const fails = async (expected, ...args) => {
  const { code, output } = await run('queues', ...args);
  assert.notEqual(code, 0, output);
  assert.match(output, expected);
};

let subscription;
const subscriptionOptions = ['--source', 'r2', '--events', 'object.created'];

const CASES = [
  ['create', () => prints(/Created queue 'orders'/, 'create', 'orders', '--message-retention-period-secs', '7200')],
  ['list', () => prints(/orders/, 'list')],
  ['info', () => prints(/Queue Name: orders/, 'info', 'orders')],
  ['update', () => prints(/Updated queue orders/, 'update', 'orders', '--delivery-delay-secs', '5')],
  ['pause-delivery', () => prints(/Paused/, 'pause-delivery', 'orders')],
  ['resume-delivery', () => prints(/Resumed/, 'resume-delivery', 'orders')],
  ['purge', () => prints(/Purged Queue 'orders'/, 'purge', 'orders', '--force')],
  ['consumer http add', () => prints(/Added consumer/, 'consumer', 'http', 'add', 'orders', '--dead-letter-queue', 'dead')],
  ['failure 11004', () => fails(/already has a consumer.*11004/s, 'consumer', 'add', 'orders', 'script')],
  ['consumer http remove', () => prints(/Removed consumer/, 'consumer', 'http', 'remove', 'orders')],
  ['consumer add', () => prints(/Added consumer/, 'consumer', 'add', 'orders', 'script', '--batch-size', '20')],
  ['consumer remove', () => prints(/Removed consumer/, 'consumer', 'remove', 'orders', 'script')],
  ['subscription create', () => prints(/orders/, 'subscription', 'create', 'orders', ...subscriptionOptions)],
  [
    'subscription list',
    async () => {
      const output = await prints(/r2/, 'subscription', 'list', 'orders', '--json');
      subscription = JSON.parse(output.slice(output.indexOf('['), output.lastIndexOf(']') + 1))[0].id;
    },
  ],
  ['subscription get', () => prints(/object/, 'subscription', 'get', 'orders', '--id', subscription)],
  ['subscription update', () => prints(/orders/, 'subscription', 'update', 'orders', '--id', subscription, '--enabled', 'false')],
  ['subscription delete', () => prints(/orders/i, 'subscription', 'delete', 'orders', '--id', subscription, '--force')],
  ['failure 11009', () => fails(/already taken.*11009/s, 'create', 'orders')],
  ['delete', () => prints(/Deleted queue orders/, 'delete', 'orders')],
];

try {
  for (const [operation, action] of CASES) await cases.run(operation, action);
} finally {
  rmSync(home, { recursive: true, force: true });
}
