import { SluiceQueue, withQueues } from './workers/index.js';

/** A Worker that sends through its binding or over HTTP, and consumes with withQueues. */
const received = [];

export default withQueues(
  {
    async fetch(request, env) {
      const { pathname } = new URL(request.url);
      const overHttp = new SluiceQueue({ url: env.URL, token: env.TOKEN, accountId: env.ACCOUNT_ID, queue: 'orders' });
      const queue = pathname === '/http' ? overHttp : env.QUEUE;
      if (pathname === '/binding' || pathname === '/http') {
        await queue.send({ from: pathname });
        await queue.send('text', { contentType: 'text' });
        const { metadata } = await queue.sendBatch([{ body: new Uint8Array([9]), contentType: 'bytes' }]);
        return Response.json({ sent: metadata.metrics, now: await queue.metrics() });
      }
      return Response.json(received);
    },

    async queue(batch, env, ctx) {
      const bodies = batch.messages.map(({ body }) => (body instanceof ArrayBuffer ? [...new Uint8Array(body)] : body));
      ctx.waitUntil(Promise.resolve().then(() => received.push(...bodies)));
    },
  },
  { key: (env) => env.SLUICE_KEY },
);
