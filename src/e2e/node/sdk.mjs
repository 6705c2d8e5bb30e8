// The SDK of one version, by its alias in package.json: each method of queues, each class of error.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { account_id, baseURL, Cases, closedURL, requests, respond, silence, token } from './cases.mjs';

const [alias] = process.argv.slice(2);
const sdk = await import(alias);
const { default: Cloudflare } = sdk;
const { version } = JSON.parse(readFileSync(new URL(`node_modules/${alias}/package.json`, import.meta.url)));
const major = Number(version.split('.')[0]);
const cases = new Cases({ client: 'npm cloudflare', version });
const options = { baseURL, apiToken: token, apiKey: null, apiEmail: null, userServiceKey: null, maxRetries: 0 };
const client = new Cloudflare(options);
const { queues } = client;
const { consumers, messages, purge, subscriptions } = queues;

// The names of a queue's consumer moved from arguments to parameters in 7.0.
const consumerCall = (method, queue, consumer, params = {}) =>
  major < 7
    ? consumers[method](queue, consumer, { account_id, ...params })
    : consumers[method](consumer, { account_id, queue_id: queue, ...params });
const decoded = ({ body }) => JSON.parse(Buffer.from(body, 'base64').toString('utf8'));
const all = async (pages) => {
  const items = [];
  for await (const item of pages) items.push(item);
  return items;
};
const pulled = async (id, params) => (await messages.pull(id, { account_id, ...params })).messages;

let id;
let consumer_id;

await cases.run('queues-create', async () => {
  const queue = await queues.create({ account_id, queue_name: 'jobs' });
  id = queue.queue_id;
  assert.equal(queue.queue_name, 'jobs');
  assert.match(id, /^[0-9a-f]{32}$/);
});
await cases.run('queues-list', async () => {
  assert.deepEqual((await all(queues.list({ account_id }))).map((queue) => queue.queue_id), [id]);
});
await cases.run('queues-get', async () => assert.equal((await queues.get(id, { account_id })).queue_name, 'jobs'));
await cases.run('queues-update', async () => {
  const settings = { delivery_delay: 0, delivery_paused: false, message_retention_period: 3600 };
  assert.deepEqual((await queues.update(id, { account_id, queue_name: 'work', settings })).settings, settings);
});
await cases.run('queues-update-partial', async () => {
  const { settings, queue_name } = await queues.edit(id, { account_id, settings: { message_retention_period: 7200 } });
  assert.deepEqual([queue_name, settings.message_retention_period], ['work', 7200]);
});
await cases.run('queues-create-consumer', async () => {
  const settings = { batch_size: 10, max_retries: 2, retry_delay: 0, visibility_timeout_ms: 60000 };
  const made = await consumers.create(id, { account_id, type: 'http_pull', dead_letter_queue: 'dead', settings });
  consumer_id = made.consumer_id;
  assert.deepEqual([made.type, made.dead_letter_queue, made.settings], ['http_pull', 'dead', settings]);
});
await cases.run('queues-list-consumers', async () => {
  // In 4.x the method of this path is called get.
  const found = major < 5 ? await consumers.get(id, { account_id }) : await consumers.list(id, { account_id });
  assert.deepEqual(found.result.map((each) => each.consumer_id), [consumer_id]);
});
if (major >= 5) {
  await cases.run('queues-get-consumer', async () => {
    assert.equal((await consumerCall('get', id, consumer_id)).type, 'http_pull');
  });
}
await cases.run('queues-update-consumer', async () => {
  const settings = { batch_size: 5, max_retries: 1, retry_delay: 0, visibility_timeout_ms: 60000 };
  const changed = await consumerCall('update', id, consumer_id, { type: 'http_pull', settings });
  assert.deepEqual([changed.consumer_id, changed.settings], [consumer_id, settings]);
});
await cases.run('queues-push-message', async () => {
  await messages.push(id, { account_id, body: { n: 1 } });
  await messages.push(id, { account_id, body: 'two', content_type: 'text', delay_seconds: 0 });
});
await cases.run('queues-push-messages', async () => {
  await messages.bulkPush(id, { account_id, messages: [{ body: { n: 3 } }, { body: 'four', content_type: 'text' }] });
});
if (queues.getMetrics) {
  await cases.run('queues-get-metrics', async () => {
    assert.equal((await queues.getMetrics(id, { account_id })).backlog_count, 4);
  });
}
await cases.run('queues-pull-messages', async () => {
  const [first, second] = await pulled(id, { batch_size: 2, visibility_timeout_ms: 60000 });
  assert.deepEqual(decoded(first), { n: 1 });
  assert.equal(second.body, 'two');
  await messages.ack(id, { account_id, retries: [{ lease_id: first.lease_id }, { lease_id: second.lease_id }] });
});
await cases.run('queues-ack-messages', async () => {
  const [first, ...rest] = await pulled(id, { batch_size: 10 });
  assert.equal(rest.length, 3);
  const { ackCount, retryCount } = await messages.ack(id, {
    account_id,
    acks: rest.map(({ lease_id }) => ({ lease_id })),
    retries: [{ lease_id: first.lease_id, delay_seconds: 0 }],
  });
  assert.deepEqual([ackCount, retryCount], [3, 1]);
});
if (messages.peek) {
  let refs;
  await cases.run('queues-peek-messages', async () => {
    refs = (await messages.peek(id, { account_id })).messages.map(({ ref }) => ({ ref }));
    assert.equal(refs.length, 1);
  });
  await cases.run('queues-purge-messages', async () => {
    assert.deepEqual((await messages.purge(id, { account_id, refs })).warnings, {});
    assert.deepEqual((await messages.peek(id, { account_id })).messages, []);
  });
}
await cases.run('queues-purge', async () => {
  await messages.push(id, { account_id, body: 'gone', content_type: 'text' });
  await purge.start(id, { account_id, delete_messages_permanently: true });
  assert.deepEqual(await pulled(id), []);
});
await cases.run('queues-purge-get', async () => {
  assert.equal((await purge.status(id, { account_id })).completed, 'true');
});
if (subscriptions) {
  const source = { type: 'r2' };
  let subscription;
  await cases.run('subscriptions-create', async () => {
    const destination = { type: 'queues.queue', queue_id: id };
    subscription = await subscriptions.create({ account_id, name: 'files', enabled: true, source, destination, events: ['created'] });
    assert.deepEqual(subscription.source, source);
  });
  await cases.run('subscriptions-list', async () => {
    assert.deepEqual((await all(subscriptions.list({ account_id }))).map((each) => each.id), [subscription.id]);
  });
  if (subscriptions.get) {
    await cases.run('subscriptions-get', async () => {
      assert.deepEqual(await subscriptions.get(subscription.id, { account_id }), subscription);
    });
  }
  await cases.run('subscriptions-patch', async () => {
    assert.equal((await subscriptions.update(subscription.id, { account_id, enabled: false })).enabled, false);
  });
  await cases.run('subscriptions-delete', async () => {
    assert.equal((await subscriptions.delete(subscription.id, { account_id })).id, subscription.id);
  });
}
await cases.run('accounts-list', async () => {
  assert.deepEqual((await all(client.accounts.list())).map((each) => each.id), [account_id]);
});
await cases.run('accounts-get', async () => assert.equal((await client.accounts.get({ account_id })).id, account_id));
await cases.run('memberships-list', async () => {
  assert.deepEqual((await all(client.memberships.list())).map((each) => each.account.id), [account_id]);
});
await cases.run('user-tokens-verify', async () => assert.equal((await client.user.tokens.verify()).status, 'active'));
if (client.accounts.tokens) {
  await cases.run('account-api-tokens-verify-token', async () => {
    assert.equal((await client.accounts.tokens.verify({ account_id })).status, 'active');
  });
}

/** The failure of a call: this class, status and code. */
async function fails(call, type, status, code) {
  const error = await call.then(() => assert.fail('it succeeded'), (failure) => failure);
  assert.ok(error instanceof sdk[type], `${error}`);
  assert.equal(error.status, status);
  if (code) assert.equal(error.errors[0].code, code, `${error}`);
  return error;
}

const stranger = new Cloudflare({ ...options, apiToken: 'wrong' });
const retrying = new Cloudflare({ ...options, maxRetries: 2 });
const gone = '0'.repeat(32);
await cases.run('failure 400', async () => {
  await fails(queues.create({ account_id, queue_name: 'no good' }), 'BadRequestError', 400, 11003);
  await fails(queues.create({ account_id, queue_name: 'work' }), 'BadRequestError', 400, 11009);
  await fails(messages.bulkPush(id, { account_id, messages: [] }), 'BadRequestError', 400, 10207);
});
await cases.run('failure 401', () => fails(stranger.user.tokens.verify(), 'AuthenticationError', 401, 1000));
await cases.run('failure 403', () => fails(stranger.queues.get(id, { account_id }), 'PermissionDeniedError', 403, 10000));
await cases.run('failure 404', async () => {
  await fails(queues.get(gone, { account_id }), 'NotFoundError', 404, 11000);
  await fails(messages.push(gone, { account_id, body: 1 }), 'NotFoundError', 404, 10104);
});
await cases.run('failure 405', async () => {
  const { queue_id } = await queues.create({ account_id, queue_name: 'bare' });
  await fails(messages.pull(queue_id, { account_id }), 'APIError', 405, 10405);
});
await cases.run('failure 409', async () => {
  await queues.edit(id, { account_id, settings: { delivery_paused: true } });
  const count = await requests(() => fails(retrying.queues.messages.pull(id, { account_id }), 'ConflictError', 409, 10252));
  assert.equal(count, 1, 'it is not repeated');
  await queues.edit(id, { account_id, settings: { delivery_paused: false } });
});
await cases.run('failure 413', async () => {
  const body = 'x'.repeat(128_001);
  await fails(messages.push(id, { account_id, body, content_type: 'text' }), 'APIError', 413, 10204);
});
await cases.run('failure 429', async () => {
  const push = (queuesOf) => queuesOf.messages.push(id, { account_id, body: 'x'.repeat(120_000), content_type: 'text' });
  await push(queues);
  await push(queues);
  const once = new Cloudflare({ ...options, maxRetries: 1 });
  assert.equal(await requests(() => fails(push(once.queues), 'RateLimitError', 429, 10251)), 2, 'it is repeated');
  const leased = await pulled(id, { batch_size: 10 });
  await messages.ack(id, { account_id, acks: leased.map(({ lease_id }) => ({ lease_id })) });
  await push(queues);
});
await cases.run('failure 500', async () => {
  await respond(500, 1);
  await fails(queues.get(id, { account_id }), 'InternalServerError', 500, 15000);
  await respond(500, 1);
  assert.equal(await requests(() => retrying.queues.get(id, { account_id })), 2, 'it is repeated');
});
await cases.run('failure no connection', () =>
  fails(new Cloudflare({ ...options, baseURL: closedURL }).queues.get(id, { account_id }), 'APIConnectionError'),
);
await cases.run('failure timeout', async () => {
  await silence();
  await fails(new Cloudflare({ ...options, timeout: 200 }).queues.get(id, { account_id }), 'APIConnectionTimeoutError');
});

// Last, because they take away what the cases above need.
await cases.run('queues-delete-consumer', async () => {
  await consumerCall('delete', id, consumer_id);
  assert.equal((await queues.get(id, { account_id })).consumers_total_count, 0);
});
await cases.run('queues-delete', async () => {
  await queues.delete(id, { account_id });
  await fails(queues.get(id, { account_id }), 'NotFoundError', 404, 11000);
});
