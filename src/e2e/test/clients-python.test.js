import path from 'node:path';
import { ClientTests, repository } from '../harness/clients.js';
import { python, pythonObstacle } from '../harness/python.js';

// The SDK for Python, its last 4.x and its newest 5.x, as both clients of each.

const directory = path.join(repository, 'src/e2e/python');
const clients = new ClientTests('python');

if (clients.available(await pythonObstacle())) {
  for (const version of ['4', '5']) {
    for (const mode of ['sync', 'async']) {
      clients.script(`the SDK ${version}, ${mode}`, async () => [await python(version), path.join(directory, 'sdk.py'), mode]);
    }
  }
  clients.script('HTTP without an SDK', async () => [await python('http'), path.join(directory, 'plain.py')]);
  clients.endsWithTable();
}
