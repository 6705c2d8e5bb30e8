import path from 'node:path';
import { ClientTests, repository } from '../harness/clients.js';
import { run } from '../harness/process.js';

// Guzzle, from the package of the distribution.

const clients = new ClientTests('php');

/** Why there is no PHP with Guzzle here; undefined if there is. */
async function phpObstacle() {
  const advice = 'on Debian: apt-get install php-cli php-curl php-guzzlehttp-guzzle';
  try {
    const { code } = await run('php', ['-r', "require 'GuzzleHttp/autoload.php';"]);
    return code === 0 ? undefined : `PHP finds no Guzzle (${advice})`;
  } catch {
    return `there is no command php (${advice})`;
  }
}

if (clients.available(await phpObstacle())) {
  clients.script('Guzzle', ['php', path.join(repository, 'src/e2e/php/plain.php')]);
  clients.endsWithTable();
}
