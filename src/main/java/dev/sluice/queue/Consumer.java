package dev.sluice.queue;

/**
 * The consumer of a queue (docs/api.md 5.1). A queue has at most one.
 *
 * @param consumerId 32 lower-case hex digits
 * @param scriptName name of the Worker, empty for http_pull; {@value #SCRIPT_NAME_LENGTH_MAX} characters at most
 * @param deadLetterQueue name of a queue of the same account, empty if there is none
 * @param createdMicros microseconds since the epoch
 */
public record Consumer(
        String consumerId,
        ConsumerType type,
        String scriptName,
        String deadLetterQueue,
        ConsumerSettings settings,
        long createdMicros) {
    /** Longest name of a script, in UTF-16 units. */
    public static final int SCRIPT_NAME_LENGTH_MAX = 255;

    /**
     * Checks the length of a name.
     *
     * @throws QueueException CONSUMER_SETTINGS_INVALID
     */
    public static void checkScriptName(String scriptName) {
        if (scriptName.length() > SCRIPT_NAME_LENGTH_MAX) {
            throw new QueueException(
                    QueueError.CONSUMER_SETTINGS_INVALID,
                    "script_name must have at most " + SCRIPT_NAME_LENGTH_MAX + " characters.");
        }
    }
}
