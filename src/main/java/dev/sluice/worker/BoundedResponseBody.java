package dev.sluice.worker;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.streams.WriteStream;
import io.vertx.ext.web.codec.BodyCodec;
import io.vertx.ext.web.codec.spi.BodyStream;

/**
 * Gathers the body of one answer up to a bound. Beyond it, or when told to stop, it fails and closes the connection, for the client
 * would read on and throw away what comes. Owned by one event loop.
 */
final class BoundedResponseBody implements BodyCodec<Buffer>, BodyStream<Buffer> {
    private final int bytesMax;
    private final Buffer gathered = Buffer.buffer();
    private final Promise<Buffer> result = Promise.promise();
    private HttpConnection connection;
    private boolean aborted;
    private boolean requestSent;

    BoundedResponseBody(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** The request is about to be handed to a connection; answers false if it must not be any more. */
    boolean beginRequest() {
        requestSent = !aborted;
        return requestSent;
    }

    /** Whether the request was handed to a connection. */
    boolean isRequestSent() {
        return requestSent;
    }

    /** The answer has begun to come over this connection, which carries nothing else. */
    void onConnection(HttpConnection connection) {
        this.connection = connection;
        if (aborted) {
            connection.close();
        }
    }

    /** Takes nothing more. */
    void abort() {
        aborted = true;
        if (connection != null) {
            connection.close();
        }
    }

    @Override
    public BodyStream<Buffer> stream() {
        return this;
    }

    @Override
    public Future<Void> write(Buffer piece) {
        if (piece.length() > bytesMax - gathered.length()) {
            abort();
            return Future.failedFuture(VertxException.noStackTrace("its answer is longer than " + bytesMax + " bytes"));
        }
        gathered.appendBuffer(piece);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
        result.tryComplete(gathered);
        return Future.succeededFuture();
    }

    @Override
    public Future<Buffer> result() {
        return result.future();
    }

    /** The answer broke off. */
    @Override
    public void handle(Throwable failure) {
        result.tryFail(failure);
    }

    @Override
    public WriteStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
        return this;
    }

    @Override
    public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
        return this;
    }

    @Override
    public boolean writeQueueFull() {
        return false;
    }

    @Override
    public WriteStream<Buffer> drainHandler(Handler<Void> handler) {
        return this;
    }
}
