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
import org.jspecify.annotations.Nullable;

/**
 * Collects the body of one response up to a maximum size. Beyond it, or after {@link #abort}, it fails and closes the
 * connection, because the HTTP client would read and discard the rest. Owned by one event loop.
 */
final class BoundedResponseBody implements BodyCodec<Buffer>, BodyStream<Buffer> {
    private final int bytesMax;
    private final Buffer received = Buffer.buffer();
    private final Promise<Buffer> result = Promise.promise();
    private @Nullable HttpConnection connection;
    private boolean aborted;
    private boolean requestSent;

    BoundedResponseBody(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Called before the request is sent on a connection. Returns false if it must not be sent any more. */
    boolean beginRequest() {
        requestSent = !aborted;
        return requestSent;
    }

    /** Whether the request was sent on a connection. */
    boolean isRequestSent() {
        return requestSent;
    }

    /** The response has begun on this connection, which serves no other request at the same time. */
    void onConnection(HttpConnection connection) {
        this.connection = connection;
        if (aborted) {
            connection.close();
        }
    }

    /** Stops receiving and closes the connection. */
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
    public Future<Void> write(Buffer chunk) {
        if (chunk.length() > bytesMax - received.length()) {
            abort();
            return Future.failedFuture(
                    VertxException.noStackTrace("its response is longer than " + bytesMax + " bytes"));
        }
        received.appendBuffer(chunk);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
        result.tryComplete(received);
        return Future.succeededFuture();
    }

    @Override
    public Future<Buffer> result() {
        return result.future();
    }

    /** The response ended early. */
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
