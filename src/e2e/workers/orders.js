import { withQueues } from '@sluice/workers';

/**
 * The Worker of the bar: sends numbered messages through its binding and consumes them with explicit results.
 *
 * Of each number the last digits decide: …7 is retried with a delay at its first delivery, …03 fails each time and ends
 * in the dead letter queue, a batch that contains …055 for the first time throws after it has acknowledged half.
 */
const processed = new Map();
const thrown = new Set();
const numberOf = (body) => Number(body instanceof ArrayBuffer ? new TextDecoder().decode(body) : (body.number ?? body));

function message(number) {
  const delaySeconds = number % 20 === 0 ? 1 : undefined;
  switch (number % 3) {
    case 0:
      return { body: { number }, contentType: 'json', delaySeconds };
    case 1:
      return { body: String(number), contentType: 'text', delaySeconds };
    default:
      return { body: new TextEncoder().encode(String(number)), contentType: 'bytes', delaySeconds };
  }
}

export default withQueues(
  {
    async fetch(request, env) {
      const url = new URL(request.url);
      if (url.pathname === '/send') {
        const from = Number(url.searchParams.get('from'));
        const messages = Array.from({ length: Number(url.searchParams.get('count')) }, (_, i) => message(from + i));
        await env.QUEUE.sendBatch(messages);
        return new Response('sent');
      }
      return Response.json([...processed]);
    },

    async queue(batch) {
      for (const [index, each] of batch.messages.entries()) {
        const number = numberOf(each.body);
        if (number % 1000 === 55 && !thrown.has(number)) {
          thrown.add(number);
          for (const before of batch.messages.slice(0, index)) before.ack();
          throw new Error(`failed at ${number}`);
        }
        if (number % 100 === 3 || (number % 10 === 7 && each.attempts === 1)) {
          each.retry({ delaySeconds: number % 10 === 7 ? 1 : 0 });
        } else {
          each.ack();
          processed.set(number, (processed.get(number) ?? 0) + 1);
        }
      }
    },
  },
  { key: (env) => env.SLUICE_KEY },
);
