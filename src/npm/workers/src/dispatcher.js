import { base64Bytes, DELIVERY_PATH, DeliveryVerifier, metricsOf, refusal, responseOf } from './delivery.js';

/**
 * A Worker that receives the batches of Sluice and gives them to another Worker as native `queue` events, so that this
 * one stays as it is and gets bodies of all four types. Deliveries have the path /sluice/queue; it forwards all other
 * requests. It needs workerd with two compatibility flags, experimental and service_binding_extra_handlers, and two
 * bindings:
 *
 * - APP: a service binding to the Worker
 * - SLUICE_KEY: the key in Sluice's configuration
 *
 * A body of type v8 goes through V8's deserializer: give write access to the queue to trusted senders only.
 */
const verifier = new DeliveryVerifier();

export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname !== DELIVERY_PATH) return env.APP.fetch(request);
    try {
      const delivery = await verifier.verify(request, env.SLUICE_KEY);
      const result = await env.APP.queue(delivery.queue, delivery.messages.map(nativeMessage), {
        metrics: metricsOf(delivery),
      });
      return responseOf(
        delivery.messages.map((message) => message.id),
        resultOf(result),
      );
    } catch (error) {
      if (!(error?.status < 500)) console.error(error);
      return refusal(error);
    }
  },
};

function nativeMessage({ id, timestamp_ms, attempts, content_type, body }) {
  const message = { id, timestamp: new Date(timestamp_ms), attempts };
  switch (content_type) {
    case 'v8':
      return { ...message, serializedBody: base64Bytes(body) };
    case 'bytes':
      return { ...message, body: base64Bytes(body).buffer };
    default:
      return { ...message, body };
  }
}

function resultOf({ outcome, ackAll, retryBatch, explicitAcks, retryMessages }) {
  return {
    ok: outcome === 'ok',
    ackAll,
    retryAll: retryBatch?.retry === true,
    delaySeconds: retryBatch?.delaySeconds,
    acks: new Set(explicitAcks),
    retries: new Map(retryMessages?.map(({ msgId, delaySeconds }) => [msgId, delaySeconds])),
  };
}
