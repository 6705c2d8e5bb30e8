/**
 * An unmodified Worker that sends bodies of all types through its binding and shows what it receives. A body `{retry}` is
 * retried with that delay at its first delivery.
 */
const received = [];

/** A value with the classes that JSON would hide. */
function described(value) {
  if (value instanceof Map) return { Map: [...value].map(described) };
  if (value instanceof Set) return { Set: [...value].map(described) };
  if (value instanceof Date) return { Date: value.getTime() };
  if (value instanceof ArrayBuffer) return { ArrayBuffer: [...new Uint8Array(value)] };
  if (value instanceof Error) return { Error: String(value), cause: String(value.cause), stack: typeof value.stack };
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (Array.isArray(value)) return value.map(described);
  return value;
}

const map = () => new Map([['at', new Date(5)], ['many', new Set([1n, 'é'])], ['bytes', new Uint8Array([1, 2]).buffer]]);

async function sendAll(queue) {
  await queue.send({ order: 17 });
  await queue.send('Grüße', { contentType: 'text' });
  await queue.send([1.5, null], { contentType: 'json' });
  await queue.send(new Uint8Array([0, 128, 255]), { contentType: 'bytes' });
  await queue.send(map(), { contentType: 'v8' });
  await queue.sendBatch([
    { body: 'in a batch', contentType: 'text' },
    { body: map(), contentType: 'v8' },
    { body: new Uint8Array([7]), contentType: 'bytes' },
    { body: { batch: true } },
    { body: new TypeError('wrong', { cause: new Error('before') }), contentType: 'v8' },
  ]);
}

const errorOf = (promise) => promise.then(() => 'no error', (error) => String(error));

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case '/send':
        await sendAll(env.QUEUE);
        return new Response('sent');
      case '/retry':
        await env.QUEUE.send({ retry: 1 });
        return new Response('sent');
      case '/metrics':
        return Response.json(await env.QUEUE.metrics());
      case '/delayed':
        await env.QUEUE.send('later', { contentType: 'text', delaySeconds: 600 });
        return new Response('sent');
      case '/errors':
        return Response.json([
          await errorOf(env.QUEUE.send('x'.repeat(128_001), { contentType: 'text' })),
          await errorOf(env.QUEUE.send(() => {}, { contentType: 'json' })),
          await errorOf(env.QUEUE.send('x', { contentType: 'text', delaySeconds: 86_401 })),
          await errorOf(env.QUEUE.sendBatch(Array.from({ length: 101 }, () => ({ body: 1 })))),
        ]);
      default:
        return Response.json(received);
    }
  },

  async queue(batch) {
    for (const message of batch.messages) {
      received.push({ queue: batch.queue, attempts: message.attempts, body: described(message.body) });
      if (message.body?.retry !== undefined && message.attempts === 1) message.retry({ delaySeconds: message.body.retry });
      else message.ack();
    }
  },
};
