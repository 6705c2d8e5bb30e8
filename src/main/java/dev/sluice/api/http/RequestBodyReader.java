package dev.sluice.api.http;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.QueueError;
import dev.sluice.queue.QueueException;
import dev.sluice.runtime.TimeoutQueue;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a request as a whole, whatever its content type, and never more than the limit. Must be called in
 * the event loop task in which the request arrived, before a part of the body is lost. Owned by one event loop.
 */
public final class RequestBodyReader {
    private static final long UNKNOWN = -1;
    private static final Buffer EMPTY = Buffer.buffer();

    private final int bytesMax;
    private final ByteBudget.Slabs memory;

    @SuppressWarnings("NullAway.Init") // Set by begin.
    private TimeoutQueue timeouts;

    public RequestBodyReader(int bytesMax, ByteBudget.Slabs memory) {
        this.bytesMax = bytesMax;
        this.memory = memory;
    }

    /** Starts the timeout: from now on a body fails with REQUEST_TIMEOUT if it is not complete in time. */
    public void begin(TimeoutQueue bodyTimeouts) {
        timeouts = bodyTimeouts;
    }

    /** Releases the memory of a body that was read and is not needed any more. */
    public void release(Buffer body) {
        memory.release(body.length());
    }

    /** Whether the rest of the body is too large to read it only to keep the connection open. */
    public boolean isExcessive(HttpServerRequest request) {
        long length = announcedLength(request);
        return length > bytesMax || length == UNKNOWN && isStreamed(request);
    }

    /**
     * Reads the body. Fails with REQUEST_TOO_LARGE as soon as it is known to be too large, and with OVERLOADED if there
     * is no memory for it. The caller must {@link #release} the body.
     *
     * @param nowNanos {@link System#nanoTime}
     */
    public Future<Buffer> read(HttpServerRequest request, long nowNanos) {
        long length = announcedLength(request);
        if (length > bytesMax) {
            return Future.failedFuture(new EdgeException(EdgeError.REQUEST_TOO_LARGE));
        }
        EdgeException refusal = checkHeaders(request);
        if (refusal != null) {
            return Future.failedFuture(refusal);
        }
        PendingBody pending = new PendingBody(length);
        timeouts.add(pending, nowNanos);
        request.handler(pending::onChunk);
        request.exceptionHandler(failure -> pending.end(failureOf(failure)));
        request.endHandler(end -> pending.end(null));
        return pending.whole.future();
    }

    /**
     * Checks the headers about the body. Returns a failure if they require something unsupported, or null. Sends 100
     * Continue to a client that waits for it.
     */
    private static @Nullable EdgeException checkHeaders(HttpServerRequest request) {
        MultiMap headers = request.headers();
        String coding = headers.get(HttpHeaders.CONTENT_ENCODING);
        if (coding != null && !coding.equalsIgnoreCase("identity")) {
            return new EdgeException(EdgeError.CONTENT_CODING_UNSUPPORTED);
        }
        String expected = headers.get(HttpHeaders.EXPECT);
        if (expected == null || expected.isEmpty() || request.version() == HttpVersion.HTTP_1_0) {
            return null;
        }
        if (!expected.equalsIgnoreCase("100-continue")) {
            return new EdgeException(EdgeError.EXPECTATION_UNKNOWN);
        }
        request.response().writeContinue();
        return null;
    }

    /** A body that is arriving. A body of one chunk, as nearly all are, is passed on without a copy. */
    private final class PendingBody extends TimeoutQueue.Entry {
        private final Promise<Buffer> whole = Promise.promise();
        private @Nullable Buffer first;
        private @Nullable Buffer joined;
        private final long announcedBytes;
        private long reservedBytes;
        private boolean ended;

        PendingBody(long announcedBytes) {
            this.announcedBytes = announcedBytes;
        }

        void onChunk(Buffer chunk) {
            if (ended) {
                return;
            }
            if (length() + chunk.length() > bytesMax) {
                end(new EdgeException(EdgeError.REQUEST_TOO_LARGE));
            } else if (!tryReserve(length() + chunk.length())) {
                end(new QueueException(QueueError.OVERLOADED));
            } else if (first == null) {
                first = chunk;
            } else {
                if (joined == null) {
                    joined = Buffer.buffer().appendBuffer(first);
                }
                joined.appendBuffer(chunk);
            }
        }

        @Override
        protected void onTimeout() {
            end(new EdgeException(EdgeError.REQUEST_TIMEOUT));
        }

        /** Chunks that arrive later are discarded. */
        void end(@Nullable RuntimeException failure) {
            if (ended) {
                return;
            }
            ended = true;
            timeouts.remove(this);
            if (failure == null) {
                memory.release(reservedBytes - length());
                whole.tryComplete(joined != null ? joined : first != null ? first : EMPTY);
            } else {
                memory.release(reservedBytes);
                first = null;
                joined = null;
                whole.tryFail(failure);
            }
        }

        /**
         * Reserves memory for the whole body when its first bytes arrive, if its length is known. So under load some
         * bodies get all they need and others nothing, instead of all of them a part.
         */
        private boolean tryReserve(int bytes) {
            if (bytes <= reservedBytes) {
                return true;
            }
            int missing = (int) (Math.max(bytes, announcedBytes) - reservedBytes);
            if (memory.tryReserve(missing)) {
                reservedBytes += missing;
                return true;
            }
            return false;
        }

        private int length() {
            return joined != null ? joined.length() : first != null ? first.length() : 0;
        }
    }

    /**
     * The failure of a body that has ended early: malformed input comes with its own failure; otherwise the connection
     * is gone, and the response cannot be delivered.
     */
    private static EdgeException failureOf(Throwable failure) {
        return failure instanceof EdgeException refusal
                ? refusal
                : new EdgeException(EdgeError.BODY_MALFORMED, "Request body ended before it was complete.");
    }

    /** The content length; {@link #UNKNOWN} if there is none; the largest number if it cannot be parsed. */
    private static long announcedLength(HttpServerRequest request) {
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
