import { KafkaBrokers, isInstalled } from '../../kafka/brokers.mjs';
import { temporaryDirectory } from './process.js';
import { requirement } from './requirement.js';

/** Options of tests that need brokers. */
export const withKafka = requirement(!isInstalled() && 'the brokers are not installed: make kafka');

/** Starts three brokers that end with this process. */
export async function startBrokers() {
  const brokers = await KafkaBrokers.start(temporaryDirectory());
  process.once('exit', () => brokers.killAll());
  return brokers;
}

/** The settings of a server whose log is in these brokers. */
export const kafkaSettings = (brokers, prefix) => ({
  'storage.engine': 'kafka',
  'cluster.bootstrap_servers': brokers.bootstrapServers,
  'cluster.topic_prefix': prefix,
  'cluster.port': 0,
});
