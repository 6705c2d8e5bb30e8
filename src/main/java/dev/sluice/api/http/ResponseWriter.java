package dev.sluice.api.http;

import dev.sluice.api.auth.Principal;
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

/**
 * Sends responses: the one place that ends any of them. What the client has not taken is charged to {@link ResponseBudget} and to
 * its connection, and has a deadline: {@value #PIECE_BYTES} bytes, or the rest, must be taken within the send timeout. If they are
 * not, a connection of HTTP/1.1 is closed; of HTTP/2 the stream is reset, and if even that is not taken in the same time, the
 * connection is closed. A stream waits up to six times as long while responses of other streams of its connection are taken. While memory is full, responses of which nothing was taken for a second give way, those of the connection
 * that holds most first.
 *
 * <p>A large body is handed over in pieces, as fast as they are taken: so that it is seen that the client takes them, and so
 * that there are few copies of it in buffers of TLS and of the network.
 *
 * <p>A response that is taken at once, as nearly all are, costs nothing here. Owned by one event loop.
 */
public final class ResponseWriter {
    private static final int PIECE_BYTES = 64 * 1024;
    /** One is on its way to the network while the next one waits behind it. */
    private static final int PIECES_PENDING_MAX = 2;
    /** What a pending response takes beside its body: head, promises, entries of queues. */
    private static final int OVERHEAD_BYTES = 1024;

    private static final long SEND_TIMEOUT_MILLIS_MAX = 10_000;
    /** A client that took nothing for so long gives way when memory is full. */
    private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long LOOK_MILLIS = 250;
    /** So often may a stream wait for the others of its connection while those are taken. */
    private static final int TURNS_WAITED_MAX = 5;

    private final ResponseBudget memory;
    private final ConnectionTracker connections;
    /** Those of which something was taken least recently come first. */
    private final Set<UntakenResponse> pending = new LinkedHashSet<>();

    private Vertx vertx;
    private long sendTimeoutNanos;
    private boolean looking;

    public ResponseWriter(ResponseBudget memory, ConnectionTracker connections) {
        this.memory = memory;
        this.connections = connections;
    }

    /**
     * From now on it may send.
     *
     * @param idleSeconds the timeout of idle connections, 0 for none; the send timeout is never longer, nor longer than 10 s
     */
    public void begin(Vertx eventLoops, int idleSeconds) {
        vertx = eventLoops;
        long idleMillis = idleSeconds == 0 ? Long.MAX_VALUE : TimeUnit.SECONDS.toMillis(idleSeconds);
        sendTimeoutNanos = TimeUnit.MILLISECONDS.toNanos(Math.min(SEND_TIMEOUT_MILLIS_MAX, idleMillis));
    }

    /** Whether a response with messages of that queue may be made for a request; if not, it is to be refused. */
    public boolean admits(HttpServerRequest request, Principal caller, QueueDefinition queue) {
        if (memory.isLow()) {
            return true;
        }
        if (memory.isFull()) {
            closeStalled(System.nanoTime());
        }
        TrackedConnection connection = connections.find(request);
        return memory.admits(
                ResponseBudget.Holder.of(caller, queue), connection == null ? 0 : connection.responseBytes());
    }

    /** Ends the response with that body; status and headers are set. */
    public void end(HttpServerRequest request, Buffer body) {
        end(request, new Response(body), null, null);
    }

    /**
     * The same, charged to the caller and the queue, if there is one, as long as it is not taken. The answer is reported as sent once all of
     * it was handed to the connection, as unsent if that fails before.
     */
    public void end(HttpServerRequest request, Response answer, Principal caller, QueueDefinition queue) {
        HttpServerResponse response = request.response();
        Buffer body = answer.envelope();
        if (body.length() > PIECE_BYTES && request.method() != HttpMethod.HEAD) {
            response.headers().set(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
            new UntakenResponse(request, ResponseBudget.Holder.of(caller, queue), answer).sendPieces();
            return;
        }
        if (isStreamOpen(request)) {
            new UntakenResponse(request, ResponseBudget.Holder.of(caller, queue), answer).sendPieces();
            return;
        }
        Future<Void> taken = response.end(body);
        report(answer.pending(), taken);
        if (!taken.isComplete()) {
            new UntakenResponse(request, ResponseBudget.Holder.of(caller, queue), answer).await(taken);
        }
    }

    /** What was handed to the connection may be what the client acts on, whatever becomes of the connection after that. */
    private static void report(PendingResponse answer, Future<Void> taken) {
        if (taken.failed()) {
            answer.unsent();
        } else {
            answer.sent();
        }
    }

    /** Of HTTP/2: whether the client may still send, so that the stream stays open after the response. */
    private static boolean isStreamOpen(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_2 && !request.isEnded();
    }

    private void look() {
        if (!looking) {
            looking = true;
            vertx.setTimer(LOOK_MILLIS, fired -> {
                looking = false;
                long nowNanos = System.nanoTime();
                try {
                    endLate(nowNanos);
                    closeStalled(nowNanos);
                } finally {
                    if (!pending.isEmpty()) {
                        look();
                    }
                }
            });
        }
    }

    private void endLate(long nowNanos) {
        while (!pending.isEmpty()) {
            UntakenResponse oldest = pending.iterator().next();
            if (nowNanos - oldest.takenNanos < sendTimeoutNanos) {
                return;
            }
            oldest.late(nowNanos);
        }
    }

    /** While memory is full, closes connections of which a response is stalled, the one that holds most first. */
    private void closeStalled(long nowNanos) {
        while (memory.isFull()) {
            TrackedConnection most = null;
            for (UntakenResponse each : pending) {
                if (nowNanos - each.takenNanos < STALLED_NANOS) {
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
        for (Iterator<UntakenResponse> each = pending.iterator(); each.hasNext(); ) {
            UntakenResponse one = each.next();
            if (one.connection == connection) {
                each.remove();
                one.forget();
            }
        }
        connection.forceClose();
    }

    /** A response of which the client has not taken everything. */
    private final class UntakenResponse {
        private final HttpServerRequest request;
        private final TrackedConnection connection;
        private final ResponseBudget.Holder holder;
        private final PendingResponse answer;
        private Buffer body;
        private int offset;
        private boolean handedOver;
        private int piecesPending;
        private long chargedBytes;
        private long takenNanos;
        private int turnsWaited;
        private boolean reset;
        private boolean ended;

        UntakenResponse(HttpServerRequest request, ResponseBudget.Holder holder, Response answer) {
            this.request = request;
            this.answer = answer.pending();
            this.body = answer.envelope();
            this.connection = connections.find(request);
            this.holder = holder;
            this.answer.endCharge();
            charge(body.length() + OVERHEAD_BYTES);
            if (isStreamOpen(request)) {
                request.response().closeHandler(closed -> end());
            }
            touch();
            look();
        }

        private void charge(long bytes) {
            chargedBytes += bytes;
            memory.charge(holder, bytes);
            if (connection != null) {
                connection.chargeResponse(bytes);
            }
        }

        /** The time runs anew. */
        private void touch() {
            takenNanos = System.nanoTime();
            pending.remove(this);
            pending.add(this);
        }

        /** Hands over pieces until enough are pending or all are handed over. Not recursive: pieces may be taken at once. */
        void sendPieces() {
            while (!ended && !handedOver && piecesPending < PIECES_PENDING_MAX) {
                int from = offset;
                offset = Math.min(body.length(), from + PIECE_BYTES);
                handedOver = offset == body.length();
                Buffer piece = body.slice(from, offset);
                HttpServerResponse response = request.response();
                Future<Void> taken = handedOver ? response.end(piece) : response.write(piece);
                if (handedOver) {
                    report(answer, taken);
                }
                await(taken, offset - from);
            }
        }

        /** The whole body was handed over. */
        void await(Future<Void> taken) {
            handedOver = true;
            await(taken, body.length());
        }

        private void await(Future<Void> taken, int bytes) {
            piecesPending++;
            if (taken.isComplete()) {
                taken(taken.succeeded(), bytes);
            } else {
                taken.onComplete(outcome -> {
                    taken(outcome.succeeded(), bytes);
                    if (!ended) {
                        sendPieces();
                    }
                });
            }
        }

        private void taken(boolean successfully, int bytes) {
            piecesPending--;
            if (ended) {
                return;
            }
            if (!successfully) {
                end();
                return;
            }
            charge(-bytes);
            touch();
            turnsWaited = 0;
            if (connection != null) {
                connection.onFlushed(takenNanos);
            }
            if (handedOver && piecesPending == 0 && !isStreamOpen(request)) {
                end();
            }
        }

        /** Nothing was taken in time. A stream of HTTP/2 may only have had to wait for others. */
        void late(long nowNanos) {
            if (connection == null) {
                end();
            } else if (connection.isHttp2() && !reset) {
                boolean othersTaken = nowNanos - connection.lastFlushNanos() < sendTimeoutNanos;
                reset = !othersTaken || ++turnsWaited > TURNS_WAITED_MAX;
                touch();
                if (reset && !connection.reset(request.response().streamId())) {
                    end();
                }
            } else {
                close(connection);
            }
        }

        private void end() {
            pending.remove(this);
            forget();
        }

        private void forget() {
            if (!ended) {
                ended = true;
                charge(-chargedBytes);
                answer.unsent();
                body = null;
                connections.onResponse(request);
            }
        }
    }
}
