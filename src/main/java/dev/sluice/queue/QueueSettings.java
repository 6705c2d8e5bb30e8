package dev.sluice.queue;

/**
 * Settings of a queue (docs/api.md 3.1).
 *
 * @param deliveryDelaySeconds delay of messages that give none, 0 … 86400
 * @param deliveryPaused whether delivery to consumers is stopped
 * @param retentionSeconds age at which an unconsumed message is deleted, 60 … 1209600
 */
public record QueueSettings(int deliveryDelaySeconds, boolean deliveryPaused, int retentionSeconds) {
    /** The settings of a queue whose creator gave none. */
    public static final QueueSettings DEFAULT = new QueueSettings(0, false, 345_600);

    /**
     * Checks the ranges.
     *
     * @throws QueueException QUEUE_SETTINGS_INVALID, naming the first setting that is out of range
     */
    public void check(Limits limits) {
        check("delivery_delay", deliveryDelaySeconds, 0, limits.delaySecondsMax());
        check("message_retention_period", retentionSeconds, limits.retentionSecondsMin(), limits.retentionSecondsMax());
    }

    private static void check(String setting, int value, int min, int max) {
        if (value < min || value > max) {
            throw new QueueException(
                    QueueError.QUEUE_SETTINGS_INVALID,
                    "settings." + setting + " must be from " + min + " to " + max + " seconds.");
        }
    }
}
