export { DELIVERY_PATH, DeliveryError, DeliveryVerifier } from './delivery.js';
export { SluiceError, SluiceQueue } from './producer.js';
export { withQueues } from './with-queues.js';
