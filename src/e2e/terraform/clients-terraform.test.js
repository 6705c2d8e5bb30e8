import path from 'node:path';
import { ClientTests, repository } from '../harness/clients.js';
import { goBuild, goObstacle } from '../harness/go.js';
import { run } from '../harness/process.js';

// Terraform with the provider's resources of queues. Not one of the tests of `make test`: a first build takes minutes.

/** The provider whose revision is in go.mod. */
const VERSION = '5.24.0';
const directory = path.join(repository, 'src/e2e/terraform');
/** The provider takes no token that is shorter than 40 characters. */
const token = 'terraform-token-of-more-than-forty-characters';
const clients = new ClientTests('terraform');

/** The command, terraform or tofu; undefined if there is neither. */
async function terraform() {
  for (const command of ['terraform', 'tofu']) {
    try {
      if ((await run(command, ['version'])).code === 0) return command;
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}

const command = await terraform();
const obstacle = command ? await goObstacle() : 'there is no command terraform or tofu: install Terraform or OpenTofu';

if (clients.available(obstacle)) {
  const plugins = path.join(repository, 'target/clients/terraform');
  clients.script(
    `the provider with ${command}`,
    async () => {
      await goBuild(directory, '.', path.join(plugins, 'terraform-provider-cloudflare'));
      return [process.execPath, path.join(directory, 'terraform.mjs'), command, VERSION, plugins];
    },
    { settings: { 'auth.token': token }, environment: { SLUICE_TOKEN: token } },
  );
  clients.endsWithTable();
}
