package dev.sluice.api;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.api.error.ErrorStatus;
import dev.sluice.api.error.ErrorTable;
import dev.sluice.api.http.AccessLog;
import dev.sluice.api.http.ResponseWriter;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.metrics.Meters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.Json;
import io.vertx.ext.web.handler.HttpException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renders every failure as a response. Errors of the error table are shown as they are. Any other failure is internal:
 * it is logged once with the request id, which every response carries, and the client gets no more than that.
 */
public final class FailureRenderer {
    private static final Logger LOG = LoggerFactory.getLogger(FailureRenderer.class);

    private static final CharSequence APPLICATION_JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence SHOULD_RETRY = HttpHeaders.createOptimized("x-should-retry");
    private static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("Retry-After");

    private static final CharSequence ERROR_CODE = HttpHeaders.createOptimized("CF-Queues-Error-Code");
    private static final CharSequence ERROR_CAUSE = HttpHeaders.createOptimized("CF-Queues-Error-Cause");

    private final ResponseWriter responses;
    private final Meters meters;

    FailureRenderer(ResponseWriter responses, Meters meters) {
        this.responses = responses;
        this.meters = meters;
    }

    /**
     * Responds with a failure, unless the response has begun or the connection is closed.
     *
     * @param errorHeaders whether code and message are also put into the headers that workerd's queue binding reads
     */
    public void render(HttpServerRequest request, Throwable failure, boolean errorHeaders) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed() || response.headWritten()) {
            return;
        }
        if (failure instanceof QueueException refusal) {
            meters.countError(refusal.error());
            if (refusal.error() == QueueError.INTERNAL) {
                // The queue has logged the cause, which the id of this request leads to.
                log(request, textOf(refusal), null);
            }
            begin(response, ErrorTable.of(refusal.error()));
            if (refusal.error() == QueueError.DELIVERY_PAUSED) {
                response.putHeader(SHOULD_RETRY, "false");
            }
            end(request, ErrorTable.of(refusal.error()), textOf(refusal), errorHeaders);
            return;
        }
        EdgeException refusal = edgeException(failure);
        meters.countError(refusal == null ? QueueError.INTERNAL : refusal.error());
        if (refusal == null) {
            log(request, "internal error", failure);
            begin(response, ErrorTable.of(QueueError.INTERNAL));
            end(request, ErrorTable.of(QueueError.INTERNAL), QueueError.INTERNAL.text(), errorHeaders);
            return;
        }
        begin(response, ErrorTable.of(refusal.error()));
        if (refusal.error() == EdgeError.CONTENT_CODING_UNSUPPORTED) {
            response.putHeader(HttpHeaders.ACCEPT_ENCODING, HttpHeaders.IDENTITY);
        }
        end(request, ErrorTable.of(refusal.error()), textOf(refusal), errorHeaders);
    }

    private static void begin(HttpServerResponse response, ErrorStatus error) {
        response.setStatusCode(error.status()).putHeader(HttpHeaders.CONTENT_TYPE, APPLICATION_JSON);
    }

    private void end(HttpServerRequest request, ErrorStatus error, String message, boolean errorHeaders) {
        if (error.status() == 429 || error.status() == 503) {
            request.response().putHeader(RETRY_AFTER, "1");
        }
        if (errorHeaders) {
            request.response()
                    .putHeader(ERROR_CODE, String.valueOf(error.code()))
                    .putHeader(ERROR_CAUSE, headerText(message));
        }
        responses.end(request, envelope(error, message));
    }

    private static String textOf(RuntimeException refusal) {
        return String.valueOf(refusal.getMessage());
    }

    /** A message as the value of a header: printable ASCII, every other character replaced. */
    private static String headerText(String message) {
        StringBuilder text = new StringBuilder(message);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') {
                text.setCharAt(i, '?');
            }
        }
        return text.toString();
    }

    /** The failure envelope. The message is encoded as a string first, so that no character in it can fail. */
    private static Buffer envelope(ErrorStatus error, String message) {
        String text = "{\"success\":false,\"errors\":[{\"code\":" + error.code() + ",\"message\":"
                + Json.encode(message) + "}],\"messages\":[],\"result\":null}";
        return Buffer.buffer(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the failure if the edge found it, and what stands for one of the router; null for an internal fault. */
    private static @Nullable EdgeException edgeException(Throwable failure) {
        if (failure instanceof EdgeException refusal) {
            return refusal;
        }
        if (failure instanceof HttpException routed) {
            return switch (routed.getStatusCode()) {
                case 400, 404 -> new EdgeException(EdgeError.ROUTE_UNKNOWN);
                case 405 -> new EdgeException(EdgeError.METHOD_NOT_ALLOWED);
                case 413 -> new EdgeException(EdgeError.REQUEST_TOO_LARGE);
                default -> null;
            };
        }
        return null;
    }

    private static void log(HttpServerRequest request, String reason, @Nullable Throwable failure) {
        LOG.atError()
                .addKeyValue("request_id", AccessLog.idOf(request))
                .addKeyValue("method", request.method())
                .addKeyValue("path", AccessLog.pathOf(request))
                .setCause(failure)
                .log("A request failed: {}", reason);
    }
}
