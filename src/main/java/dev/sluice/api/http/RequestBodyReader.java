package dev.sluice.api.http;

import dev.sluice.api.error.EdgeError;
import dev.sluice.api.error.EdgeException;
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

/**
 * Reads a request's body whole, whatever its content type, and never more than the limit. Must be asked in the turn in which
 * the request arrived, before anything of the body is gone.
 */
public final class RequestBodyReader {
    private static final long UNKNOWN = -1;
    private static final Buffer EMPTY = Buffer.buffer();

    private final int bytesMax;
    private final BodyBudget memory;
    private TimeoutQueue deadlines;

    public RequestBodyReader(int bytesMax, BodyBudget memory) {
        this.bytesMax = bytesMax;
        this.memory = memory;
    }

    /** From now on a body fails with REQUEST_TIMEOUT if it is not whole in time. */
    public void watch(TimeoutQueue bodyDeadlines) {
        deadlines = bodyDeadlines;
    }

    /** A body that was read is not needed any more: its memory may be used for others. */
    public void release(Buffer body) {
        memory.release(body.length());
    }

    /** Whether so much is announced that it is not worth reading on, be it only to keep the connection. */
    public boolean isExcessive(HttpServerRequest request) {
        long length = announced(request);
        return length > bytesMax || length == UNKNOWN && isStreamed(request);
    }

    /**
     * The body; fails with REQUEST_TOO_LARGE as soon as it is known to be too large, with OVERLOADED if there is no memory for it.
     * Whoever gets it must {@link #release} it.
     *
     * @param nowNanos {@link System#nanoTime}
     */
    public Future<Buffer> read(HttpServerRequest request, long nowNanos) {
        long length = announced(request);
        if (length > bytesMax) {
            return Future.failedFuture(new EdgeException(EdgeError.REQUEST_TOO_LARGE));
        }
        EdgeException refusal = refusalOfHeaders(request);
        if (refusal != null) {
            return Future.failedFuture(refusal);
        }
        Arrival arrival = new Arrival(length);
        if (deadlines != null) {
            deadlines.add(arrival, nowNanos);
        }
        request.handler(arrival::chunk);
        request.exceptionHandler(failure -> arrival.end(broken(failure)));
        request.endHandler(end -> arrival.end(null));
        return arrival.whole.future();
    }

    /** What the headers ask for and is not done; tells a client that waits for it to go on. */
    private static EdgeException refusalOfHeaders(HttpServerRequest request) {
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

    /** A body on its way. A body in one piece, as nearly all are, is passed on as it came. */
    private final class Arrival extends TimeoutQueue.Entry {
        private final Promise<Buffer> whole = Promise.promise();
        private Buffer first;
        private Buffer joined;
        private final long announcedBytes;
        private long heldBytes;
        private boolean ended;

        Arrival(long announcedBytes) {
            this.announcedBytes = announcedBytes;
        }

        void chunk(Buffer chunk) {
            if (ended) {
                return;
            }
            if (length() + chunk.length() > bytesMax) {
                end(new EdgeException(EdgeError.REQUEST_TOO_LARGE));
            } else if (!tryHold(length() + chunk.length())) {
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

        /** What still comes is let go. */
        void end(RuntimeException failure) {
            if (ended) {
                return;
            }
            ended = true;
            if (deadlines != null) {
                deadlines.remove(this);
            }
            if (failure == null) {
                memory.release(heldBytes - length());
                whole.tryComplete(joined != null ? joined : first != null ? first : EMPTY);
            } else {
                memory.release(heldBytes);
                first = null;
                joined = null;
                whole.tryFail(failure);
            }
        }

        /**
         * Takes memory for the whole body when its first bytes arrive, if its length is known: so that under load some bodies get all
         * they need and others nothing, rather than all of them a part.
         */
        private boolean tryHold(int bytes) {
            if (bytes <= heldBytes) {
                return true;
            }
            int missing = (int) (Math.max(bytes, announcedBytes) - heldBytes);
            if (memory.tryHold(missing)) {
                heldBytes += missing;
                return true;
            }
            return false;
        }

        private int length() {
            return joined != null ? joined.length() : first != null ? first.length() : 0;
        }
    }

    /** The client has sent what is no HTTP, which has its own refusal, or the connection is gone and there is no one to answer. */
    private static EdgeException broken(Throwable failure) {
        return failure instanceof EdgeException refusal
                ? refusal
                : new EdgeException(EdgeError.BODY_MALFORMED, "Request body ended before it was complete.");
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
