/**
 * The queues of a crash run. What a client may expect of a message follows from the queue it was pushed to:
 *
 * @property delaySeconds delivery_delay of the queue
 * @property visibilityMillis lease of a pull that names none
 * @property retriesMax max_retries of the consumer
 * @property retryDelaySeconds retry_delay of the consumer
 * @property deadLetters name of its dead letter queue
 * @property share weight with which clients choose it
 * @property patience share of deliveries that are acknowledged
 * @property swept whether whole-queue purges happen
 */
const PATIENT = { delaySeconds: 0, visibilityMillis: 400, retriesMax: 100, retryDelaySeconds: 0, share: 2, patience: 0.7 };
const STRICT = { ...PATIENT, visibilityMillis: 250, patience: 0.35 };

export const QUEUES = {
  plain: PATIENT,
  deferred: { ...PATIENT, delaySeconds: 1, retryDelaySeconds: 1 },
  failing: { ...STRICT, retriesMax: 1, deadLetters: 'dead' },
  swept: { ...STRICT, retriesMax: 2, deadLetters: 'dead', swept: true },
  brief: { ...STRICT, retriesMax: 2, share: 1 },
  dead: { ...PATIENT, share: 1, patience: 0.8 },
};

/** Retries that nothing exhausts: what a queue is given while it is drained. */
export const RETRIES_WHILE_DRAINED = 100;
