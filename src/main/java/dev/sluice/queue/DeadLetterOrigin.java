package dev.sluice.queue;

/**
 * Where a dead letter comes from and why. Shown in the metadata of the message; a redrive uses the number.
 *
 * @param queueNumber of the queue from which it was moved last
 * @param queueName of that queue at the time of the move
 * @param atMillis when its last attempt failed
 * @param attempts deliveries in that queue
 */
public record DeadLetterOrigin(
        long queueNumber, String queueName, DeadLetterReason reason, long atMillis, int attempts) {}
