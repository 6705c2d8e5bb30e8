/**
 * The queues of a crash run. The queue of a message determines what a client may expect:
 *
 * @property delaySeconds delivery_delay of the queue
 * @property visibilityMillis visibility timeout of a pull that has none
 * @property retriesMax max_retries of the consumer
 * @property retryDelaySeconds retry_delay of the consumer
 * @property deadLetters name of its dead letter queue
 * @property share weight with which clients choose this queue
 * @property ackShare share of deliveries that are acknowledged
 * @property purged whether clients purge the whole queue
 * @property large whether its messages are large, and even larger in a response
 */
const LENIENT = { delaySeconds: 0, visibilityMillis: 400, retriesMax: 100, retryDelaySeconds: 0, share: 2, ackShare: 0.7 };
const STRICT = { ...LENIENT, visibilityMillis: 250, ackShare: 0.35 };

const QUEUES_OF_EVERY_RUN = {
  plain: LENIENT,
  deferred: { ...LENIENT, delaySeconds: 1, retryDelaySeconds: 1 },
  failing: { ...STRICT, retriesMax: 1, deadLetters: 'dead' },
  purged: { ...STRICT, retriesMax: 2, deadLetters: 'dead', purged: true },
  brief: { ...STRICT, retriesMax: 2, share: 1 },
  dead: { ...LENIENT, share: 1, ackShare: 0.8 },
};

/** Queues whose leases expire while a response is on its way, and whose responses are large. */
const HARD = { ...STRICT, retriesMax: 2, share: 1 };

/** The queues of a run, by name. */
export const queuesOf = (hard) => ({
  ...QUEUES_OF_EVERY_RUN,
  ...(hard && {
    hasty: { ...HARD, visibilityMillis: 100, deadLetters: 'dead' },
    fleeting: { ...HARD, visibilityMillis: 100 },
    bulky: { ...HARD, visibilityMillis: 400, share: 3, deadLetters: 'dead', large: true },
  }),
});

/** A max_retries that is never reached; used while a queue is drained. */
export const RETRIES_WHILE_DRAINED = 100;
