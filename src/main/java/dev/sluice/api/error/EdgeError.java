package dev.sluice.api.error;

/**
 * The errors that only the edge can find: in routing, in HTTP, in credentials, in the form of a request. All are the
 * client's fault.
 */
public enum EdgeError {
    METHOD_NOT_ALLOWED("Method is not allowed for this resource."),
    ROUTE_UNKNOWN("Could not route to this path, perhaps an identifier in it is invalid."),
    CREDENTIALS_MISSING("No credentials: send Authorization: Bearer, or X-Auth-Email and X-Auth-Key."),
    NOT_AUTHORIZED("Authentication error: these credentials do not allow this request."),
    HTTP_MALFORMED("Request is not valid HTTP."),
    BODY_MALFORMED("Request body is not valid HTTP."),
    URL_TOO_LONG("URL of the request is longer than the server accepts."),
    HEADERS_TOO_LARGE("Headers of the request are larger than the server accepts."),
    CONTENT_CODING_UNSUPPORTED("Request body must not be compressed: the only Content-Encoding is identity."),
    EXPECTATION_UNKNOWN("The only Expect that is understood is 100-continue."),
    REQUEST_TOO_LARGE("Request body is larger than the server accepts."),
    REQUEST_TIMEOUT("Request was not received in time."),
    TOKEN_INVALID("Invalid API Token"),
    NO_USER("These credentials belong to no user with an email address."),
    QUEUE_ID_MALFORMED("Queue id is malformed: it must be 32 hexadecimal digits."),
    BATCH_DELAY_INVALID("delay_seconds of the batch must be an integer from 0 to 86400."),
    MESSAGE_METADATA_INVALID("content_type or delay_seconds of the message is invalid."),
    MESSAGE_TOO_LARGE("Message is larger than 128000 bytes."),
    BATCH_TOO_LARGE("Messages of the batch are larger than 256000 bytes together."),
    BATCH_COUNT_INVALID("A batch holds at most 100 messages."),
    MESSAGE_BODY_INVALID("Request body does not fit the schema."),
    MESSAGE_BODY_MALFORMED("Request body is not valid JSON.");

    private final String text;

    EdgeError(String text) {
        this.text = text;
    }

    /** The default text in {@code errors[].message}. */
    public String text() {
        return text;
    }
}
