import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import Cloudflare from 'cloudflare';

/**
 * A service that queues what it gets over HTTP, and a consumer of the same queue. Reads CLOUDFLARE_BASE_URL,
 * CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID, as `sluice dev` prints them.
 */
const account_id = process.env.CLOUDFLARE_ACCOUNT_ID;
const { queues } = new Cloudflare();
const { queue_id } = await findQueue('orders');
let running = true;

async function findQueue(name) {
  for await (const queue of queues.list({ account_id })) if (queue.queue_name === name) return queue;
  throw new Error(`there is no queue ${name}`);
}

const server = createServer(async (request, response) => {
  try {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks));
    await queues.messages.push(queue_id, { account_id, body, content_type: 'json' });
    response.writeHead(202).end();
  } catch (error) {
    response.writeHead(error instanceof SyntaxError ? 400 : 503).end();
  }
});

/** Handles the messages that are ready and returns how many there were. One that fails is delivered again after its delay. */
async function consume() {
  const { messages } = await queues.messages.pull(queue_id, { account_id, batch_size: 10 });
  const acks = [];
  const retries = [];
  for (const { lease_id, body, attempts } of messages) {
    try {
      handle(JSON.parse(body));
      acks.push({ lease_id });
    } catch {
      retries.push({ lease_id, delay_seconds: Math.min(2 ** attempts, 3600) });
    }
  }
  if (messages.length > 0) await queues.messages.ack(queue_id, { account_id, acks, retries });
  return messages.length;
}

function handle(order) {
  console.log(`order ${order.id}`);
}

process.once('SIGTERM', () => {
  running = false;
  server.close();
});
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
while (running) {
  const handled = await consume().catch((error) => {
    // The server is away, or responded with an error.
    console.error(error.message);
    return 0;
  });
  if (handled === 0) await pause(200);
}
