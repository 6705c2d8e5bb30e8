import { startSluice, type Message, type Sluice } from '@sluice/testing';

interface Order {
  id: number;
}

export async function example(): Promise<number[]> {
  await using sluice: Sluice = await startSluice({ queues: ['orders', { name: 'mails', maxRetries: 1, deadLetterQueue: 'failed' }] });
  const orders = sluice.queue<Order>('orders');
  await orders.push({ id: 1 }, { delaySeconds: 2 });
  // @ts-expect-error: an order has a number
  await orders.push({ id: 'one' });
  // @ts-expect-error: there is no such option
  await startSluice({ queue: 'orders' });
  const messages: Message<Order>[] = await orders.pull({ batchSize: 10 });
  await orders.retry(messages[0]!, { delaySeconds: 5 });
  const url: string = sluice.env['CLOUDFLARE_BASE_URL']! + sluice.baseURL;
  return [url.length, ...(await orders.drain()).map(({ body }) => body.id)];
}
