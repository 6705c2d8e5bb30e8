import { ClientTests } from '../harness/clients.js';
import { goObstacle, goProgram, goSdkOfVersion6, versionOf } from '../harness/go.js';

// The SDK for Go: 0.x with the paths of the first API, which the Terraform provider 4 uses, 6.x and 7.x; and net/http.

const SDK = 'github.com/cloudflare/cloudflare-go';
const clients = new ClientTests('go');

if (clients.available(await goObstacle())) {
  clients.script('the SDK 0', async () => [await goProgram('former'), versionOf(SDK)]);
  clients.script('the SDK 6', async () => [await goSdkOfVersion6(), versionOf(`${SDK}/v6`)]);
  clients.script('the SDK 7', async () => [await goProgram('sdk'), versionOf(`${SDK}/v7`)]);
  clients.script('net/http', async () => [await goProgram('plain')]);
  clients.endsWithTable();
}
