import { batchOf } from './batch.js';
import { DELIVERY_PATH, DeliveryVerifier, refusal, responseOf } from './delivery.js';

/**
 * Adds a route to a Worker that receives the batches of Sluice and calls the Worker's own `queue()` with them. Put its
 * URL and the key into `workers` of Sluice's configuration.
 *
 * @param worker the exported object of a Worker, or a class that extends WorkerEntrypoint
 * @param {object} options
 * @param {string | ((env: object) => string)} options.key the key in Sluice's configuration
 * @param {string} [options.path] path of the route
 * @param {number} [options.toleranceSeconds] the most that the timestamp of a delivery may differ from this clock
 * @param {number} [options.bodyBytesMax] the largest request body
 * @param {{add: Function}} [options.seen] remembers signatures; by default in the memory of the isolate
 * @returns the Worker with the route
 */
export function withQueues(worker, { key, path = DELIVERY_PATH, ...verification } = {}) {
  if (key === undefined) throw new TypeError('withQueues needs a key: a string, or a function of env that returns it.');
  const verifier = new DeliveryVerifier(verification);
  const isDelivery = (request) => new URL(request.url).pathname === path;
  const serve = async (request, env, ctx, queue) => {
    try {
      const delivery = await verifier.verify(request, typeof key === 'function' ? key(env) : key);
      return await handle(delivery, ctx, queue);
    } catch (error) {
      if (!(error?.status < 500)) console.error(error);
      return refusal(error);
    }
  };
  if (typeof worker === 'function') {
    return class extends worker {
      fetch(request) {
        if (!isDelivery(request)) return super.fetch?.(request) ?? notFound();
        return serve(request, this.env, this.ctx, super.queue && ((batch) => super.queue(batch)));
      }
    };
  }
  return {
    ...worker,
    fetch(request, env, ctx) {
      if (!isDelivery(request)) return worker.fetch?.(request, env, ctx) ?? notFound();
      return serve(request, env, ctx, worker.queue && ((batch, tracked) => worker.queue(batch, env, tracked)));
    },
  };
}

const notFound = () => new Response('Not found.', { status: 404 });

async function handle(delivery, ctx, queue) {
  if (!queue) throw new TypeError('The Worker has no queue() handler.');
  const { batch, results } = batchOf(delivery);
  const pending = [];
  let ok = true;
  try {
    await queue(batch, tracking(ctx, pending));
    // A promise may add others while it is awaited.
    while (pending.length > 0) await pending.shift();
  } catch (error) {
    console.error(error);
    ok = false;
    await Promise.allSettled(pending);
  }
  return responseOf(
    batch.messages.map((message) => message.id),
    { ok, ...results },
  );
}

/** The context of the request, whose `waitUntil` promises are also collected: the response waits for them. */
function tracking(ctx, pending) {
  return new Proxy(ctx, {
    get(target, name) {
      if (name === 'waitUntil') {
        return (promise) => {
          const settled = Promise.resolve(promise);
          pending.push(settled);
          target.waitUntil(settled.catch(() => {}));
        };
      }
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
