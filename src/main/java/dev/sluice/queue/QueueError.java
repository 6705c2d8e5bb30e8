package dev.sluice.queue;

import java.util.HashMap;
import java.util.Map;

/**
 * The errors of the domain: every reason for which an operation on a queue or on the catalog fails. The API gives each one
 * its HTTP status and its code.
 */
public enum QueueError {
    // Operations on messages
    QUEUE_UNKNOWN_TO_MESSAGES(1, "Queue does not exist."),
    OVERLOADED(10, "Queue is overloaded. Try again later."),
    STORAGE_LIMIT(11, "Queue storage limit is reached. Pull and acknowledge messages, or purge."),
    DELIVERY_PAUSED(12, "queue_delivery_paused"),
    PULL_NOT_ENABLED(13, "messages cannot be pulled unless http_pull mode is enabled"),
    INTERNAL(14, "Internal error."),
    UNAVAILABLE(15, "Queue is not available at the moment. Try again."),

    // Operations on queues, consumers and subscriptions
    REQUEST_INVALID(16, "Request body is invalid."),
    RESOURCE_UNKNOWN(18, "Resource does not exist."),
    QUEUE_UNKNOWN(19, "Queue not found."),
    QUEUE_NAME_INVALID(20, "Queue name is invalid."),
    CONSUMER_EXISTS(21, "Queue already has a consumer."),
    QUEUE_NAME_TAKEN(22, "Queue name is already taken. Please use a different name and try again."),
    CONSUMER_SETTINGS_INVALID(23, "Consumer settings are invalid."),
    QUEUE_SETTINGS_INVALID(24, "Queue settings are invalid.");

    private static final Map<Integer, QueueError> BY_NUMBER = new HashMap<>();

    static {
        for (QueueError error : values()) {
            BY_NUMBER.put(error.number, error);
        }
    }

    private final int number;
    private final String text;

    QueueError(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** The default text, shown to the client. */
    public String text() {
        return text;
    }

    /** Identifies the error where only an integer can be sent, as on the event bus. Never changes. */
    public int number() {
        return number;
    }

    /** Returns the error with that number, or {@link #INTERNAL}. */
    public static QueueError ofNumber(int number) {
        return BY_NUMBER.getOrDefault(number, INTERNAL);
    }
}
