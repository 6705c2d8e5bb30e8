package dev.sluice.queue;

/**
 * Settings of a queue (reference 3.1).
 *
 * @param deliveryDelaySeconds delay of messages that bring none, 0 … 86400
 * @param deliveryPaused whether delivery to consumers is stopped
 * @param retentionSeconds age at which an unconsumed message is deleted, 60 … 1209600
 */
public record QueueSettings(int deliveryDelaySeconds, boolean deliveryPaused, int retentionSeconds) {
    /** What a queue has if its creator says nothing. */
    public static final QueueSettings DEFAULT = new QueueSettings(0, false, 345_600);
}
