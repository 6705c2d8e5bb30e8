import { setTimeout as pause } from 'node:timers/promises';

/**
 * A job that repeats, like an entry of cron, without a scheduler: a delayed message is the timer. Each run pushes the
 * message of the next one, and then acknowledges its own. If the process ends in between, another one continues; so one
 * run too many is possible, and none too few.
 *
 * Reads CLOUDFLARE_BASE_URL, CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID, QUEUE and EVERY_SECONDS. Any number of processes may
 * run it.
 */
const { CLOUDFLARE_BASE_URL, CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID, QUEUE = 'timer', EVERY_SECONDS = '60' } = process.env;
const queues = `${CLOUDFLARE_BASE_URL}/accounts/${CLOUDFLARE_ACCOUNT_ID}/queues`;

async function call(method, url, body) {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${CLOUDFLARE_API_TOKEN}` },
    body: body && JSON.stringify(body),
  });
  const { success, errors, result } = await response.json();
  if (!success) throw new Error(`${response.status}: ${errors[0].message}`);
  return result;
}

const [queue] = await call('GET', `${queues}?name=${QUEUE}`);
const path = `${queues}/${queue.queue_id}`;
const schedule = (run, delay_seconds) => call('POST', `${path}/messages`, { body: { run }, content_type: 'json', delay_seconds });

const { backlog_count: waiting } = await call('GET', `${path}/metrics`);
if (waiting === 0) await schedule(1, 0);

/** Runs the job if its time has come. */
async function runIfDue() {
  const { messages } = await call('POST', `${path}/messages/pull`, { batch_size: 1, visibility_timeout_ms: 60_000 });
  for (const { lease_id, body } of messages) {
    const { run } = JSON.parse(body);
    console.log(`run ${run}`);
    await schedule(run + 1, Number(EVERY_SECONDS));
    await call('POST', `${path}/messages/ack`, { acks: [{ lease_id }] });
  }
}

for (;;) {
  // The server may be away for a while.
  await runIfDue().catch((error) => console.error(error.message));
  await pause(200);
}
