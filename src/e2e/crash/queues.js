/**
 * The queues of a crash run. The queue of a message determines what a client may expect:
 *
 * @property delaySeconds delivery_delay of the queue
 * @property visibilityMillis visibility timeout of a pull that has none
 * @property retriesMax max_retries of the consumer
 * @property retryDelaySeconds retry_delay of the consumer
 * @property deadLetters name of its dead letter queue
 * @property share weight with which clients choose this queue
 * @property patience share of deliveries that are acknowledged
 * @property swept whether clients purge the whole queue
 * @property large whether its messages are large, and even larger in a response
 */
const PATIENT = { delaySeconds: 0, visibilityMillis: 400, retriesMax: 100, retryDelaySeconds: 0, share: 2, patience: 0.7 };
const STRICT = { ...PATIENT, visibilityMillis: 250, patience: 0.35 };

const QUEUES_OF_EVERY_RUN = {
  plain: PATIENT,
  deferred: { ...PATIENT, delaySeconds: 1, retryDelaySeconds: 1 },
  failing: { ...STRICT, retriesMax: 1, deadLetters: 'dead' },
  swept: { ...STRICT, retriesMax: 2, deadLetters: 'dead', swept: true },
  brief: { ...STRICT, retriesMax: 2, share: 1 },
  dead: { ...PATIENT, share: 1, patience: 0.8 },
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
