// "make cluster": three Kafka brokers and one Sluice node on loopback, until Ctrl-C. What they store is kept in
// target/cluster until the next start.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { KafkaBrokers } from './brokers.mjs';

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const HOME = path.join(ROOT, 'target/cluster');
const JAVA = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin/java') : 'java';

rmSync(HOME, { recursive: true, force: true });
mkdirSync(HOME, { recursive: true });
console.log('Starting three Kafka brokers …');
const brokers = await KafkaBrokers.start(path.join(HOME, 'kafka'));
process.once('exit', () => brokers.killAll());
console.log(`Kafka: ${brokers.bootstrapServers}`);

const token = `sluice_${randomBytes(20).toString('hex')}`;
const node = spawn(JAVA, ['-jar', path.join(ROOT, 'target/sluice.jar'), 'serve', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: {
    ...process.env,
    SLUICE_STORAGE_ENGINE: 'kafka',
    SLUICE_STORAGE_DIRECTORY: path.join(HOME, 'node-1'),
    SLUICE_CLUSTER_BOOTSTRAP_SERVERS: brokers.bootstrapServers,
    SLUICE_CLUSTER_NODE: 'node-1',
    SLUICE_AUTH_TOKEN: token,
  },
});
console.log(`Token: ${token}`);
// Ctrl-C reaches the node as well; the brokers must outlive it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => node.kill('SIGTERM'));
node.once('exit', async (code) => {
  await brokers.stop();
  process.exit(code ?? 1);
});
