import path from 'node:path';
import { ClientTests, repository } from '../harness/clients.js';
import { newNode } from '../harness/wrangler.js';

// The SDK for Node in all versions that are in use, and both wranglers.

const directory = path.join(repository, 'src/e2e/node');
const clients = new ClientTests('node');

for (const alias of ['cloudflare-4', 'cloudflare-5', 'cloudflare-6', 'cloudflare-7.1', 'cloudflare-7.3']) {
  clients.script(`the SDK ${alias}`, [process.execPath, path.join(directory, 'sdk.mjs'), alias]);
}
clients.script('HTTP without an SDK', () => [newNode(), path.join(directory, 'plain.mjs')]);

clients.endsWithTable();
