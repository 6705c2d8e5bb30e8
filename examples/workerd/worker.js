/** A Worker that sends to a queue and consumes it. It runs on Cloudflare as it is. */
const received = [];

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (request.method === 'POST' && pathname === '/orders') {
      await env.QUEUE.send(await request.json());
      return new Response('Accepted.\n', { status: 202 });
    }
    return Response.json(received);
  },

  async queue(batch) {
    for (const message of batch.messages) {
      received.push({ id: message.id, attempts: message.attempts, body: message.body });
      message.ack();
    }
  },
};
