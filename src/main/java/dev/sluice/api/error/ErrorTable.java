package dev.sluice.api.error;

import dev.sluice.queue.QueueError;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The error table: HTTP status and code of every failure that a client can see (docs/api.md 10). The compiler checks that it
 * is complete. Two errors may share a code where the specification gives one code two statuses.
 */
public final class ErrorTable {
    private static final Map<QueueError, ErrorStatus> DOMAIN = new EnumMap<>(QueueError.class);
    private static final Map<EdgeError, ErrorStatus> EDGE = new EnumMap<>(EdgeError.class);

    static {
        for (QueueError error : QueueError.values()) {
            DOMAIN.put(error, row(error));
        }
        for (EdgeError error : EdgeError.values()) {
            EDGE.put(error, row(error));
        }
    }

    private ErrorTable() {}

    /** The row of an error of the domain. */
    public static ErrorStatus of(QueueError error) {
        return Objects.requireNonNull(DOMAIN.get(error));
    }

    /** The row of an error of the edge. */
    public static ErrorStatus of(EdgeError error) {
        return Objects.requireNonNull(EDGE.get(error));
    }

    private static ErrorStatus row(QueueError error) {
        return switch (error) {
            case QUEUE_UNKNOWN_TO_MESSAGES -> new ErrorStatus(10104, 404);
            case OVERLOADED -> new ErrorStatus(10250, 429);
            case STORAGE_LIMIT -> new ErrorStatus(10251, 429);
            case DELIVERY_PAUSED -> new ErrorStatus(10252, 409);
            case PULL_NOT_ENABLED -> new ErrorStatus(10405, 405);
            case INTERNAL -> new ErrorStatus(15000, 500);
            case UNAVAILABLE -> new ErrorStatus(15001, 503);
            case REQUEST_INVALID -> new ErrorStatus(10026, 400);
            case RESOURCE_UNKNOWN -> new ErrorStatus(10404, 404);
            case QUEUE_UNKNOWN -> new ErrorStatus(11000, 404);
            case QUEUE_NAME_INVALID -> new ErrorStatus(11003, 400);
            case CONSUMER_EXISTS -> new ErrorStatus(11004, 400);
            case QUEUE_NAME_TAKEN -> new ErrorStatus(11009, 400);
            case CONSUMER_SETTINGS_INVALID -> new ErrorStatus(100127, 400);
            case QUEUE_SETTINGS_INVALID -> new ErrorStatus(100128, 400);
        };
    }

    private static ErrorStatus row(EdgeError error) {
        return switch (error) {
            case METHOD_NOT_ALLOWED -> new ErrorStatus(10405, 405);
            case ROUTE_UNKNOWN -> new ErrorStatus(7003, 404);
            case CREDENTIALS_MISSING -> new ErrorStatus(9106, 400);
            case NOT_AUTHORIZED -> new ErrorStatus(10000, 403);
            case HTTP_MALFORMED -> new ErrorStatus(10026, 400);
            case BODY_MALFORMED -> new ErrorStatus(10026, 400);
            case URL_TOO_LONG -> new ErrorStatus(10026, 414);
            case HEADERS_TOO_LARGE -> new ErrorStatus(10026, 431);
            case CONTENT_CODING_UNSUPPORTED -> new ErrorStatus(10026, 415);
            case EXPECTATION_UNKNOWN -> new ErrorStatus(10026, 417);
            case REQUEST_TOO_LARGE -> new ErrorStatus(10204, 413);
            case REQUEST_TIMEOUT -> new ErrorStatus(10201, 408);
            case TOKEN_INVALID -> new ErrorStatus(1000, 401);
            case NO_USER -> new ErrorStatus(9109, 403);
            case QUEUE_ID_MALFORMED -> new ErrorStatus(10107, 400);
            case BATCH_DELAY_INVALID -> new ErrorStatus(10202, 400);
            case MESSAGE_METADATA_INVALID -> new ErrorStatus(10203, 400);
            case MESSAGE_TOO_LARGE -> new ErrorStatus(10204, 413);
            case BATCH_TOO_LARGE -> new ErrorStatus(10205, 413);
            case BATCH_COUNT_INVALID -> new ErrorStatus(10206, 400);
            case MESSAGE_BODY_INVALID -> new ErrorStatus(10207, 400);
            case MESSAGE_BODY_MALFORMED -> new ErrorStatus(10208, 400);
        };
    }
}
