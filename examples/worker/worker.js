import { withQueues } from '@sluice/workers';

/**
 * Takes orders over HTTP, queues them, and turns each one into a mail for another program to send. The same code runs on
 * Cloudflare: there withQueues adds a route that no one calls.
 */
export default withQueues(
  {
    async fetch(request, env) {
      if (request.method !== 'POST') return new Response('POST an order as JSON\n', { status: 405 });
      const order = await request.json();
      await env.ORDERS.send(order);
      return Response.json({ accepted: order.id }, { status: 202 });
    },

    async queue(batch, env) {
      for (const message of batch.messages) {
        const { id, customer } = message.body;
        if (!customer) {
          // Delivered again later, and after max_retries moved to the dead letter queue.
          message.retry();
          continue;
        }
        await env.MAILS.send({ to: customer, subject: `Your order ${id}` });
        message.ack();
      }
    },
  },
  { key: (env) => env.SLUICE_KEY },
);
