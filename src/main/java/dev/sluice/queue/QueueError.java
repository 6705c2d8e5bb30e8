package dev.sluice.queue;

import java.util.HashMap;
import java.util.Map;

/**
 * The errors of the domain: every reason for which an operation on a queue or on the catalog fails. The API gives each one
 * its HTTP status and its code.
 */
public enum QueueError {
    // Operations on messages
    QUEUE_UNKNOWN_TO_MESSAGES(1, "Queue does not exist.", Fault.CLIENT),
    QUEUE_ID_MALFORMED(2, "Queue id is malformed: it must be 32 hexadecimal digits.", Fault.CLIENT),
    BATCH_DELAY_INVALID(3, "delay_seconds of the batch must be an integer from 0 to 86400.", Fault.CLIENT),
    MESSAGE_METADATA_INVALID(4, "content_type or delay_seconds of the message is invalid.", Fault.CLIENT),
    MESSAGE_TOO_LARGE(5, "Message is larger than 128000 bytes.", Fault.CLIENT),
    BATCH_TOO_LARGE(6, "Messages of the batch are larger than 256000 bytes together.", Fault.CLIENT),
    BATCH_COUNT_INVALID(7, "A batch holds at most 100 messages.", Fault.CLIENT),
    MESSAGE_BODY_INVALID(8, "Request body does not fit the schema.", Fault.CLIENT),
    MESSAGE_BODY_MALFORMED(9, "Request body is not valid JSON.", Fault.CLIENT),
    OVERLOADED(10, "Queue is overloaded. Try again later.", Fault.SERVER),
    STORAGE_LIMIT(11, "Queue storage limit is reached. Pull and acknowledge messages, or purge.", Fault.CLIENT),
    DELIVERY_PAUSED(12, "queue_delivery_paused", Fault.CLIENT),
    PULL_NOT_ENABLED(13, "messages cannot be pulled unless http_pull mode is enabled", Fault.CLIENT),
    INTERNAL(14, "Internal error.", Fault.SERVER),
    UNAVAILABLE(15, "Queue is not available at the moment. Try again.", Fault.SERVER),

    // Operations on queues, consumers and subscriptions
    REQUEST_INVALID(16, "Request body is invalid.", Fault.CLIENT),
    RESOURCE_UNKNOWN(18, "Resource does not exist.", Fault.CLIENT),
    QUEUE_UNKNOWN(19, "Queue not found.", Fault.CLIENT),
    QUEUE_NAME_INVALID(20, "Queue name is invalid.", Fault.CLIENT),
    CONSUMER_EXISTS(21, "Queue already has a consumer.", Fault.CLIENT),
    QUEUE_NAME_TAKEN(22, "Queue name is already taken. Please use a different name and try again.", Fault.CLIENT),
    CONSUMER_SETTINGS_INVALID(23, "Consumer settings are invalid.", Fault.CLIENT),
    QUEUE_SETTINGS_INVALID(24, "Queue settings are invalid.", Fault.CLIENT);

    /** Whose fault a failure is. */
    public enum Fault {
        CLIENT,
        SERVER
    }

    private static final Map<Integer, QueueError> BY_NUMBER = new HashMap<>();

    static {
        for (QueueError error : values()) {
            BY_NUMBER.put(error.number, error);
        }
    }

    private final int number;
    private final String text;
    private final Fault fault;

    QueueError(int number, String text, Fault fault) {
        this.number = number;
        this.text = text;
        this.fault = fault;
    }

    /** The default text, shown to the client. */
    public String text() {
        return text;
    }

    public Fault fault() {
        return fault;
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
