package dev.sluice.queue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event subscription (docs/api.md 8). It is stored and returned; no event is ever sent for it.
 *
 * @param id 32 lower-case hex digits
 * @param sourceJson the source object, verbatim compact JSON text with a non-empty string {@code type}
 * @param queueId the destination queue
 * @param events at least one
 * @param createdMicros microseconds since the epoch
 * @param modifiedMicros microseconds since the epoch
 */
public record Subscription(
        String id,
        String accountId,
        String name,
        boolean enabled,
        String sourceJson,
        String queueId,
        List<String> events,
        long createdMicros,
        long modifiedMicros) {
    /** Longest name, in UTF-16 units. */
    public static final int NAME_LENGTH_MAX = 256;
    /** Largest {@code sourceJson}, in bytes of UTF-8. */
    public static final int SOURCE_BYTES_MAX = 1_024;
    /** Most names of events in one subscription. */
    public static final int EVENTS_MAX = 32;
    /** Longest name of an event, in UTF-16 units. */
    public static final int EVENT_LENGTH_MAX = 64;

    /**
     * Checks the sizes of the given fields; null is not checked.
     *
     * @throws QueueException REQUEST_INVALID, naming the first field that is too large
     */
    public static void check(@Nullable String name, @Nullable String sourceJson, @Nullable List<String> events) {
        require(
                name == null || name.length() <= NAME_LENGTH_MAX,
                "name must have at most " + NAME_LENGTH_MAX + " characters.");
        require(
                sourceJson == null || sourceJson.getBytes(StandardCharsets.UTF_8).length <= SOURCE_BYTES_MAX,
                "source must take at most " + SOURCE_BYTES_MAX + " bytes as JSON without spaces.");
        require(events == null || events.size() <= EVENTS_MAX, "events must hold at most " + EVENTS_MAX + " names.");
        require(
                events == null || events.stream().allMatch(event -> event.length() <= EVENT_LENGTH_MAX),
                "Each of events must have at most " + EVENT_LENGTH_MAX + " characters.");
    }

    private static void require(boolean valid, String message) {
        if (!valid) {
            throw new QueueException(QueueError.REQUEST_INVALID, message);
        }
    }
}
