package dev.sluice.api;

import dev.sluice.api.http.ResponseWriter;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.Json;
import io.vertx.ext.web.handler.HttpException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renders every failure as a response. Errors of the error table are shown as they are. Any other failure is internal:
 * it is logged once under a request id, and the client gets only that id.
 */
public final class FailureRenderer {
    private static final Logger LOG = LoggerFactory.getLogger(FailureRenderer.class);

    private static final CharSequence APPLICATION_JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence SHOULD_RETRY = HttpHeaders.createOptimized("x-should-retry");
    private static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("Retry-After");
    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-request-id");

    private final ResponseWriter responses;

    FailureRenderer(ResponseWriter responses) {
        this.responses = responses;
    }

    /** Responds with a failure, unless the response has begun or the connection is closed. */
    public void render(HttpServerRequest request, Throwable failure) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed() || response.headWritten()) {
            return;
        }
        QueueException known = known(failure);
        if (known == null) {
            known = new QueueException(QueueError.INTERNAL);
            response.putHeader(REQUEST_ID, log(request, failure));
        }
        write(request, known.error(), known.getMessage());
    }

    private void write(HttpServerRequest request, QueueError error, String message) {
        HttpServerResponse response = request.response();
        response.setStatusCode(error.status()).putHeader(HttpHeaders.CONTENT_TYPE, APPLICATION_JSON);
        if (error == QueueError.DELIVERY_PAUSED) {
            response.putHeader(SHOULD_RETRY, "false");
        }
        if (error == QueueError.CONTENT_CODING_UNSUPPORTED) {
            response.putHeader(HttpHeaders.ACCEPT_ENCODING, HttpHeaders.IDENTITY);
        }
        if (error.status() == 429 || error.status() == 503) {
            response.putHeader(RETRY_AFTER, "1");
        }
        responses.end(request, envelope(error, message));
    }

    /** The failure envelope. The message is encoded as a string first, so that no character in it can fail. */
    private static Buffer envelope(QueueError error, String message) {
        String text = "{\"success\":false,\"errors\":[{\"code\":" + error.code() + ",\"message\":"
                + Json.encode(message) + "}],\"messages\":[],\"result\":null}";
        return Buffer.buffer(text.getBytes(StandardCharsets.UTF_8));
    }

    private static QueueException known(Throwable failure) {
        if (failure instanceof QueueException) {
            return (QueueException) failure;
        }
        if (failure instanceof HttpException) {
            return switch (((HttpException) failure).getStatusCode()) {
                case 400, 404 -> new QueueException(QueueError.ROUTE_UNKNOWN);
                case 405 -> new QueueException(QueueError.METHOD_NOT_ALLOWED);
                case 413 -> new QueueException(QueueError.REQUEST_TOO_LARGE);
                default -> null;
            };
        }
        return null;
    }

    private static String log(HttpServerRequest request, Throwable failure) {
        String id = Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
        LOG.error("request {} failed: {} {}", id, request.method(), request.path(), failure);
        return id;
    }
}
