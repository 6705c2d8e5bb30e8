// The Terraform provider 5, driven by the real terraform (or tofu): arguments are its version and the directory of its binary.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { account_id, baseURL, Cases, token } from '../node/cases.mjs';

const [program, version, plugins] = process.argv.slice(2);
const cases = new Cases({ client: 'Terraform provider', version });
const work = mkdtempSync(path.join(tmpdir(), 'sluice-terraform-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

const rules = path.join(work, 'terraform.rc');
writeFileSync(rules, `provider_installation {\n  dev_overrides { "cloudflare/cloudflare" = "${plugins}" }\n  direct {}\n}\n`);
const env = { PATH: process.env.PATH, HOME: work, TF_CLI_CONFIG_FILE: rules, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' };

/** Runs terraform: {code, output}. */
async function run(...args) {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { cwd: work, env });
    return { code: 0, output: stdout + stderr, stdout };
  } catch (error) {
    return { code: error.code, output: `${error.stdout}${error.stderr}`, stdout: error.stdout };
  }
}

async function succeed(...args) {
  const { code, output, stdout } = await run(...args, '-no-color');
  assert.equal(code, 0, output);
  return stdout;
}

/** The attributes of what the state has at an address. */
async function attributes(address) {
  const { values } = JSON.parse(await succeed('show', '-json'));
  return values?.root_module.resources.find((each) => each.address === address)?.values;
}

/** A plan that finds nothing to do ends with 0, one with changes with 2. */
async function planHasNoDifference() {
  const { code, output } = await run('plan', '-detailed-exitcode', '-input=false', '-no-color');
  assert.equal(code, 0, output);
}

const head = `
terraform {
  required_providers {
    cloudflare = { source = "cloudflare/cloudflare" }
  }
}
provider "cloudflare" {
  base_url  = "${baseURL}"
  api_token = "${token}"
}
`;

const queues = ({ name, delay, paused }) => `
resource "cloudflare_queue" "jobs" {
  account_id = "${account_id}"
  queue_name = "${name}"
  settings   = { delivery_delay = ${delay}, delivery_paused = ${paused}, message_retention_period = 3600 }
}
resource "cloudflare_queue" "plain" {
  account_id = "${account_id}"
  queue_name = "terraform-plain"
}
`;

const consumer = ({ batch, letters = true }) => `
resource "cloudflare_queue_consumer" "jobs" {
  account_id = "${account_id}"
  queue_id   = cloudflare_queue.jobs.queue_id
  type       = "http_pull"
  ${letters ? 'dead_letter_queue = cloudflare_queue.plain.queue_name' : ''}
  settings = { batch_size = ${batch}, max_retries = 5, retry_delay = 7, visibility_timeout_ms = 60000 }
}
`;

const lookups = `
data "cloudflare_queue" "jobs" {
  account_id = "${account_id}"
  queue_id   = cloudflare_queue.jobs.queue_id
  depends_on = [cloudflare_queue_consumer.jobs]
}
data "cloudflare_queues" "all" {
  account_id = "${account_id}"
  depends_on = [cloudflare_queue_consumer.jobs]
}
data "cloudflare_queue_consumers" "jobs" {
  account_id = "${account_id}"
  queue_id   = cloudflare_queue.jobs.queue_id
  depends_on = [cloudflare_queue_consumer.jobs]
}
`;

const configure = (...parts) => writeFileSync(path.join(work, 'main.tf'), head + parts.join(''));
const apply = () => succeed('apply', '-auto-approve', '-input=false');

const before = { name: 'terraform-jobs', delay: 3, paused: false };
const after = { name: 'terraform-renamed', delay: 9, paused: true };

await cases.run('cloudflare_queue create', async () => {
  configure(queues(before));
  await apply();
  const { queue_name, settings, queue_id, id } = await attributes('cloudflare_queue.jobs');
  assert.deepEqual([queue_name, settings.delivery_delay, settings.message_retention_period, id], [before.name, 3, 3600, queue_id]);
});
await cases.run('cloudflare_queue plan without a difference', planHasNoDifference);
await cases.run('cloudflare_queue change', async () => {
  const { queue_id } = await attributes('cloudflare_queue.jobs');
  configure(queues(after));
  await apply();
  const changed = await attributes('cloudflare_queue.jobs');
  assert.deepEqual([changed.queue_id, changed.queue_name], [queue_id, after.name]);
  assert.deepEqual([changed.settings.delivery_delay, changed.settings.delivery_paused], [9, true]);
  await planHasNoDifference();
});
await cases.run('cloudflare_queue import', async () => {
  const { queue_id, settings } = await attributes('cloudflare_queue.jobs');
  await succeed('state', 'rm', 'cloudflare_queue.jobs');
  await succeed('import', '-input=false', 'cloudflare_queue.jobs', `${account_id}/${queue_id}`);
  assert.deepEqual((await attributes('cloudflare_queue.jobs')).settings, settings);
  await planHasNoDifference();
});
await cases.run('cloudflare_queue_consumer create', async () => {
  configure(queues(after), consumer({ batch: 20 }));
  await apply();
  const { type, settings, dead_letter_queue } = await attributes('cloudflare_queue_consumer.jobs');
  assert.deepEqual([type, settings.batch_size, settings.retry_delay, dead_letter_queue], ['http_pull', 20, 7, 'terraform-plain']);
});
await cases.run('cloudflare_queue_consumer plan without a difference', planHasNoDifference);
await cases.run('cloudflare_queue_consumer change', async () => {
  const { consumer_id } = await attributes('cloudflare_queue_consumer.jobs');
  configure(queues(after), consumer({ batch: 30 }));
  await apply();
  const changed = await attributes('cloudflare_queue_consumer.jobs');
  assert.deepEqual([changed.consumer_id, changed.settings.batch_size], [consumer_id, 30]);
  await planHasNoDifference();
});
await cases.run('data of cloudflare_queue, cloudflare_queues, cloudflare_queue_consumers', async () => {
  configure(queues(after), consumer({ batch: 30 }), lookups);
  await apply();
  const { consumer_id } = await attributes('cloudflare_queue_consumer.jobs');
  const one = await attributes('data.cloudflare_queue.jobs');
  const all = await attributes('data.cloudflare_queues.all');
  const consumers = await attributes('data.cloudflare_queue_consumers.jobs');
  assert.deepEqual([one.queue_name, one.consumers_total_count], [after.name, 1]);
  assert.deepEqual(all.result.map(({ queue_name }) => queue_name).sort(), ['terraform-plain', after.name]);
  assert.deepEqual(consumers.result.map((each) => each.consumer_id), [consumer_id]);
  await planHasNoDifference();
});
await cases.run('cloudflare_queue_consumer destroy', async () => {
  configure(queues(after));
  await apply();
  assert.equal(await attributes('cloudflare_queue_consumer.jobs'), undefined);
  await planHasNoDifference();
});
await cases.run('cloudflare_queue destroy', async () => {
  await succeed('destroy', '-auto-approve', '-input=false');
  const response = await fetch(`${baseURL}/accounts/${account_id}/queues`, { headers: { authorization: `Bearer ${token}` } });
  assert.deepEqual((await response.json()).result, []);
});
