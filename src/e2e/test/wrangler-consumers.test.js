import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, Suite } from '../harness/suite.js';
import { table, Wrangler } from '../harness/wrangler.js';

const suite = await Suite.open();
const wrangler = new Wrangler(suite.baseUrl);
const { queues } = suite.sdk();
const account_id = ACCOUNT;
const consumersOf = async (name) =>
  (await queues.list({ account_id })).result.find((queue) => queue.queue_name === name).consumers;

await suite.queue({ name: 'work' });
await suite.queue({ name: 'pulled' });

test('wrangler queues consumer list says when there is none, in each of its forms', async () => {
  assert.match(await wrangler.queues('consumer', 'list', 'work'), /No consumers found for queue "work"\./);
  assert.match(await wrangler.queues('consumer', 'worker', 'list', 'work'), /No worker consumers found for queue "work"\./);
  assert.match(await wrangler.queues('consumer', 'http', 'list', 'work'), /No HTTP pull consumers found for queue "work"\./);
  assert.deepEqual(JSON.parse(await wrangler.queues('consumer', 'list', 'work', '--json')), []);
});

test('wrangler queues consumer add adds a worker consumer with all its flags', async () => {
  const flags = {
    '--batch-size': '20',
    '--batch-timeout': '7',
    '--message-retries': '9',
    '--max-concurrency': '3',
    '--retry-delay-secs': '11',
    '--dead-letter-queue': 'work-dead',
  };
  const output = await wrangler.queues('consumer', 'add', 'work', 'my-worker', ...Object.entries(flags).flat());
  assert.match(output, /Added consumer to queue work\./);
  const [consumer] = await consumersOf('work');
  assert.equal(consumer.type, 'worker');
  assert.equal(consumer.script, 'my-worker');
  assert.equal(consumer.dead_letter_queue, 'work-dead');
  assert.deepEqual(consumer.settings, {
    batch_size: 20,
    max_retries: 9,
    max_wait_time_ms: 7000,
    max_concurrency: 3,
    retry_delay: 11,
  });
  assert.deepEqual(await consumersOf('work-dead'), []);
});

test('wrangler queues consumer list and worker list print the worker consumer', async () => {
  const [consumer] = await consumersOf('work');
  const row = {
    consumer_id: consumer.consumer_id,
    script: 'my-worker',
    dead_letter_queue: 'work-dead',
    batch_size: '20',
    max_retries: '9',
    max_wait_time_ms: '7000',
    max_concurrency: '3',
    retry_delay: '11',
  };
  const all = await wrangler.queues('consumer', 'list', 'work');
  assert.match(all, /Worker consumers:/);
  assert.deepEqual(table(all), [row]);
  assert.deepEqual(table(await wrangler.queues('consumer', 'worker', 'list', 'work')), [row]);
  assert.deepEqual(JSON.parse(await wrangler.queues('consumer', 'list', 'work', '--json')), [consumer]);
});

test('wrangler queues info shows a worker consumer', async () => {
  const output = await wrangler.queues('info', 'work');
  assert.match(output, /^Number of Consumers: 1$/m);
  assert.match(output, /^Consumers: worker:my-worker$/m);
});

test('a second consumer is refused with the text of the server', async () => {
  const again = /Queue 'work' already has a consumer\. \[code: 11004\]/;
  assert.match(await wrangler.queuesFails('consumer', 'add', 'work', 'another'), again);
  assert.match(await wrangler.queuesFails('consumer', 'http', 'add', 'work'), again);
});

test('wrangler queues consumer remove removes only the worker it names', async () => {
  const wrong = await wrangler.queuesFails('consumer', 'remove', 'work', 'another');
  assert.match(wrong, /No worker consumer 'another' exists for queue work/);
  assert.match(await wrangler.queuesFails('consumer', 'http', 'remove', 'work'), /No http_pull consumer exists for queue work/);
  const output = await wrangler.queues('consumer', 'remove', 'work', 'my-worker');
  assert.match(output, /Removed consumer from queue work\./);
  assert.deepEqual(await consumersOf('work'), []);
});

test('wrangler queues consumer worker add and remove are the same commands', async () => {
  await wrangler.queues('consumer', 'worker', 'add', 'work', 'plain-worker');
  const [consumer] = await consumersOf('work');
  assert.equal(consumer.settings.max_concurrency, null);
  const [row] = table(await wrangler.queues('consumer', 'worker', 'list', 'work'));
  assert.equal(row.max_concurrency, '-');
  assert.equal(row.max_wait_time_ms, '5000');
  await wrangler.queues('consumer', 'worker', 'remove', 'work', 'plain-worker');
  assert.deepEqual(await consumersOf('work'), []);
});

test('wrangler queues consumer http add without flags takes the defaults', async () => {
  assert.match(await wrangler.queues('consumer', 'http', 'add', 'pulled'), /Added consumer to queue pulled\./);
  const [consumer] = await consumersOf('pulled');
  assert.equal(consumer.type, 'http_pull');
  assert.deepEqual(consumer.settings, { batch_size: 5, max_retries: 3, retry_delay: 0, visibility_timeout_ms: 30000 });
});

test('wrangler queues info shows how to pull', async () => {
  const output = await wrangler.queues('info', 'pulled');
  assert.match(output, /^Consumers: HTTP Pull Consumer\.$/m);
  const { result } = await queues.list({ account_id });
  const { queue_id } = result.find((queue) => queue.queue_name === 'pulled');
  assert.ok(output.includes(`/queues/${queue_id}/messages/pull`));
  const advertised = JSON.parse(/--data '(.*)'/.exec(output)[1]);
  const response = await suite.send('POST', `/accounts/${ACCOUNT}/queues/${queue_id}/messages/pull`, { body: advertised });
  assert.equal(response.status, 200, 'the advertised body is accepted');
});

test('wrangler queues consumer http add passes its flags on, and list shows them', async () => {
  await wrangler.queues('consumer', 'http', 'remove', 'pulled');
  const flags = {
    '--batch-size': '50',
    '--message-retries': '0',
    '--visibility-timeout-secs': '90',
    '--retry-delay-secs': '12',
    '--dead-letter-queue': 'pulled-dead',
  };
  await wrangler.queues('consumer', 'http', 'add', 'pulled', ...Object.entries(flags).flat());
  const [consumer] = await consumersOf('pulled');
  const row = {
    consumer_id: consumer.consumer_id,
    dead_letter_queue: 'pulled-dead',
    batch_size: '50',
    max_retries: '0',
    visibility_timeout_ms: '90000',
    retry_delay: '12',
  };
  assert.deepEqual(table(await wrangler.queues('consumer', 'http', 'list', 'pulled')), [row]);
  const all = await wrangler.queues('consumer', 'list', 'pulled');
  assert.match(all, /HTTP pull consumers:/);
  assert.deepEqual(table(all), [row]);
});

test('wrangler queues consumer http remove removes the pull consumer', async () => {
  assert.match(await wrangler.queues('consumer', 'http', 'remove', 'pulled'), /Removed consumer from queue pulled\./);
  assert.deepEqual(await consumersOf('pulled'), []);
});

test('settings out of range show the text and the code of the server', async () => {
  const http = await wrangler.queuesFails('consumer', 'http', 'add', 'pulled', '--batch-size', '101');
  assert.match(http, /batch_size.*\[code: 100127\]/s);
  const worker = await wrangler.queuesFails('consumer', 'add', 'work', 'w', '--max-concurrency', '0');
  assert.match(worker, /max_concurrency.*\[code: 100127\]/s);
  const own = await wrangler.queuesFails('consumer', 'http', 'add', 'pulled', '--dead-letter-queue', 'pulled');
  assert.match(own, /dead.letter.*\[code: 100127\]/is);
  assert.deepEqual(await consumersOf('pulled'), []);
});

test('a consumer for a queue that does not exist is refused by name', async () => {
  assert.match(await wrangler.queuesFails('consumer', 'http', 'add', 'nowhere'), /Queue "nowhere" does not exist/);
});

suite.endsWell();
