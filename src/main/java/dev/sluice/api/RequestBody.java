package dev.sluice.api;

import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/**
 * Reads a request's body whole, whatever its content type, and never more than the limit. Must be asked in the turn in which
 * the request arrived, before anything of the body is gone.
 */
final class RequestBody {
    private static final long UNKNOWN = -1;

    private final int bytesMax;

    RequestBody(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Whether so much is announced that it is not worth reading on, be it only to keep the connection. */
    boolean isExcessive(HttpServerRequest request) {
        long length = announced(request);
        return length > bytesMax || length == UNKNOWN && isStreamed(request);
    }

    /** The body; fails with REQUEST_TOO_LARGE as soon as it is known to be too large. */
    Future<Buffer> read(HttpServerRequest request) {
        long length = announced(request);
        if (length > bytesMax) {
            return Future.failedFuture(new QueueException(QueueError.REQUEST_TOO_LARGE));
        }
        if (request.headers().contains(HttpHeaders.EXPECT)) {
            request.response().writeContinue();
        }
        return length == UNKNOWN
                ? readCounted(request)
                : request.body().recover(failure -> Future.failedFuture(broken()));
    }

    private Future<Buffer> readCounted(HttpServerRequest request) {
        Promise<Buffer> promise = Promise.promise();
        Buffer body = Buffer.buffer();
        request.handler(chunk -> {
            if (body.length() + chunk.length() <= bytesMax) {
                body.appendBuffer(chunk);
            } else {
                request.handler(ignored -> {});
                promise.tryFail(new QueueException(QueueError.REQUEST_TOO_LARGE));
            }
        });
        request.exceptionHandler(failure -> promise.tryFail(broken()));
        request.endHandler(end -> promise.tryComplete(body));
        return promise.future();
    }

    /** The client has gone, in which case nobody will read this, or has sent what is no HTTP. */
    private static QueueException broken() {
        return new QueueException(QueueError.HTTP_MALFORMED, "Request body ended before it was complete.");
    }

    /** The content length, {@link #UNKNOWN} if none is given, beyond every limit if it is none we can count to. */
    private static long announced(HttpServerRequest request) {
        String length = request.headers().get(HttpHeaders.CONTENT_LENGTH);
        if (length == null) {
            return UNKNOWN;
        }
        try {
            return Math.max(0, Long.parseLong(length.trim()));
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    private static boolean isStreamed(HttpServerRequest request) {
        return !request.isEnded() && request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }
}
