package dev.sluice.api.http;

import dev.sluice.api.auth.Principal;
import dev.sluice.queue.ByteBudget;
import dev.sluice.queue.QueueDefinition;
import dev.sluice.runtime.delivery.PendingResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends responses; nothing else ends one. A response is flushed when the operating system has accepted all of it, which
 * for HTTP/2 also requires that the client has opened its flow-control window. Unflushed bytes are charged to the
 * process, to the credential, to the queue and to their connection, and they have a timeout: {@value #PIECE_BYTES}
 * bytes, or the rest, must be flushed within the send timeout. On a timeout, a connection of HTTP/1.1 is closed. A stream of HTTP/2 is reset, and
 * if that is not flushed in the same time, its connection is closed. A stream waits up to six times as long while
 * responses of other streams of its connection make progress. While memory is full, responses without progress for a
 * second are dropped, those of the connection with most unflushed bytes first.
 *
 * <p>A large body is written in pieces, as fast as they are flushed. So progress is visible, and there are few copies
 * of the body in buffers of TLS and of the network.
 *
 * <p>A response that is flushed at once, as nearly all are, costs nothing here. Owned by one event loop.
 */
public final class ResponseWriter {
    private static final int PIECE_BYTES = 64 * 1024;
    /** One piece is being sent while the next one waits. */
    private static final int PIECES_UNFLUSHED_MAX = 2;
    /** What an unflushed response takes beside its body: head, promises, entries of collections. */
    private static final int OVERHEAD_BYTES = 1024;

    private static final long SEND_TIMEOUT_MILLIS_MAX = 10_000;
    /** Without progress for so long, a response is dropped when memory is full. */
    private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long CHECK_INTERVAL_MILLIS = 250;
    /** How often the timeout of a stream is extended while other streams of its connection make progress. */
    private static final int EXTENSIONS_MAX = 5;

    /** A connection with this part of the memory gets no more messages. */
    private static final int SHARES = 4;

    private static final Buffer NOTHING = Buffer.buffer(0);

    private final ByteBudget memory;
    private final ConnectionTracker connections;
    /** Those without progress for longest come first. */
    private final Set<UnflushedResponse> unflushed = new LinkedHashSet<>();

    @SuppressWarnings("NullAway.Init") // Set by begin.
    private Vertx vertx;

    private long sendTimeoutNanos;
    private boolean isCheckScheduled;

    /** @param memory for unflushed responses of all event loops; a reserve of the same size is added to it */
    public ResponseWriter(ByteBudget memory, ConnectionTracker connections) {
        this.memory = memory;
        this.connections = connections;
    }

    /**
     * Starts it. To be called before the first response.
     *
     * @param idleMillis the timeout of idle connections; the send timeout is never longer, nor longer than 10 s
     */
    public void begin(Vertx eventLoops, long idleMillis) {
        vertx = eventLoops;
        sendTimeoutNanos = TimeUnit.MILLISECONDS.toNanos(Math.min(SEND_TIMEOUT_MILLIS_MAX, idleMillis));
    }

    /**
     * Whether a response with messages of that queue may be created. If not, the request is to be refused.
     *
     * <p>The memory is for all requests. The reserve is for connections without unflushed bytes, unless their
     * credential and their queue both have a {@value #SHARES}th of the memory.
     */
    public boolean admits(HttpServerRequest request, Principal caller, @Nullable QueueDefinition queue) {
        long shareBytes = memory.bytesMax() / SHARES;
        if (memory.reservedBytes() < shareBytes) {
            return true;
        }
        if (memory.isFull()) {
            closeStalled(System.nanoTime());
        }
        TrackedConnection connection = connections.find(request);
        long connectionBytes = connection == null ? 0 : connection.responseBytes();
        if (connectionBytes >= shareBytes) {
            return false;
        }
        long overBytes = memory.reservedBytes() - memory.bytesMax();
        if (overBytes < 0) {
            return true;
        }
        return overBytes < memory.bytesMax()
                && connectionBytes == 0
                && (queue == null
                        || memory.bytesOf(caller.name()) < shareBytes
                        || memory.bytesOf(queue.number()) < shareBytes);
    }

    /** Ends the response with that body. Status and headers are already set. */
    public void end(HttpServerRequest request, Buffer body) {
        end(request, new Response(body), null, null);
    }

    /**
     * Ends the response, charged to the caller and the queue, if there is one, until it is flushed. It is reported as
     * sent once all of it was handed to the connection, and as unsent if that fails.
     */
    public void end(
            HttpServerRequest request, Response response, @Nullable Principal caller, @Nullable QueueDefinition queue) {
        HttpServerResponse httpResponse = request.response();
        Buffer body = response.envelope();
        boolean inPieces = body.length() > PIECE_BYTES && !request.method().equals(HttpMethod.HEAD);
        if (inPieces) {
            httpResponse.headers().set(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
        }
        if (inPieces || isStreamOpen(request)) {
            new UnflushedResponse(request, caller, queue, response).sendPieces();
            return;
        }
        Future<Void> flushed = httpResponse.end(body);
        onHandedOver(request, response.pending(), flushed);
        if (!flushed.isComplete()) {
            new UnflushedResponse(request, caller, queue, response).await(flushed);
        }
    }

    /** A response that was handed to the connection may reach the client, even if the connection fails later. */
    private void onHandedOver(HttpServerRequest request, PendingResponse pendingResponse, Future<Void> flushed) {
        connections.onResponse(request);
        if (flushed.failed()) {
            pendingResponse.unsent();
        } else {
            pendingResponse.sent();
        }
    }

    /** Whether the client of an HTTP/2 stream may still send, so that the stream stays open after the response. */
    private static boolean isStreamOpen(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_2 && !request.isEnded();
    }

    private void scheduleCheck() {
        if (!isCheckScheduled) {
            isCheckScheduled = true;
            vertx.setTimer(CHECK_INTERVAL_MILLIS, fired -> {
                isCheckScheduled = false;
                long nowNanos = System.nanoTime();
                try {
                    endExpired(nowNanos);
                    closeStalled(nowNanos);
                } finally {
                    if (!unflushed.isEmpty()) {
                        scheduleCheck();
                    }
                }
            });
        }
    }

    private void endExpired(long nowNanos) {
        while (!unflushed.isEmpty()) {
            UnflushedResponse oldest = unflushed.iterator().next();
            if (nowNanos - oldest.progressNanos < sendTimeoutNanos) {
                return;
            }
            oldest.onTimeout(nowNanos);
        }
    }

    /** While memory is full, closes connections with a stalled response, the one with most unflushed bytes first. */
    private void closeStalled(long nowNanos) {
        while (memory.isFull()) {
            @Nullable TrackedConnection most = null;
            for (UnflushedResponse each : unflushed) {
                if (nowNanos - each.progressNanos < STALLED_NANOS) {
                    break;
                }
                if (each.connection != null
                        && (most == null || each.connection.responseBytes() > most.responseBytes())) {
                    most = each.connection;
                }
            }
            if (most == null) {
                return;
            }
            close(most);
        }
    }

    private void close(TrackedConnection connection) {
        for (Iterator<UnflushedResponse> each = unflushed.iterator(); each.hasNext(); ) {
            UnflushedResponse one = each.next();
            if (one.connection == connection) {
                each.remove();
                one.discard();
            }
        }
        connection.forceClose();
    }

    /** A response that is not flushed completely. */
    private final class UnflushedResponse {
        private final HttpServerRequest request;
        private final @Nullable TrackedConnection connection;
        /** What the response is charged to, beside its connection; null if it has no queue. */
        private final @Nullable String credential;

        private final @Nullable Long queueNumber;
        private final PendingResponse pendingResponse;
        private Buffer body;
        private int offset;
        private boolean handedOver;
        private int piecesUnflushed;
        private long chargedBytes;
        private long progressNanos;
        private int extensions;
        private boolean reset;
        private boolean ended;

        UnflushedResponse(
                HttpServerRequest request,
                @Nullable Principal caller,
                @Nullable QueueDefinition queue,
                Response response) {
            this.request = request;
            this.pendingResponse = response.pending();
            this.body = response.envelope();
            this.connection = connections.find(request);
            this.credential = queue == null || caller == null ? null : caller.name();
            this.queueNumber = queue == null ? null : queue.number();
            this.pendingResponse.endCharge();
            charge(body.length() + OVERHEAD_BYTES);
            if (isStreamOpen(request)) {
                request.response().closeHandler(closed -> end());
            }
            restartTimeout();
            scheduleCheck();
        }

        private void charge(long bytes) {
            chargedBytes += bytes;
            memory.reserve(bytes);
            memory.attribute(credential, bytes);
            memory.attribute(queueNumber, bytes);
            if (connection != null) {
                connection.chargeResponse(bytes);
            }
        }

        /** Restarts the timeout. */
        private void restartTimeout() {
            progressNanos = System.nanoTime();
            unflushed.remove(this);
            unflushed.add(this);
        }

        /**
         * Writes pieces until enough are unflushed or all are written. Not recursive: pieces may be flushed at once.
         */
        void sendPieces() {
            while (!ended && !handedOver && piecesUnflushed < PIECES_UNFLUSHED_MAX) {
                int from = offset;
                offset = Math.min(body.length(), from + PIECE_BYTES);
                handedOver = offset == body.length();
                Buffer piece = body.slice(from, offset);
                HttpServerResponse response = request.response();
                Future<Void> flushed = handedOver ? response.end(piece) : response.write(piece);
                if (handedOver) {
                    onHandedOver(request, pendingResponse, flushed);
                }
                await(flushed, offset - from);
            }
        }

        /** Waits for a body that was written as a whole. */
        void await(Future<Void> flushed) {
            handedOver = true;
            await(flushed, body.length());
        }

        private void await(Future<Void> flushed, int bytes) {
            piecesUnflushed++;
            if (flushed.isComplete()) {
                onFlushed(flushed.succeeded(), bytes);
            } else {
                flushed.onComplete(outcome -> {
                    onFlushed(outcome.succeeded(), bytes);
                    if (!ended) {
                        sendPieces();
                    }
                });
            }
        }

        private void onFlushed(boolean successfully, int bytes) {
            piecesUnflushed--;
            if (ended) {
                return;
            }
            if (!successfully) {
                end();
                return;
            }
            charge(-bytes);
            restartTimeout();
            extensions = 0;
            if (connection != null) {
                connection.onFlushed(progressNanos);
            }
            if (handedOver && piecesUnflushed == 0 && !isStreamOpen(request)) {
                end();
            }
        }

        /** Called when nothing was flushed in time. A stream of HTTP/2 may only have waited for other streams. */
        void onTimeout(long nowNanos) {
            if (connection == null) {
                end();
            } else if (connection.isHttp2() && !reset) {
                boolean othersProgress = nowNanos - connection.lastFlushNanos() < sendTimeoutNanos;
                reset = !othersProgress || ++extensions > EXTENSIONS_MAX;
                restartTimeout();
                if (reset && !connection.reset(request.response().streamId())) {
                    end();
                }
            } else {
                close(connection);
            }
        }

        private void end() {
            unflushed.remove(this);
            discard();
        }

        private void discard() {
            if (!ended) {
                ended = true;
                charge(-chargedBytes);
                pendingResponse.unsent();
                body = NOTHING;
                connections.onResponse(request);
            }
        }
    }
}
