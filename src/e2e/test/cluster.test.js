import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { send } from '../harness/http.js';
import { kafkaSettings, startBrokers, withKafka } from '../harness/kafka.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { until } from '../harness/until.js';

const QUEUES = `/client/v4/accounts/${ACCOUNT}/queues`;
const NODES = 3;
const SHARDS = 8;
/** Enough for queues on every node. */
const QUEUE_COUNT = 10;

let brokers;
let nodes;

/** A node of the cluster of this file. */
const newNode = (number) => new Server({
  settings: {
    ...kafkaSettings(brokers, 'cluster'),
    'cluster.shards': SHARDS,
    'cluster.node': `node-${number}`,
    'http.event_loops': 1,
  },
  javaOptions: ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
});

before(async () => {
  if (withKafka.skip) return;
  brokers = await startBrokers();
  nodes = Array.from({ length: NODES }, (none, number) => newNode(number + 1));
  // The first one makes the topics.
  await nodes[0].start();
  await Promise.all(nodes.slice(1).map((node) => node.start()));
});
after(async () => {
  await Promise.all((nodes ?? []).map((node) => node.kill()));
  await brokers?.stop();
});

const request = (node, method, target, body) => send(node.origin, method, target, { body, token: TOKEN });

/** A request that must succeed; while a shard changes its owner it is sent again, as clients do. */
async function call(node, method, target, body) {
  let answer;
  await until(`${method} ${target} is answered`, async () => {
    answer = await request(node, method, target, body);
    return answer.status !== 503;
  });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.result;
}

async function newQueue(node, name) {
  const { queue_id } = await call(node, 'POST', QUEUES, { queue_name: name });
  await call(node, 'POST', `${QUEUES}/${queue_id}/consumers`, { type: 'http_pull' });
  return `${QUEUES}/${queue_id}`;
}

const push = (node, queue, body) => request(node, 'POST', `${queue}/messages`, { body, content_type: 'text' });

/** Pulls and acknowledges through a node until the queue is empty; returns the bodies. */
async function drain(node, queue) {
  const bodies = [];
  for (;;) {
    const { messages } = await call(node, 'POST', `${queue}/messages/pull`, { batch_size: 100, visibility_timeout_ms: 600_000 });
    if (messages.length === 0) return bodies;
    bodies.push(...messages.map(({ body }) => body));
    await call(node, 'POST', `${queue}/messages/ack`, { acks: messages.map(({ lease_id }) => ({ lease_id })) });
  }
}

/** Clients that push to queues through nodes, and remember what was answered. */
class Load {
  answered;
  #queues;
  #stopped = false;
  #number = 0;
  #clients;

  constructor(through, queues) {
    this.#queues = queues;
    this.answered = new Map(queues.map((queue) => [queue, []]));
    this.#clients = Promise.all(through.map((node) => this.#push(node)));
  }

  async #push(node) {
    while (!this.#stopped) {
      const queue = this.#queues[this.#number % this.#queues.length];
      const body = `message ${this.#number++}`;
      const answer = await push(node, queue, body).catch(() => ({}));
      if (answer.status === 200) this.answered.get(queue).push(body);
      else assert.ok(answer.status === undefined || answer.status === 503, answer.text);
    }
  }

  get count() {
    return [...this.answered.values()].reduce((sum, bodies) => sum + bodies.length, 0);
  }

  /** Resolves when each queue has taken messages again. */
  async everyQueueTakesMessages() {
    const before = new Map([...this.answered].map(([queue, bodies]) => [queue, bodies.length]));
    await until('each queue takes messages', () => this.#queues.every((queue) => this.answered.get(queue).length > before.get(queue)));
  }

  async stop() {
    this.#stopped = true;
    await this.#clients;
  }

  /** Nothing that was answered is missing. */
  async assertAllThere(node) {
    for (const [queue, bodies] of this.answered) {
      const found = new Set(await drain(node, queue));
      assert.deepEqual(bodies.filter((body) => !found.has(body)), []);
    }
  }
}

async function newQueues(prefix) {
  const queues = [];
  for (let number = 0; number < QUEUE_COUNT; number++) queues.push(await newQueue(nodes[0], `${prefix}-${number}`));
  return queues;
}

test('a message is pushed through one node, pulled through another and acknowledged through the third', withKafka, async () => {
  const [first, second, third] = nodes;
  for (const queue of await newQueues('relay')) {
    await call(first, 'POST', `${queue}/messages`, { body: queue, content_type: 'text' });
    const { messages } = await call(second, 'POST', `${queue}/messages/pull`, {});
    assert.deepEqual(messages.map(({ body }) => body), [queue]);
    const acknowledged = await call(third, 'POST', `${queue}/messages/ack`, { acks: [{ lease_id: messages[0].lease_id }] });
    assert.equal(acknowledged.ackCount, 1);
    assert.equal((await call(second, 'GET', `${queue}/metrics`)).backlog_count, 0);
  }
});

test('a queue is found through every node as soon as its creation is answered, and by none after its deletion', withKafka, async () => {
  for (let number = 0; number < QUEUE_COUNT; number++) {
    const [maker, reader, other] = [0, 1, 2].map((offset) => nodes[(number + offset) % NODES]);
    const name = `seen-${number}`;
    const { queue_id } = await call(maker, 'POST', QUEUES, { queue_name: name });
    const listed = await request(reader, 'GET', `${QUEUES}?per_page=1000`);
    assert.ok(listed.json.result.some((queue) => queue.queue_name === name), listed.text);
    assert.equal((await request(other, 'GET', `${QUEUES}/${queue_id}`)).status, 200);
    await call(other, 'DELETE', `${QUEUES}/${queue_id}`);
    assert.equal((await request(reader, 'GET', `${QUEUES}/${queue_id}`)).status, 404);
    assert.equal((await push(maker, `${QUEUES}/${queue_id}`, 'late')).status, 404);
  }
});

test('dead letters reach their queue once, wherever it is', withKafka, async () => {
  const letters = `dead-${ACCOUNT.slice(0, 4)}`;
  const bodies = [];
  for (let number = 0; number < QUEUE_COUNT; number++) {
    const { queue_id } = await call(nodes[number % NODES], 'POST', QUEUES, { queue_name: `failing-${number}` });
    const queue = `${QUEUES}/${queue_id}`;
    // The first one creates the dead letter queue.
    await call(nodes[0], 'POST', `${queue}/consumers`, { type: 'http_pull', dead_letter_queue: letters, settings: { max_retries: 0 } });
    await call(nodes[1], 'POST', `${queue}/messages`, { body: queue, content_type: 'text' });
    const { messages } = await call(nodes[2], 'POST', `${queue}/messages/pull`, {});
    await call(nodes[0], 'POST', `${queue}/messages/ack`, { acks: [], retries: [{ lease_id: messages[0].lease_id }] });
    bodies.push(queue);
  }
  const listed = await call(nodes[1], 'GET', `${QUEUES}?per_page=1000`);
  const queue = `${QUEUES}/${listed.find(({ queue_name }) => queue_name === letters).queue_id}`;
  await call(nodes[1], 'POST', `${queue}/consumers`, { type: 'http_pull' });
  const found = [];
  await until('all dead letters are there', async () => {
    found.push(...await drain(nodes[2], queue));
    return found.length >= bodies.length;
  });
  assert.deepEqual(found.sort(), bodies.sort());
});

test('killed under load, a node loses nothing that was answered', withKafka, async (context) => {
  const load = new Load([nodes[0], nodes[1], nodes[0], nodes[1]], await newQueues('killed'));
  await until('300 pushes are answered', () => load.count >= 300);
  await nodes[2].kill();
  const killed = performance.now();
  await load.everyQueueTakesMessages();
  context.diagnostic(`each queue took messages ${Math.round(performance.now() - killed)} ms after the kill`);
  await load.stop();
  await load.assertAllThere(nodes[1]);
  await nodes[2].start();
});

test('a node that is stopped for a while and goes on acknowledges nothing that its successors do not have', withKafka, async () => {
  const queues = await newQueues('paused');
  for (const queue of queues) await call(nodes[0], 'POST', `${queue}/messages`, { body: 'before', content_type: 'text' });
  const load = new Load([nodes[0], nodes[1], nodes[2]], queues);
  await load.everyQueueTakesMessages();
  process.kill(nodes[2].pid, 'SIGSTOP');
  try {
    // Its own client waits; the others go on once its shards have new owners.
    await load.everyQueueTakesMessages();
  } finally {
    process.kill(nodes[2].pid, 'SIGCONT');
  }
  await load.everyQueueTakesMessages();
  await load.stop();
  await load.assertAllThere(nodes[2]);
});

test('a node that is stopped leaves its queues to the others', withKafka, async (context) => {
  const load = new Load([nodes[0], nodes[1], nodes[0], nodes[1]], await newQueues('left'));
  await load.everyQueueTakesMessages();
  const stopping = performance.now();
  await nodes[2].end('SIGTERM');
  await load.everyQueueTakesMessages();
  context.diagnostic(`each queue took messages ${Math.round(performance.now() - stopping)} ms after the stop began`);
  await load.stop();
  await load.assertAllThere(nodes[0]);
});
