import { Agent, request } from 'node:http';

const IN_FLIGHT = 16;
const BATCH = 100;

/** Pushes this number of messages in batches of 100; `delayOf` returns the delay of each in seconds. */
export async function fill(server, count, { queue = 0, bytes = 200, delayOf } = {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const { headers, requests: [{ path: where }] } = server.batches('', 1);
  const body = 'x'.repeat(bytes);
  const url = `${server.origin}${where.replace(server.queues[0], server.queues[queue])}`;
  let left = count;
  const worker = async () => {
    while (left > 0) {
      const size = Math.min(BATCH, left);
      left -= size;
      const messages = Array.from({ length: size }, () => ({ body, content_type: 'text', ...(delayOf ? { delay_seconds: delayOf() } : {}) }));
      await post(url, JSON.stringify({ messages }), headers, agent);
    }
  };
  try {
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  } finally {
    agent.destroy();
  }
}

function post(url, body, headers, agent) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers: { ...headers, 'Content-Length': Buffer.byteLength(body) } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.once('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error(`${response.statusCode} ${text}`))));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
