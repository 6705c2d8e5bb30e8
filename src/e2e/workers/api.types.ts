/** Not run: a test compiles it, which checks the types of @sluice/workers. */
import { DeliveryVerifier, SluiceError, SluiceQueue, withQueues } from '@sluice/workers';
import dispatcher from '@sluice/workers/dispatcher';

interface Env {
  SLUICE_KEY: string;
  QUEUE: SluiceQueue<{ order: number }>;
}

const options = { url: '', accountId: '', queue: '', token: '' };

const worker = withQueues(
  {
    async fetch(request: Request, env: Env) {
      const { metadata } = await env.QUEUE.send({ order: 1 }, { contentType: 'json', delaySeconds: 3 });
      await env.QUEUE.sendBatch([{ body: { order: 2 }, delaySeconds: 1 }]);
      const oldest: Date | undefined = (await env.QUEUE.metrics()).oldestMessageTimestamp;
      return Response.json([request.url, metadata.metrics.backlogCount, oldest]);
    },
    async queue(batch: { messages: { ack(): void }[] }) {
      batch.messages[0].ack();
    },
  },
  { key: (env: Env) => env.SLUICE_KEY, toleranceSeconds: 5 },
);
export const { queue } = worker;
export const verify = (request: Request) => new DeliveryVerifier().verify(request, 'key');
export const code: number = new SluiceError('cause', 10104, 404).code;
export const { fetch } = dispatcher;

// @ts-expect-error the body has another type
void new SluiceQueue<{ order: number }>(options).send({ order: 'x' });
// @ts-expect-error a value of type v8 cannot be sent over HTTP
void new SluiceQueue(options).send(1, { contentType: 'v8' });
// @ts-expect-error the key is missing
withQueues({}, {});
