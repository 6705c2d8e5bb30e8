export { DELIVERY_PATH, withQueues } from './with-queues.js';
export { DeliveryError, DeliveryVerifier } from './delivery.js';
export { SluiceError, SluiceQueue } from './producer.js';
