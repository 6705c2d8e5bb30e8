import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ClientTests, repository } from '../harness/clients.js';
import { newNode } from '../harness/wrangler.js';

// The newest wrangler. The tests named wrangler-* run the other version in more depth.

const clients = new ClientTests('wrangler');
const directory = path.join(repository, 'src/e2e/node');
const wrangler = path.join(directory, 'node_modules/wrangler');
const { version } = JSON.parse(readFileSync(path.join(wrangler, 'package.json'), 'utf8'));

clients.script(`wrangler ${version}`, () => [
  newNode(),
  path.join(directory, 'wrangler.mjs'),
  path.join(wrangler, 'bin/wrangler.js'),
  version,
]);

clients.endsWithTable();
