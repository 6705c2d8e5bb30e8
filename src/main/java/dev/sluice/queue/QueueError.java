package dev.sluice.queue;

import java.util.HashMap;
import java.util.Map;

/**
 * The one error table: every failure that a client can see (docs/api.md 10).
 *
 * <p>{@link #number()} identifies a row on the event bus; {@link #code()} is what the envelope shows. Two rows may share a
 * code where the reference gives one code two statuses.
 */
public enum QueueError {
    // Data plane
    QUEUE_UNKNOWN_TO_MESSAGES(10104, 404, "Queue does not exist.", Fault.CLIENT),
    QUEUE_ID_MALFORMED(10107, 400, "Queue id is malformed: it must be 32 hexadecimal digits.", Fault.CLIENT),
    BATCH_DELAY_INVALID(10202, 400, "delay_seconds of the batch must be an integer from 0 to 86400.", Fault.CLIENT),
    MESSAGE_METADATA_INVALID(10203, 400, "content_type or delay_seconds of the message is invalid.", Fault.CLIENT),
    MESSAGE_TOO_LARGE(10204, 413, "Message is larger than 128000 bytes.", Fault.CLIENT),
    BATCH_TOO_LARGE(10205, 413, "Messages of the batch are larger than 256000 bytes together.", Fault.CLIENT),
    BATCH_COUNT_INVALID(10206, 400, "A batch holds at most 100 messages.", Fault.CLIENT),
    MESSAGE_BODY_INVALID(10207, 400, "Request body does not fit the schema.", Fault.CLIENT),
    MESSAGE_BODY_MALFORMED(10208, 400, "Request body is not valid JSON.", Fault.CLIENT),
    OVERLOADED(10250, 429, "Queue is overloaded. Try again later.", Fault.SERVER),
    STORAGE_LIMIT(10251, 429, "Queue storage limit is reached. Pull and acknowledge messages, or purge.", Fault.CLIENT),
    DELIVERY_PAUSED(10252, 409, "queue_delivery_paused", Fault.CLIENT),
    PULL_NOT_ENABLED(10405, 405, "messages cannot be pulled unless http_pull mode is enabled", Fault.CLIENT),
    INTERNAL(15000, 500, "Internal error.", Fault.SERVER),
    UNAVAILABLE(15001, 503, "Queue is not available at the moment. Try again.", Fault.SERVER),

    // Control plane
    REQUEST_INVALID(10026, 400, "Request body is invalid.", Fault.CLIENT),
    METHOD_NOT_ALLOWED(10405, 405, "Method is not allowed for this resource.", Fault.CLIENT),
    RESOURCE_UNKNOWN(10404, 404, "Resource does not exist.", Fault.CLIENT),
    QUEUE_UNKNOWN(11000, 404, "Queue not found.", Fault.CLIENT),
    QUEUE_NAME_INVALID(11003, 400, "Queue name is invalid.", Fault.CLIENT),
    CONSUMER_EXISTS(11004, 400, "Queue already has a consumer.", Fault.CLIENT),
    QUEUE_NAME_TAKEN(
            11009, 400, "Queue name is already taken. Please use a different name and try again.", Fault.CLIENT),
    CONSUMER_SETTINGS_INVALID(100127, 400, "Consumer settings are invalid.", Fault.CLIENT),
    QUEUE_SETTINGS_INVALID(100128, 400, "Queue settings are invalid.", Fault.CLIENT),

    // Edge
    ROUTE_UNKNOWN(7003, 404, "Could not route to this path, perhaps an identifier in it is invalid.", Fault.CLIENT),
    CREDENTIALS_MISSING(
            9106, 400, "No credentials: send Authorization: Bearer, or X-Auth-Email and X-Auth-Key.", Fault.CLIENT),
    NOT_AUTHORIZED(10000, 403, "Authentication error: these credentials do not allow this request.", Fault.CLIENT),
    HTTP_MALFORMED(10026, 400, "Request is not valid HTTP.", Fault.CLIENT),
    BODY_MALFORMED(10026, 400, "Request body is not valid HTTP.", Fault.CLIENT),
    URL_TOO_LONG(10026, 414, "URL of the request is longer than the server accepts.", Fault.CLIENT),
    HEADERS_TOO_LARGE(10026, 431, "Headers of the request are larger than the server accepts.", Fault.CLIENT),
    CONTENT_CODING_UNSUPPORTED(
            10026, 415, "Request body must not be compressed: the only Content-Encoding is identity.", Fault.CLIENT),
    EXPECTATION_UNKNOWN(10026, 417, "The only Expect that is understood is 100-continue.", Fault.CLIENT),
    REQUEST_TOO_LARGE(10204, 413, "Request body is larger than the server accepts.", Fault.CLIENT),
    REQUEST_TIMEOUT(10201, 408, "Request was not received in time.", Fault.CLIENT),
    TOKEN_INVALID(1000, 401, "Invalid API Token", Fault.CLIENT),
    NO_USER(9109, 403, "These credentials belong to no user with an email address.", Fault.CLIENT);

    /** Whose fault a failure is. Only the server's are worth a log line. */
    public enum Fault {
        CLIENT,
        SERVER
    }

    private static final Map<Integer, QueueError> BY_NUMBER = new HashMap<>();

    static {
        for (QueueError error : values()) {
            BY_NUMBER.put(error.number(), error);
        }
    }

    private final int code;
    private final int status;
    private final String text;
    private final Fault fault;

    QueueError(int code, int status, String text, Fault fault) {
        this.code = code;
        this.status = status;
        this.text = text;
        this.fault = fault;
    }

    /** The code in {@code errors[].code}. */
    public int code() {
        return code;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The default text in {@code errors[].message}. */
    public String text() {
        return text;
    }

    /** Who has to act. */
    public Fault fault() {
        return fault;
    }

    /** What stands for this row where only an integer passes, as on the event bus. */
    public int number() {
        return ordinal() + 1;
    }

    /** The row of that number, or {@link #INTERNAL}. */
    public static QueueError ofNumber(int number) {
        return BY_NUMBER.getOrDefault(number, INTERNAL);
    }
}
