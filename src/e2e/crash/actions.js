import { bodyOf, identify } from './bodies.js';

let keys = 0;

function newKey(large) {
  keys += 1;
  return `${large ? 'l' : 'k'}${keys}`;
}

/**
 * Pushes a message or a batch, with delays of the message, the batch or the queue. Returns whether there was a
 * response.
 */
export async function push(client, random, queue, { delaySeconds, large }) {
  const delay = () => (random.chance(0.2) ? random.below(3) : undefined);
  const size = random.chance(0.25) ? 1 + random.below(large ? 2 : 20) : 1;
  const batchDelay = size > 1 ? delay() : undefined;
  const messages = Array.from({ length: size }, () => ({ key: newKey(large), delay: delay() }));
  const sent = messages.map((message) => ({ ...bodyOf(message.key).sent, delay_seconds: message.delay }));
  const told = messages.map(({ key, delay: own }) => ({ key, delayMillis: 1_000 * (own ?? batchDelay ?? delaySeconds) }));
  const [path, body] = size === 1 ? ['/messages', sent[0]] : ['/messages/batch', { messages: sent, delay_seconds: batchDelay }];
  return Boolean(await client.ask({ kind: 'push', queue, messages: told }, path, body));
}

const seen = ({ messages }) => ({
  messages: messages.map((message) => ({
    ...identify(message),
    id: message.id,
    attempts: message.attempts,
    timestamp: message.timestamp_ms,
  })),
});

/**
 * Pulls up to this many messages; returns their leases, {pull, key, token}, or undefined if there was no response.
 *
 * @param lease visibility timeout of these messages in milliseconds, if it differs from that of the queue
 * @param manner how the client reads the response: {readAfterMillis, hangUpAfterMillis}
 */
export async function pull(client, queue, batchSize, { visibilityMillis }, lease, manner = {}) {
  const body = { batch_size: batchSize, ...(lease && { visibility_timeout_ms: lease }) };
  const asked = { kind: 'pull', queue, batchSize, visibilityMillis: lease ?? visibilityMillis };
  const response = await client.ask(asked, '/messages/pull', body, seen, manner);
  return response?.result.messages.map((message) => ({
    pull: response.request,
    key: identify(message).key,
    token: message.lease_id,
  }));
}

/** Acknowledges leases and retries others, {lease, delaySeconds}. Returns whether there was a response. */
export async function acknowledge(client, queue, acks, retries, { retryDelaySeconds }) {
  if (acks.length + retries.length === 0) return true;
  const name = ({ pull: number, key }) => ({ pull: number, key });
  const asked = {
    kind: 'ack',
    queue,
    acks: acks.map(name),
    retries: retries.map(({ lease, delaySeconds }) => ({
      lease: name(lease),
      delayMillis: 1_000 * (delaySeconds ?? retryDelaySeconds),
    })),
  };
  const body = {
    acks: acks.map(({ token }) => ({ lease_id: token })),
    retries: retries.map(({ lease, delaySeconds }) => ({ lease_id: lease.token, delay_seconds: delaySeconds })),
  };
  const recorded = ({ ackCount, retryCount, warnings }) => ({ ackCount, retryCount, warned: Object.keys(warnings).length });
  return Boolean(await client.ask(asked, '/messages/ack', body, recorded));
}

/** Purges a queue. */
export async function purge(client, queue) {
  const confirmed = { delete_messages_permanently: true };
  return Boolean(await client.ask({ kind: 'purge', queue }, '/purge', confirmed));
}

/** Peeks at some messages and purges a few of them by ref. */
export async function purgeSome(client, random, queue) {
  const peeked = await client.ask({ kind: 'peek', queue }, '/messages/peek', { batch_size: 20 }, seen);
  if (!peeked) return false;
  const chosen = peeked.result.messages.filter(() => random.chance(0.2));
  if (chosen.length === 0) return true;
  const keyOf = new Map(chosen.map((message) => [message.ref, identify(message).key]));
  const refs = chosen.map(({ ref }) => ({ ref }));
  const recorded = ({ warnings }) => ({ warned: Object.keys(warnings).map((ref) => keyOf.get(ref)) });
  const asked = { kind: 'purge refs', queue, keys: [...keyOf.values()] };
  return Boolean(await client.ask(asked, '/messages/purge', { refs }, recorded));
}
